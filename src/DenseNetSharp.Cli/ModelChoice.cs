using DenseNetSharp.Cli.Commands;
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

    /// <summary>Loads the network and sets the threads.</summary>
    public LoadedModel Load(string? labelFile, CancellationToken cancellation)
    {
        var preset = Preset is null ? null : CommonOptions.RequirePreset(Preset);
        torch.set_num_threads(Threads);
        return LoadedModel.Load(Model, Weights, labelFile, preset, DeviceArgument.Parse(Device), cancellation);
    }

    /// <summary>How images are read for it.</summary>
    public ImageBatchOptions Batches(bool applyExifOrientation = false) => new()
    {
        BatchSize = BatchSize,
        Workers = Threads,
        Decode = new ImageDecodeOptions { ApplyExifOrientation = applyExifOrientation },
    };
}
