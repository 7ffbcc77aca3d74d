using DenseNetSharp.Architectures;
using DenseNetSharp.Cli.Commands;
using DenseNetSharp.Datasets;
using DenseNetSharp.Images;
using TorchSharp;

namespace DenseNetSharp.Cli.FineTuning;

/// <summary>The network that a run begins with, on its device, with a classifier for the run's classes.</summary>
/// <param name="Model">The network.</param>
/// <param name="Preset">How its images are prepared.</param>
/// <param name="Weights">What its weights are called.</param>
internal sealed record StartingNetwork(DenseNet Model, ImagePreset Preset, string Weights) : IDisposable
{
    /// <summary>Makes the network. New weights are those after <c>manual_seed</c>.</summary>
    public static StartingNetwork Create(
        NetworkChoice choice, EarlierRun? earlier, ImageDataset training, long seed, CancellationToken cancellation)
    {
        var preset = PresetOf(choice, earlier);
        var device = DeviceArgument.Parse(choice.Device);
        if (earlier is not null)
        {
            // The state that goes on has the weights.
            return new StartingNetwork(
                new DenseNet(earlier.Spec, choice.MemoryEfficient).to(device),
                preset!,
                earlier.Notes.GetValueOrDefault(RunNotes.Weights, NetworkChoice.NoWeights));
        }

        return choice.Weights == NetworkChoice.NoWeights
            ? New(choice, preset ?? Sized(ImagePreset.TorchvisionImageNet, choice.Size), training, device, seed)
            : Loaded(choice, preset, training, device, seed, cancellation);
    }

    public void Dispose() => Model.Dispose();

    private static StartingNetwork New(NetworkChoice choice, ImagePreset preset, ImageDataset training, torch.Device device, long seed)
    {
        var spec = choice.Custom ?? CommonOptions.RequireArchitecture(choice.Model ?? FoundModel.DefaultModel);
        torch.manual_seed(seed);
        var model = new DenseNet(
            Named(spec) with { NumClasses = training.ClassNames.Count, InputChannels = preset.Channels }, choice.MemoryEfficient);
        return new StartingNetwork(model.to(device), preset, NetworkChoice.NoWeights);
    }

    private static StartingNetwork Loaded(
        NetworkChoice choice, ImagePreset? preset, ImageDataset training, torch.Device device, long seed, CancellationToken cancellation)
    {
        var found = FoundModel.Find(
            new ModelRequest
            {
                Model = choice.Model,
                Weights = choice.Weights,
                Preset = preset,
                PresetRemedy = "name another with --preset, or train from scratch with --weights none",
            },
            cancellation);
        var model = LoadedModel.Load(found, device, choice.MemoryEfficient, cancellation).Model;
        try
        {
            if (preset is null && found.DescribedBy is not null)
            {
                Console.Error.WriteLine($"densenet: preset from {found.DescribedBy}");
            }

            if (ReasonForNewClassifier(training, found) is { } reason)
            {
                Console.Error.WriteLine($"densenet: a new classifier, for {reason}");
                torch.manual_seed(seed);
                model.ReplaceClassifier(training.ClassNames.Count);
            }

            model = WithPyTorchsEpsilon(model, choice.MemoryEfficient, device);
            return new StartingNetwork(model, preset ?? Sized(found.Preset, choice.Size), found.Weights);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static string? ReasonForNewClassifier(ImageDataset training, FoundModel found) => found.Labels switch
    {
        null => $"{found.Weights} does not say what its classes are called",
        _ when found.Task != training.Task => $"that of {found.Weights} is {found.Task.ToString().ToLowerInvariant()}",
        var labels when labels.SequenceEqual(training.ClassNames) => null,
        var labels when labels.ToHashSet().SetEquals(training.ClassNames) => $"the classes of {found.Weights} have another order than the images'",
        _ => $"the classes of {found.Weights} are not those of the images",
    };

    /// <summary>A port from Keras has another epsilon, which no file that the run writes can say: it is trained with the one
    /// that PyTorch will compute with.</summary>
    private static DenseNet WithPyTorchsEpsilon(DenseNet model, bool memoryEfficient, torch.Device device)
    {
        var epsilon = new DenseNetSpec().BatchNormEpsilon;
        if (model.Spec.BatchNormEpsilon == epsilon)
        {
            return model;
        }

        using (model)
        {
            using var weights = model.ToCheckpoint();
            var other = new DenseNet(model.Spec with { BatchNormEpsilon = epsilon }, memoryEfficient);
            other.LoadCheckpoint(weights);
            return other.to(device);
        }
    }

    /// <summary>The preset that was asked for, or the continued run's; null for that of the weights.</summary>
    private static ImagePreset? PresetOf(NetworkChoice choice, EarlierRun? earlier)
    {
        if (choice.Preset is null)
        {
            return earlier is null ? null : Sized(earlier.Description.Preset, choice.Size);
        }

        return Sized(CommonOptions.RequirePreset(choice.Preset), choice.Size ?? SideOf(earlier?.Description.Preset));
    }

    private static int? SideOf(ImagePreset? preset) =>
        preset?.FixedOutputSize is { } size && size.Height == size.Width ? size.Height : null;

    private static ImagePreset Sized(ImagePreset preset, int? side) => side is { } pixels ? preset.WithSize(pixels) : preset;

    /// <summary>With its name, if its parts are those of a network that has one.</summary>
    private static DenseNetSpec Named(DenseNetSpec spec) =>
        DenseNetArchitectures.All.FirstOrDefault(known => known with { Name = spec.Name } == spec) ?? spec;
}
