using DenseNetSharp.Classification;
using DenseNetSharp.Cli.Options;

namespace DenseNetSharp.Cli.FineTuning;

/// <summary>Which images a command line learns from, and which it holds out.</summary>
internal sealed record DataChoice
{
    public required string Folder { get; init; }

    /// <summary>A CSV file of the images' classes; null where sub-folders tell them.</summary>
    public string? Table { get; init; }

    public ClassificationTask Task { get; init; }

    /// <summary>A folder, or with a table a CSV file, of images to validate with; null for a share of the others.</summary>
    public string? HeldOutFrom { get; init; }

    /// <summary>The share to validate with, 0 for none; null where it was not asked for.</summary>
    public double? HeldOutShare { get; init; }

    /// <summary>How the images are decoded.</summary>
    public required Decoding Decoding { get; init; }
}
