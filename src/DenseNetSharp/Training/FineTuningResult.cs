using DenseNetSharp.Datasets;
using DenseNetSharp.Images;
using DenseNetSharp.Metrics;
using DenseNetSharp.Reports;

namespace DenseNetSharp.Training;

/// <summary>What a run came to.</summary>
public sealed record FineTuningResult
{
    /// <summary>Every epoch's figures, also those of the run that this one continued; epochs count from 1.</summary>
    public required IReadOnlyList<EpochRecord> Epochs { get; init; }

    /// <summary>The figures of the epoch whose weights <see cref="BestCheckpoint"/> has.</summary>
    public required EpochRecord Best { get; init; }

    /// <summary>Whether the run ended before its last epoch, for want of improvement.</summary>
    public required bool StoppedEarly { get; init; }

    /// <summary>The best epoch's weights, <c>best.pth</c>.</summary>
    public required string BestCheckpoint { get; init; }

    /// <summary>The last epoch's weights, <c>last.pth</c>.</summary>
    public required string LastCheckpoint { get; init; }

    /// <summary>What <see cref="BestCheckpoint"/> makes of the images held out, at the temperature that was fit on them and stored; null where
    /// none was to be fit, or none is the best.</summary>
    public Evaluation? Calibrated { get; init; }

    /// <summary>The file with the class names, <c>labels.txt</c>.</summary>
    public required string Labels { get; init; }

    /// <summary>The file with the epochs' figures, <c>metrics.csv</c>.</summary>
    public required string Metrics { get; init; }

    /// <summary>The picture of the epochs' figures, <c>curves.svg</c>.</summary>
    public required string Curves { get; init; }

    /// <summary>The run's description, <c>run.json</c>.</summary>
    public required string Description { get; init; }

    /// <summary>The table of which image was learned from and which validated with, <c>split.csv</c> (<see cref="SplitTable"/>).</summary>
    public required string Split { get; init; }

    /// <summary>The images that could not be used, each once, with the reasons.</summary>
    public required IReadOnlyList<ImageBatchItem<LabelledImage>> Unreadable { get; init; }
}
