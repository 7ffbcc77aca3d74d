using DenseNetSharp.Checkpoints;
using DenseNetSharp.Datasets;
using DenseNetSharp.Images;
using DenseNetSharp.Training;

namespace DenseNetSharp.Tests.Training;

/// <summary>Runs of a small network over the reference's folder of 24 images in batches of five.</summary>
public sealed class FineTunerRuns : IDisposable
{
    public const int Epochs = 3;
    public const int Batches = 5;
    public const long Seed = 20;
    public const double MixupAlpha = 0.4;

    public static readonly ImagePreset Preset =
        ImagePreset.TorchvisionImageNet with { Name = "small", ResizeSize = 52, CropSize = 48 };

    private readonly Files _files = new();
    private readonly TemporaryFolder _folder = new();

    /// <summary>What Reference/finetuner.py writes.</summary>
    public string Reference(string file) => _files[file];

    /// <summary>A folder or file of a test's own, not there yet.</summary>
    public string New() => _folder.File(Guid.NewGuid().ToString("N"));

    public ImageDataset Data() => ImageFolder.Load(Reference("images"));

    public DenseNet Model(double dropRate = 0) =>
        DenseNetFactory.FromCheckpoint(Reference("initial.pth"), options: new() { DropRate = dropRate });

    /// <summary>A run over the images, which validate it too.</summary>
    public FineTuner Tuner(DenseNet model, string folder, FineTuningOptions options) => new()
    {
        Model = model,
        Training = Data(),
        Validation = Data(),
        Preset = Preset,
        Folder = folder,
        Options = options,
    };

    public static FineTuningOptions Options { get; } = new()
    {
        Epochs = Epochs,
        BatchSize = 5,
        Seed = Seed,
        Schedule = new ConstantSchedule(),
        Optimizer = new OptimizerSettings { LearningRate = 0.05 },
    };

    public void Dispose()
    {
        _files.Dispose();
        _folder.Dispose();
    }

    /// <summary>All tensors of a file by name, as bytes.</summary>
    public static Dictionary<string, byte[]> Bytes(string file)
    {
        using var checkpoint = Checkpoint.Open(file);
        return checkpoint.Tensors.ToDictionary(entry => entry.Key, entry =>
        {
            var bytes = new byte[entry.Value.ByteCount];
            entry.Value.CopyTo(bytes);
            return bytes;
        });
    }

    private sealed class Files() : ReferenceFiles("finetuner.py");
}
