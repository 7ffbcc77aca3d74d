using System.Diagnostics;
using DenseNetSharp.Datasets;
using DenseNetSharp.Images;
using DenseNetSharp.Training;
using static TorchSharp.torch;

namespace DenseNetSharp.Benchmarks;

/// <summary>Epochs that train a new classifier on a network's frozen features.</summary>
internal static class FrozenEpochs
{
    /// <summary>What each epoch after the first took, loading, training and the writing of the run's files included.</summary>
    public static IReadOnlyList<double> Milliseconds(
        string model, string photos, int size, int threads, int runs, FeatureCaching caching)
    {
        set_num_threads(threads);
        manual_seed(0);
        var dataset = ImageFolder.Load(photos);
        using var network = DenseNetFactory.Create(model, numClasses: dataset.ClassNames.Count);
        var ends = new List<long>();
        var output = Directory.CreateTempSubdirectory("densenetsharp-").FullName;
        try
        {
            new FineTuner
            {
                Model = network,
                Training = dataset,
                Preset = ImagePreset.TorchvisionImageNet with { CropSize = size },
                Folder = output,
                EpochDone = _ => ends.Add(Stopwatch.GetTimestamp()),
                Options = new FineTuningOptions
                {
                    Epochs = runs + 1,
                    Stages = [new TrainingStage { Modules = ["classifier"] }],
                    FeatureCaching = caching,
                },
            }.Run();
        }
        finally
        {
            Directory.Delete(output, recursive: true);
        }

        return [.. ends.Zip(ends.Skip(1), (start, end) => Stopwatch.GetElapsedTime(start, end).TotalMilliseconds)];
    }
}
