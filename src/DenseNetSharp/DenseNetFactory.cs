using System.IO.Enumeration;
using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.StateDicts;
using DenseNetSharp.Weights;
using TorchSharp;

namespace DenseNetSharp;

/// <summary>Makes the DenseNets that have a name (<see cref="DenseNetArchitectures"/>), pretrained on ImageNet or freshly initialised, and
/// networks that fit a checkpoint. Where libtorch cannot be loaded, each of these methods throws a <see cref="DllNotFoundException"/> whose message
/// says which package or setting is missing.</summary>
public static class DenseNetFactory
{
    /// <summary>DenseNet-121: 7,978,856 parameters, 2.83 G multiply-adds at 224x224, 74.434% top-1 on ImageNet.</summary>
    /// <param name="pretrained">Load torchvision's ImageNet weights: from PyTorch's own cache, else downloaded there.</param>
    /// <param name="numClasses">Classes that the classifier tells apart; 1000 if null. With pretrained weights and another
    /// number than theirs, the features keep them and the classifier is new.</param>
    /// <param name="weights">Other pretrained weights to load, such as
    /// <see cref="PretrainedWeightsCatalog.TimmDensenet121Ra"/>, of the catalogue or of your own.</param>
    /// <param name="options">Dropout, memory, device and download; null for the defaults.</param>
    /// <returns>The network, in training mode as PyTorch's are; call <c>eval()</c> before predicting.</returns>
    /// <exception cref="ArgumentException">A value makes no network, or the weights belong to another.</exception>
    /// <exception cref="PretrainedWeightsException">The weights are neither in the cache nor to be downloaded.</exception>
    public static DenseNet Densenet121(
        bool pretrained = false, int? numClasses = null, PretrainedWeights? weights = null, DenseNetOptions? options = null) =>
        Create(DenseNetSpec.Densenet121.Name!, pretrained, numClasses, weights, options);

    /// <summary>DenseNet-169: 14,149,480 parameters, 3.36 G multiply-adds at 224x224, 75.600% top-1 on ImageNet.</summary>
    /// <inheritdoc cref="Densenet121"/>
    public static DenseNet Densenet169(
        bool pretrained = false, int? numClasses = null, PretrainedWeights? weights = null, DenseNetOptions? options = null) =>
        Create(DenseNetSpec.Densenet169.Name!, pretrained, numClasses, weights, options);

    /// <summary>DenseNet-201: 20,013,928 parameters, 4.29 G multiply-adds at 224x224, 76.896% top-1 on ImageNet.</summary>
    /// <inheritdoc cref="Densenet121"/>
    public static DenseNet Densenet201(
        bool pretrained = false, int? numClasses = null, PretrainedWeights? weights = null, DenseNetOptions? options = null) =>
        Create(DenseNetSpec.Densenet201.Name!, pretrained, numClasses, weights, options);

    /// <summary>DenseNet-161: 28,681,000 parameters, 7.73 G multiply-adds at 224x224, 77.138% top-1 on ImageNet.</summary>
    /// <inheritdoc cref="Densenet121"/>
    public static DenseNet Densenet161(
        bool pretrained = false, int? numClasses = null, PretrainedWeights? weights = null, DenseNetOptions? options = null) =>
        Create(DenseNetSpec.Densenet161.Name!, pretrained, numClasses, weights, options);

    /// <summary>Makes a network by name.</summary>
    /// <param name="name">An architecture's, such as <c>densenet121</c>, <c>densenetblur121d</c> or <c>densenet-bc-100-12</c>, or that of
    /// pretrained weights, such as <c>densenet121.ra_in1k</c>, which are then loaded.</param>
    /// <param name="pretrained">Load the architecture's default ImageNet weights, torchvision's: from PyTorch's own cache, else
    /// downloaded there.</param>
    /// <param name="numClasses">Classes that the classifier tells apart, 0 for features without a classifier; the architecture's if null, 10
    /// for networks for CIFAR and else 1000. With pretrained weights and another number than theirs, the features keep them and the
    /// classifier is new.</param>
    /// <param name="options">Dropout, input channels, memory, device and download; null for the defaults.</param>
    /// <param name="cancellationToken">Stops a download.</param>
    /// <returns>The network, in training mode as PyTorch's are; call <c>eval()</c> before predicting.</returns>
    /// <exception cref="ArgumentException">There is no network of that name, or a value makes none.</exception>
    /// <exception cref="NotSupportedException">The weights' architecture is none that this version builds.</exception>
    /// <exception cref="PretrainedWeightsException">The weights are neither in the cache nor to be downloaded.</exception>
    public static DenseNet Create(
        string name, bool pretrained = false, int? numClasses = null, DenseNetOptions? options = null, CancellationToken cancellationToken = default) =>
        Find(name, pretrained, out var spec) is { } weights
            ? Create(weights, numClasses, options, cancellationToken)
            : Untrained(spec!, numClasses, options ?? new());

    /// <summary>Makes a network by name, without a thread that waits for its weights' download.</summary>
    /// <inheritdoc cref="Create(string, bool, int?, DenseNetOptions, CancellationToken)"/>
    public static async Task<DenseNet> CreateAsync(
        string name, bool pretrained = false, int? numClasses = null, DenseNetOptions? options = null, CancellationToken cancellationToken = default) =>
        Find(name, pretrained, out var spec) is { } weights
            ? await CreateAsync(weights, numClasses, options, cancellationToken).ConfigureAwait(false)
            : Untrained(spec!, numClasses, options ?? new());

    /// <summary>Makes the network that pretrained weights belong to, and loads them.</summary>
    /// <param name="weights">The weights, of the catalogue or of your own.</param>
    /// <param name="numClasses">Classes that the classifier tells apart; the weights' own if null. With another number
    /// the features keep the weights and the classifier is new.</param>
    /// <param name="options">Dropout, memory, device and download; null for the defaults.</param>
    /// <param name="cancellationToken">Stops a download.</param>
    /// <returns>The network, in training mode as PyTorch's are; call <c>eval()</c> before predicting.</returns>
    /// <exception cref="ArgumentException">A value makes no network.</exception>
    /// <exception cref="NotSupportedException">The weights' architecture is none that this version builds.</exception>
    /// <exception cref="PretrainedWeightsException">The weights are neither in the cache nor to be downloaded.</exception>
    public static DenseNet Create(
        PretrainedWeights weights, int? numClasses = null, DenseNetOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        var spec = SpecOf(weights, numClasses, options);
        return Load(weights, weights.GetFile(options.Download, cancellationToken), spec, options);
    }

    /// <summary>Makes the network that pretrained weights belong to, without a thread that waits for their download.</summary>
    /// <inheritdoc cref="Create(PretrainedWeights, int?, DenseNetOptions, CancellationToken)"/>
    public static async Task<DenseNet> CreateAsync(
        PretrainedWeights weights, int? numClasses = null, DenseNetOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        var spec = SpecOf(weights, numClasses, options);
        return Load(weights, await weights.GetFileAsync(options.Download, cancellationToken).ConfigureAwait(false), spec, options);
    }

    /// <summary>Makes the network that a checkpoint's shapes call for, any DenseNet of the family, and loads it.</summary>
    /// <param name="path">A legacy or zip <c>.pth</c> state dict, a safetensors file or what TorchSharp's own <c>save</c> wrote.</param>
    /// <param name="numClasses">Classes that the classifier tells apart; the checkpoint's if null. With another number, or where the
    /// checkpoint has no classifier or a head that is none, the features keep the checkpoint's weights and the classifier is new.</param>
    /// <param name="options">Dropout, memory and device; null for the defaults.</param>
    /// <returns>The network, in training mode as PyTorch's are; call <c>eval()</c> before predicting.</returns>
    /// <exception cref="CheckpointFormatException">The file is no checkpoint.</exception>
    /// <exception cref="InvalidDataException">The checkpoint is not a DenseNet's.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static DenseNet FromCheckpoint(string path, int? numClasses = null, DenseNetOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        using var checkpoint = Checkpoint.Open(path);
        return FromCheckpoint(checkpoint, numClasses, options);
    }

    /// <summary>Makes the network that a checkpoint's shapes call for, any DenseNet of the family, and loads it.</summary>
    /// <param name="checkpoint">The checkpoint; it stays the caller's, and is not needed afterwards.</param>
    /// <exception cref="CheckpointMismatchException">The checkpoint does not fit.</exception>
    /// <inheritdoc cref="FromCheckpoint(string, int?, DenseNetOptions?)"/>
#pragma warning disable CS1573 // The others are inherited.
    public static DenseNet FromCheckpoint(Checkpoint checkpoint, int? numClasses = null, DenseNetOptions? options = null)
#pragma warning restore CS1573
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        options ??= new();
        var spec = options.Spec ?? (numClasses is null ? DenseNetSpec.Infer(checkpoint) : DenseNetSpec.InferFeatures(checkpoint));
        if (options.HeadActivation is { } activation)
        {
            spec = spec.WithHeadActivation(activation);
        }

        return Load(checkpoint, Adapted(spec, numClasses, options), spec.NumClasses, options);
    }

    /// <summary>The names that <see cref="Create(string, bool, int?, DenseNetOptions, CancellationToken)"/> knows, as timm's
    /// <c>list_models</c>. Networks for CIFAR of other depths and growth rates than those listed have names of the same kind.</summary>
    /// <param name="pattern">With <c>*</c> for any characters and <c>?</c> for one, such as <c>densenet1*</c>; whatever the case.</param>
    /// <param name="pretrained">Whether names of pretrained weights are meant, not of architectures.</param>
    public static IReadOnlyList<string> ListModels(string pattern = "*", bool pretrained = false) => pretrained
        ? [.. PretrainedWeightsCatalog.All.Select(weights => weights.Name).Where(name => FileSystemName.MatchesSimpleExpression(pattern, name))]
        : DenseNetArchitectures.Find(pattern);

    private static DenseNet Create(
        string architecture, bool pretrained, int? numClasses, PretrainedWeights? weights, DenseNetOptions? options)
    {
        if (weights is null)
        {
            return Create(architecture, pretrained, numClasses, options);
        }

        return string.Equals(weights.ArchitectureName, architecture, StringComparison.OrdinalIgnoreCase)
            ? Create(weights, numClasses, options)
            : throw new ArgumentException(
                $"The weights {weights.Name} belong to {weights.ArchitectureName}, not to {architecture}.", nameof(weights));
    }

    /// <summary>The weights that a name and the wish for pretrained ones ask for; else null, and the architecture.</summary>
    private static PretrainedWeights? Find(string name, bool pretrained, out DenseNetSpec? spec)
    {
        var isArchitecture = DenseNetArchitectures.TryGet(name, out spec);
        if (isArchitecture && !pretrained)
        {
            return null;
        }

        if (PretrainedWeightsCatalog.TryGet(name, out var weights))
        {
            return weights;
        }

        var known = string.Join(", ", ListModels(pretrained: true));
        throw new ArgumentException(
            isArchitecture
                ? $"There are no pretrained weights of {spec!.Name}; there are {known}."
                : $"There is no network and there are no pretrained weights named '{name}'; known are {DenseNetArchitectures.KnownNames}, "
                    + $"and the weights {known}.",
            nameof(name));
    }

    private static DenseNetSpec Adapted(DenseNetSpec spec, int? numClasses, DenseNetOptions options)
    {
        var isSameHead = numClasses is null || numClasses == spec.NumClasses;
        return (spec with
        {
            NumClasses = numClasses ?? spec.NumClasses,
            Head = isSameHead ? spec.Head : [],
            InputChannels = options.InputChannels ?? spec.InputChannels,
            DropRate = options.DropRate,
            ClassifierDropRate = options.ClassifierDropRate ?? spec.ClassifierDropRate,
        }).Validate();
    }

    /// <summary>The network that weights are for; whatever can fail without them fails here, before a download.</summary>
    private static DenseNetSpec SpecOf(PretrainedWeights weights, int? numClasses, DenseNetOptions options)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var spec = Adapted(weights.RequireArchitecture(), numClasses ?? weights.NumClasses, options);
        TorchLibrary.Require();
        return spec;
    }

    private static DenseNet Untrained(DenseNetSpec spec, int? numClasses, DenseNetOptions options) =>
        Placed(new DenseNet(Adapted(spec, numClasses, options), options.MemoryEfficient), options);

    private static DenseNet Load(PretrainedWeights weights, string file, DenseNetSpec spec, DenseNetOptions options)
    {
        using var checkpoint = Checkpoint.Open(file);
        return Load(checkpoint, spec, weights.NumClasses, options);
    }

    private static DenseNet Load(Checkpoint checkpoint, DenseNetSpec spec, int numClassesInFile, DenseNetOptions options)
    {
        using var converted = options.InputChannels is { } channels ? checkpoint.WithInputChannels(channels) : null;
        var model = new DenseNet(spec, options.MemoryEfficient);
        try
        {
            model.LoadCheckpoint(converted ?? checkpoint, (spec.NumClasses == numClassesInFile, options.Strict) switch
            {
                (true, true) => CheckpointLoading.Strict,
                (true, false) => CheckpointLoading.Complete,
                (false, true) => CheckpointLoading.AllButClassifier,
                (false, false) => CheckpointLoading.CompleteButClassifier,
            });
            return Placed(model, options);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static DenseNet Placed(DenseNet model, DenseNetOptions options)
    {
        var placed = options.Device is null ? model : model.to(options.Device);
        return Layouts.IsChannelsLast(options.ChannelsLast, options.Device) ? placed.ToChannelsLast() : placed;
    }
}
