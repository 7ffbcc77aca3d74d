using DenseNetSharp.Architectures;
using DenseNetSharp.Classification;
using DenseNetSharp.Cli.Models;
using DenseNetSharp.Cli.Options;
using DenseNetSharp.Cli.Output;
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
    /// <summary>Whether the images of the run that its weights come from were turned upright.</summary>
    public bool ApplyExifOrientation { get; private init; }

    /// <summary>Whether the gray of 16 bits of that run's images kept its upper 8.</summary>
    public bool KeepGrayBits { get; private init; }

    /// <summary>What is to be said of it once the run begins, a sentence's part each.</summary>
    public IReadOnlyList<string> Remarks { get; private init; } = [];

    /// <summary>Makes the network. New weights are those after <c>manual_seed</c>.</summary>
    public static StartingNetwork Create(
        StartChoice choice, EarlierRun? earlier, ImageDataset training, long seed, CancellationToken cancellationToken)
    {
        var device = DeviceArgument.Parse(choice.Device);
        var network = earlier is not null ? Continued(choice, earlier, device)
            : choice.Checkpoint.Weights == StartChoice.NoWeights ? New(choice, training, device, seed)
            : Loaded(choice, training, device, seed, cancellationToken);
        if (Layouts.IsChannelsLast(choice.ChannelsLast, device))
        {
            network.Model.ToChannelsLast();
        }

        return network;
    }

    public void Dispose() => Model.Dispose();

    /// <summary>The network of a run that goes on, whose weights are in its state.</summary>
    private static StartingNetwork Continued(StartChoice choice, EarlierRun earlier, torch.Device device)
    {
        var before = earlier.Description.Preset;
        var asked = choice.Checkpoint.Preset;
        if (asked is { Named: not null, Size: null, Resize: null })
        {
            asked = asked with { Size = SideOf(before) };
        }

        // What was changed was said when the run began; what changes now, the run refuses, by the value and not by the name.
        var preset = asked.For(before, earlier.Spec.InputChannels, choice.Checkpoint.PresetRemedy, []);
        preset = asked.Named is null ? preset with { Name = before.Name } : preset;
        return new StartingNetwork(
            new DenseNet(earlier.Spec, choice.MemoryEfficient).to(device),
            preset,
            earlier.Notes.GetValueOrDefault(RunNotes.Weights, StartChoice.NoWeights));
    }

    private static StartingNetwork New(StartChoice choice, ImageDataset training, torch.Device device, long seed)
    {
        var remarks = new List<string>();
        var spec = choice.Custom ?? CommonOptions.RequireArchitecture(choice.Checkpoint.Model ?? CommonOptions.DefaultModel);
        var preset = choice.Checkpoint.Preset.Over(RunClassifier.UsualPreset(spec), remarks);
        torch.manual_seed(seed);
        var model = new DenseNet(
            Named(spec) with { NumClasses = training.ClassNames.Count, InputChannels = preset.Channels }, choice.MemoryEfficient);
        return new StartingNetwork(model.to(device), preset, StartChoice.NoWeights) { Remarks = remarks };
    }

    private static StartingNetwork Loaded(
        StartChoice choice, ImageDataset training, torch.Device device, long seed, CancellationToken cancellationToken)
    {
        var found = FoundCheckpoint.Find(choice.Checkpoint with { FeaturesOnly = true, ConvertsChannels = true }, cancellationToken);
        var hasClassifier = found.Spec.NumClasses > 0;
        if (!hasClassifier)
        {
            torch.manual_seed(seed);
        }

        var model = found.LoadOnLibtorch(
            device, choice.ChannelsLast, choice.MemoryEfficient, hasClassifier ? null : training.ClassNames.Count, cancellationToken);
        try
        {
            found.Report(
                ("preset", choice.Checkpoint.Preset.Named is null),
                ("EXIF orientation", found.ApplyExifOrientation),
                ("16-bit gray", found.KeepGrayBits));
            if (!hasClassifier)
            {
                Console.Error.WriteLine($"densenet: a new classifier, for {found.Weights} has none, or a head that is none");
            }
            else if (ReasonForNewClassifier(training, found) is { } reason)
            {
                Console.Error.WriteLine($"densenet: a new classifier, for {reason}");
                torch.manual_seed(seed);
                model.ReplaceClassifier(training.ClassNames.Count);
            }

            model = WithPyTorchsEpsilon(model, choice.MemoryEfficient, device);
            return new StartingNetwork(model, found.Preset, found.Weights)
            {
                ApplyExifOrientation = found.ApplyExifOrientation,
                KeepGrayBits = found.KeepGrayBits,
            };
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static string? ReasonForNewClassifier(ImageDataset training, FoundCheckpoint found) => found.Labels switch
    {
        null => $"{found.Weights} does not say what its classes are called",
        _ when found.Task != training.Task => $"that of {found.Weights} is {CheckpointReport.NameOf(found.Task)}",
        var labels when labels.SequenceEqual(training.ClassNames) => null,
        var labels when labels.ToHashSet().SetEquals(training.ClassNames) => $"the classes of {found.Weights} have another order than the images'",
        _ => $"the classes of {found.Weights} are not those of the images",
    };

    /// <summary>A port of torchvision's networks from Keras has another epsilon, which torchvision's own would not know of when it
    /// loads what the run writes: it is trained with the one that PyTorch will compute with.</summary>
    private static DenseNet WithPyTorchsEpsilon(DenseNet model, bool memoryEfficient, torch.Device device)
    {
        var epsilon = new DenseNetSpec().BatchNormEpsilon;
        if (model.Spec.BatchNormEpsilon == epsilon || !DenseNetArchitectures.Torchvision.Any(model.Spec.HasFeaturesOf))
        {
            return model;
        }

        using (model)
        {
            using var weights = model.ToCheckpoint();
            var spec = model.Spec with { BatchNormEpsilon = epsilon };
            var other = new DenseNet(Named(spec), memoryEfficient);
            other.LoadCheckpoint(weights);
            return other.to(device);
        }
    }

    private static int? SideOf(ImagePreset preset) =>
        preset.FixedOutputSize is { } size && size.Height == size.Width ? size.Height : null;

    /// <summary>With its name, if its parts are those of a network that has one.</summary>
    private static DenseNetSpec Named(DenseNetSpec spec) => spec with { Name = DenseNetSpec.FindName(spec) };
}
