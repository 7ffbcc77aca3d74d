namespace DenseNetSharp.Datasets;

/// <summary>An image file and the classes it belongs to.</summary>
/// <param name="Path">The file.</param>
/// <param name="Classes">
/// Indices into <see cref="ImageDataset.ClassNames"/>, ascending: exactly one where classes exclude each other, any number of
/// them, also none, where they do not.
/// </param>
public sealed record LabelledImage(string Path, IReadOnlyList<int> Classes)
{
    /// <summary>The classes of which it is not known whether the image belongs to them, as indices, ascending: they count in no loss and
    /// no metric. None where classes exclude each other.</summary>
    public IReadOnlyList<int> Unknown { get; init; } = [];

    /// <summary>What it must not be divided from, such as a patient's other images; null for nothing.</summary>
    public string? Group { get; init; }

    /// <summary>The part of the data that it was given to, <c>train</c>, <c>validation</c> or <c>test</c>, where its table says; else
    /// null.</summary>
    public string? Part { get; init; }

    /// <summary>The one class of an image that has one.</summary>
    /// <exception cref="InvalidOperationException">It has none or several.</exception>
    public int Class => Classes is [var only]
        ? only
        : throw new InvalidOperationException($"{Path} belongs to {Classes.Count} classes, not to one.");
}
