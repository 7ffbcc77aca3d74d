using DenseNetSharp.Classification;

namespace DenseNetSharp.Datasets;

/// <summary>How a table of images and their classes is read (<see cref="LabelTable"/>); what is not said is found by the columns'
/// names and values.</summary>
public sealed record LabelTableOptions
{
    /// <summary>What relative paths are relative to; the table's own folder if null.</summary>
    public string? Folder { get; init; }

    /// <summary>The classes in the order of their indices, from the run that trained a network; null for those of the table.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>Whether the table must have all <see cref="ClassNames"/> and no others. False to evaluate on those that it shares with
    /// them: the rest are left out and told to <see cref="OnRemark"/>. Where classes exclude each other all stay classes, and images
    /// of others are left out.</summary>
    public bool RequireAll { get; init; } = true;

    /// <summary>Whether the classes exclude each other; null for what the table looks like.</summary>
    public ClassificationTask? Task { get; init; }

    /// <summary>The column with the images' paths; null for one of a usual name, else the first.</summary>
    public string? PathColumn { get; init; }

    /// <summary>The column with the names of an image's classes; null for one of a usual name, or where a column stands for a class.
    /// </summary>
    public string? ClassColumn { get; init; }

    /// <summary>The columns that stand for a class each; null for all whose values are labels.</summary>
    public IReadOnlyList<string>? LabelColumns { get; init; }

    /// <summary>What separates columns; null for a comma, a semicolon or a tab, as the first line has them.</summary>
    public char? Separator { get; init; }

    /// <summary>What separates several classes of one image; <c>|</c> if null.</summary>
    public string? TagSeparator { get; init; }

    /// <summary>What paths without an ending end in, such as <c>.jpg</c>; null for the one of
    /// <see cref="Images.ImageFiles.Extensions"/> that is there.</summary>
    public string? ImageEnding { get; init; }

    /// <summary>The column of what must not be divided, such as <c>Patient ID</c> (<see cref="LabelledImage.Group"/>); null for none.</summary>
    public string? GroupColumn { get; init; }

    /// <summary>What -1 is taken for, CheXpert's "uncertain".</summary>
    public UnknownLabel Uncertain { get; init; }

    /// <summary>The same for single classes, by name.</summary>
    public IReadOnlyDictionary<string, UnknownLabel> UncertainOf { get; init; } = new Dictionary<string, UnknownLabel>();

    /// <summary>What a blank or <c>nan</c> is taken for, a finding that is "not mentioned". Where a column has the names of classes:
    /// zero for none of them, and ignore for not known; where those exclude each other, the image is left out.</summary>
    public UnknownLabel Blank { get; init; }

    /// <summary>Told of each image that is not there, by its path in the table and its line, and it is left out; null to refuse the
    /// table.</summary>
    public Action<string, int>? OnMissing { get; init; }

    /// <summary>Told how the table was understood where it could be read otherwise, a sentence's part each.</summary>
    public Action<string>? OnRemark { get; init; }
}
