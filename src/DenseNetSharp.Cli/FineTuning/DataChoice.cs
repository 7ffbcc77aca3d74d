using DenseNetSharp.Classification;
using DenseNetSharp.Cli.Data;

namespace DenseNetSharp.Cli.FineTuning;

/// <summary>Which images a command line learns from, and which it holds out.</summary>
internal sealed record DataChoice
{
    public required string Folder { get; init; }

    /// <summary>A table of the images' classes; null where sub-folders tell them.</summary>
    public TableChoice? Table { get; init; }

    /// <summary>Whether classes exclude each other; null for what a table looks like.</summary>
    public ClassificationTask? Task { get; init; }

    /// <summary>A folder, or with a table a CSV file, of images to validate with; null for a share of the others.</summary>
    public string? HeldOutFrom { get; init; }

    /// <summary>The share to validate with, 0 for none; null where it was not asked for.</summary>
    public double? HeldOutShare { get; init; }

    /// <summary>The parts that the images are divided into and the one to validate with, counted from 0; null for no such
    /// division.</summary>
    public (int Count, int Fold)? Folds { get; init; }

    /// <summary>What images belong to, and are not divided from; null for nothing.</summary>
    public ImageGrouping? Grouping { get; init; }

    public bool ApplyExifOrientation { get; init; }

    /// <summary>Whether gray of 16 bits keeps its upper 8.</summary>
    public bool KeepGrayBits { get; init; }
}
