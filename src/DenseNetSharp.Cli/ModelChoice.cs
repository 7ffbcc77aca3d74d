using DenseNetSharp.Cli.Commands;
using DenseNetSharp.Cli.Libtorch;
using DenseNetSharp.Images;
using TorchSharp;

namespace DenseNetSharp.Cli;

/// <summary>Which network a command line asks for, and how it is to run.</summary>
internal sealed record ModelChoice
{
    public string? Model { get; init; }

    public string? Weights { get; init; }

    public string? Preset { get; init; }

    public required string Device { get; init; }

    public int Threads { get; init; }

    public int BatchSize { get; init; }

    /// <summary>Loads the network onto libtorch and sets its threads.</summary>
    public LoadedModel Load(string? labelFile, CancellationToken cancellation)
    {
        TorchLibraries.Load();
        torch.set_num_threads(Threads);
        var device = DeviceArgument.Parse(Device);
        return LoadedModel.Load(Find(labelFile, cancellation), device, cancellation: cancellation);
    }

    /// <summary>Finds the checkpoint; says what its own description gave.</summary>
    public FoundModel Find(string? labelFile, CancellationToken cancellation)
    {
        var found = FoundModel.Find(
            new ModelRequest
            {
                Model = Model,
                Weights = Weights,
                LabelFile = labelFile,
                Preset = Preset is null ? null : CommonOptions.RequirePreset(Preset),
            },
            cancellation);
        if (found.DescribedBy is not null)
        {
            (string What, bool IsUsed)[] parts =
                [("preset", Preset is null), ("class names", labelFile is null), ("EXIF orientation", found.ApplyExifOrientation), ("task", true)];
            Console.Error.WriteLine($"densenet: {string.Join(", ", parts.Where(part => part.IsUsed).Select(part => part.What))} from {found.DescribedBy}");
        }

        return found;
    }

    /// <summary>How images are read for it.</summary>
    public ImageBatchOptions Batches(bool applyExifOrientation = false) => new()
    {
        BatchSize = BatchSize,
        Workers = Threads,
        Decode = new ImageDecodeOptions { ApplyExifOrientation = applyExifOrientation },
    };
}
