using DenseNetSharp.Checkpoints;
using DenseNetSharp.Classification;
using DenseNetSharp.Reports;
using DenseNetSharp.Weights;

namespace DenseNetSharp.Training;

/// <summary>The files of a run. Each is complete or as it was before.</summary>
internal sealed class RunFolder
{
    public RunFolder(string path)
    {
        Directory.CreateDirectory(path);
        Path = path;
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The best epoch's weights.</summary>
    public string Best => In("best.pth");

    /// <summary>The last weights.</summary>
    public string Last => In("last.pth");

    /// <summary>What a continued run starts from. This file alone counts: the others are written before it, and again by the
    /// continued run.</summary>
    public string State => In("state.safetensors");

    /// <summary>The class names.</summary>
    public string Labels => In("labels.txt");

    /// <summary>The description.</summary>
    public string Description => In(RunDescription.FileName);

    /// <summary>The frozen features' outputs of the training or the held-out images.</summary>
    public string Features(string part) => In($"features-{part}.cache");

    /// <summary>Removes what a killed process was writing.</summary>
    public void RemoveLeftovers()
    {
        foreach (var file in Directory.EnumerateFiles(Path, "*.tmp").Where(IsLeftover))
        {
            File.Delete(file);
        }
    }

    /// <summary>Writes what an epoch's end gives besides weights.</summary>
    public void WriteReports(IReadOnlyList<EpochRecord> epochs, RunDescription description)
    {
        MetricsTable.Write(In("metrics.csv"), epochs);
        TrainingCurves.Save(In("curves.svg"), epochs);
        description.Save(Description);
    }

    /// <summary>Writes what is known at the start.</summary>
    public void WriteDescription(RunDescription description)
    {
        LabelFile.Write(Labels, description.ClassNames);
        description.Save(Description);
    }

    /// <summary>Writes weights that PyTorch loads, the description within.</summary>
    public static void WriteWeights(string path, Checkpoint weights) => weights.Save(path, CheckpointFormat.Zip);

    private static bool IsLeftover(string file)
    {
        // NAME.GUID.tmp, as atomic writing names what is not complete yet.
        var parts = System.IO.Path.GetFileName(file).Split('.');
        return parts.Length >= 4 && Guid.TryParseExact(parts[^2], "N", out _);
    }

    private string In(string file) => System.IO.Path.Combine(Path, file);
}
