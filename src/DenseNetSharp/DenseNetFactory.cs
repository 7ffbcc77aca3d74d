using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.StateDicts;
using DenseNetSharp.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace DenseNetSharp;

/// <summary>Makes torchvision's DenseNets, pretrained on ImageNet or freshly initialised, and networks that fit a
/// checkpoint. Where libtorch cannot be loaded, each of these methods throws a <see cref="DllNotFoundException"/> whose message
/// says which package or setting is missing.</summary>
public static class DenseNetFactory
{
    /// <summary>DenseNet-121: 7,978,856 parameters, 2.83 G multiply-adds at 224x224, 74.434% top-1 on ImageNet.</summary>
    /// <param name="pretrained">Load torchvision's ImageNet weights: from PyTorch's own cache, else downloaded there.</param>
    /// <param name="numClasses">Classes that the classifier tells apart; 1000 if null. With pretrained weights and another
    /// number than theirs, the features keep them and the classifier is new.</param>
    /// <param name="dropRate">Dropout rate after each dense layer, in [0, 1].</param>
    /// <param name="memoryEfficient">Recompute the bottlenecks in the backward pass: less memory, more time, the same
    /// numbers.</param>
    /// <param name="device">Where the network goes; the CPU if null.</param>
    /// <param name="download">How pretrained weights are fetched and where they are kept.</param>
    /// <param name="weights">Other pretrained weights to load, such as
    /// <c>PretrainedWeightsCatalog.Get("densenet121.ra_in1k")</c>, of the catalogue or of your own.</param>
    /// <returns>The network, in training mode as PyTorch's are; call <c>eval()</c> before predicting.</returns>
    /// <exception cref="ArgumentException">A value makes no network, or the weights belong to another.</exception>
    /// <exception cref="PretrainedWeightsException">The weights are neither in the cache nor to be downloaded.</exception>
    public static DenseNet Densenet121(bool pretrained = false, int? numClasses = null, double dropRate = 0,
        bool memoryEfficient = false, Device? device = null, WeightsDownloadOptions? download = null,
        PretrainedWeights? weights = null) =>
        Create(DenseNetSpec.Densenet121.Name!, pretrained, weights, numClasses, dropRate, memoryEfficient, device, download);

    /// <summary>DenseNet-169: 14,149,480 parameters, 3.36 G multiply-adds at 224x224, 75.600% top-1 on ImageNet.</summary>
    /// <inheritdoc cref="Densenet121"/>
    public static DenseNet Densenet169(bool pretrained = false, int? numClasses = null, double dropRate = 0,
        bool memoryEfficient = false, Device? device = null, WeightsDownloadOptions? download = null,
        PretrainedWeights? weights = null) =>
        Create(DenseNetSpec.Densenet169.Name!, pretrained, weights, numClasses, dropRate, memoryEfficient, device, download);

    /// <summary>DenseNet-201: 20,013,928 parameters, 4.29 G multiply-adds at 224x224, 76.896% top-1 on ImageNet.</summary>
    /// <inheritdoc cref="Densenet121"/>
    public static DenseNet Densenet201(bool pretrained = false, int? numClasses = null, double dropRate = 0,
        bool memoryEfficient = false, Device? device = null, WeightsDownloadOptions? download = null,
        PretrainedWeights? weights = null) =>
        Create(DenseNetSpec.Densenet201.Name!, pretrained, weights, numClasses, dropRate, memoryEfficient, device, download);

    /// <summary>DenseNet-161: 28,681,000 parameters, 7.73 G multiply-adds at 224x224, 77.138% top-1 on ImageNet.</summary>
    /// <inheritdoc cref="Densenet121"/>
    public static DenseNet Densenet161(bool pretrained = false, int? numClasses = null, double dropRate = 0,
        bool memoryEfficient = false, Device? device = null, WeightsDownloadOptions? download = null,
        PretrainedWeights? weights = null) =>
        Create(DenseNetSpec.Densenet161.Name!, pretrained, weights, numClasses, dropRate, memoryEfficient, device, download);

    /// <summary>Makes a network by name.</summary>
    /// <param name="name"><c>densenet121</c>, <c>densenet169</c>, <c>densenet201</c> or <c>densenet161</c>, or the name of
    /// pretrained weights, such as <c>densenet121.ra_in1k</c>, which are then loaded.</param>
    /// <param name="pretrained">Load the architecture's default ImageNet weights, torchvision's: from PyTorch's own cache, else
    /// downloaded there.</param>
    /// <param name="numClasses">Classes that the classifier tells apart; 1000 if null. With pretrained weights and another
    /// number than theirs, the features keep them and the classifier is new.</param>
    /// <param name="dropRate">Dropout rate after each dense layer, in [0, 1].</param>
    /// <param name="memoryEfficient">Recompute the bottlenecks in the backward pass: less memory, more time, the same
    /// numbers.</param>
    /// <param name="device">Where the network goes; the CPU if null.</param>
    /// <param name="download">How pretrained weights are fetched and where they are kept.</param>
    /// <param name="cancellation">Stops a download.</param>
    /// <returns>The network, in training mode as PyTorch's are; call <c>eval()</c> before predicting.</returns>
    /// <exception cref="ArgumentException">There is no network of that name, or a value makes none.</exception>
    /// <exception cref="NotSupportedException">The weights' architecture is none that this version builds.</exception>
    /// <exception cref="PretrainedWeightsException">The weights are neither in the cache nor to be downloaded.</exception>
    public static DenseNet Create(string name, bool pretrained = false, int? numClasses = null, double dropRate = 0,
        bool memoryEfficient = false, Device? device = null, WeightsDownloadOptions? download = null,
        CancellationToken cancellation = default)
    {
        return Find(name, pretrained, out var spec) is { } weights
            ? Create(weights, numClasses, dropRate, memoryEfficient, device, download, cancellation)
            : Placed(new DenseNet(Adapted(spec!, numClasses, dropRate), memoryEfficient), device);
    }

    /// <summary>Makes a network by name, without a thread that waits for its weights' download.</summary>
    /// <inheritdoc cref="Create(string, bool, int?, double, bool, Device, WeightsDownloadOptions, CancellationToken)"/>
    public static async Task<DenseNet> CreateAsync(string name, bool pretrained = false, int? numClasses = null,
        double dropRate = 0, bool memoryEfficient = false, Device? device = null, WeightsDownloadOptions? download = null,
        CancellationToken cancellation = default) =>
        Find(name, pretrained, out var spec) is { } weights
            ? await CreateAsync(weights, numClasses, dropRate, memoryEfficient, device, download, cancellation).ConfigureAwait(false)
            : Placed(new DenseNet(Adapted(spec!, numClasses, dropRate), memoryEfficient), device);

    /// <summary>Makes the network that pretrained weights belong to, and loads them.</summary>
    /// <param name="weights">The weights, of the catalogue or of your own.</param>
    /// <param name="numClasses">Classes that the classifier tells apart; the weights' own if null. With another number
    /// the features keep the weights and the classifier is new.</param>
    /// <param name="dropRate">Dropout rate after each dense layer, in [0, 1].</param>
    /// <param name="memoryEfficient">Recompute the bottlenecks in the backward pass.</param>
    /// <param name="device">Where the network goes; the CPU if null.</param>
    /// <param name="download">How the weights are fetched and where they are kept.</param>
    /// <param name="cancellation">Stops a download.</param>
    /// <returns>The network, in training mode as PyTorch's are; call <c>eval()</c> before predicting.</returns>
    /// <exception cref="ArgumentException">A value makes no network.</exception>
    /// <exception cref="NotSupportedException">The weights' architecture is none that this version builds.</exception>
    /// <exception cref="PretrainedWeightsException">The weights are neither in the cache nor to be downloaded.</exception>
    public static DenseNet Create(PretrainedWeights weights, int? numClasses = null, double dropRate = 0,
        bool memoryEfficient = false, Device? device = null, WeightsDownloadOptions? download = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var spec = Adapted(weights.RequireArchitecture(), numClasses ?? weights.NumClasses, dropRate);
        // Before the download.
        TorchLibrary.Require();
        using var checkpoint = Checkpoint.Open(weights.GetFile(download, cancellation));
        return Load(checkpoint, spec, weights.NumClasses, memoryEfficient, device);
    }

    /// <summary>Makes the network that pretrained weights belong to, without a thread that waits for their download.</summary>
    /// <inheritdoc cref="Create(PretrainedWeights, int?, double, bool, Device, WeightsDownloadOptions, CancellationToken)"/>
    public static async Task<DenseNet> CreateAsync(PretrainedWeights weights, int? numClasses = null, double dropRate = 0,
        bool memoryEfficient = false, Device? device = null, WeightsDownloadOptions? download = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var spec = Adapted(weights.RequireArchitecture(), numClasses ?? weights.NumClasses, dropRate);
        TorchLibrary.Require();
        var file = await weights.GetFileAsync(download, cancellation).ConfigureAwait(false);
        using var checkpoint = Checkpoint.Open(file);
        return Load(checkpoint, spec, weights.NumClasses, memoryEfficient, device);
    }

    /// <summary>Makes the network that a checkpoint's shapes call for, any DenseNet of the family, and loads it.</summary>
    /// <param name="path">A legacy or zip <c>.pth</c> state dict or a safetensors file.</param>
    /// <param name="numClasses">Classes that the classifier tells apart; the checkpoint's if null. With another number the
    /// features keep the checkpoint's weights and the classifier is new.</param>
    /// <param name="dropRate">Dropout rate after each dense layer, in [0, 1].</param>
    /// <param name="memoryEfficient">Recompute the bottlenecks in the backward pass.</param>
    /// <param name="device">Where the network goes; the CPU if null.</param>
    /// <returns>The network, in training mode as PyTorch's are; call <c>eval()</c> before predicting.</returns>
    /// <exception cref="CheckpointFormatException">The file is no checkpoint.</exception>
    /// <exception cref="InvalidDataException">The checkpoint is not a DenseNet's.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static DenseNet FromCheckpoint(string path, int? numClasses = null, double dropRate = 0,
        bool memoryEfficient = false, Device? device = null)
    {
        using var checkpoint = Checkpoint.Open(path);
        if (!DenseNetShapes.TryInfer(checkpoint, out var spec, out var reason))
        {
            throw new InvalidDataException($"{path} is not a DenseNet's checkpoint: {reason}");
        }

        return Load(checkpoint, Adapted(spec, numClasses, dropRate), spec.NumClasses, memoryEfficient, device);
    }

    private static DenseNet Create(string architecture, bool pretrained, PretrainedWeights? weights, int? numClasses,
        double dropRate, bool memoryEfficient, Device? device, WeightsDownloadOptions? download)
    {
        if (weights is null)
        {
            return Create(architecture, pretrained, numClasses, dropRate, memoryEfficient, device, download);
        }

        return string.Equals(weights.ArchitectureName, architecture, StringComparison.OrdinalIgnoreCase)
            ? Create(weights, numClasses, dropRate, memoryEfficient, device, download)
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

        return PretrainedWeightsCatalog.TryGet(name, out var weights)
            ? weights
            : throw new ArgumentException(
                $"There is no network and there are no pretrained weights named '{name}'; known are "
                + $"{string.Join(", ", DenseNetArchitectures.All.Select(known => known.Name))} and the weights "
                + $"{string.Join(", ", PretrainedWeightsCatalog.All.Select(entry => entry.Name))}.",
                nameof(name));
    }

    private static DenseNetSpec Adapted(DenseNetSpec spec, int? numClasses, double dropRate) =>
        (spec with { NumClasses = numClasses ?? spec.NumClasses, DropRate = dropRate }).Validate();

    private static DenseNet Load(Checkpoint checkpoint, DenseNetSpec spec, int numClassesInFile, bool memoryEfficient, Device? device)
    {
        var model = new DenseNet(spec, memoryEfficient);
        try
        {
            model.LoadCheckpoint(
                checkpoint, spec.NumClasses == numClassesInFile ? CheckpointLoading.Strict : CheckpointLoading.AllButClassifier);
            return Placed(model, device);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static DenseNet Placed(DenseNet model, Device? device) => device is null ? model : model.to(device);
}
