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

    /// <summary>Loads the network and sets the threads; says what the checkpoint's own description gave.</summary>
    public LoadedModel Load(string? labelFile, CancellationToken cancellation)
    {
        torch.set_num_threads(Threads);
        var loaded = LoadedModel.Load(
            new ModelRequest
            {
                Model = Model,
                Weights = Weights,
                LabelFile = labelFile,
                Preset = Preset is null ? null : CommonOptions.RequirePreset(Preset),
                Device = DeviceArgument.Parse(Device),
            },
            cancellation);
        if (loaded.DescribedBy is not null)
        {
            string[] used = [.. Preset is null ? ["preset"] : Array.Empty<string>(), .. labelFile is null ? ["class names"] : Array.Empty<string>(), .. loaded.ApplyExifOrientation ? ["EXIF orientation"] : Array.Empty<string>(), "task"];
            Console.Error.WriteLine($"densenet: {string.Join(", ", used)} from {loaded.DescribedBy}");
        }

        return loaded;
    }

    /// <summary>How images are read for it.</summary>
    public ImageBatchOptions Batches(bool applyExifOrientation = false) => new()
    {
        BatchSize = BatchSize,
        Workers = Threads,
        Decode = new ImageDecodeOptions { ApplyExifOrientation = applyExifOrientation },
    };
}
