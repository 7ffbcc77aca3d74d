namespace DenseNetSharp.Datasets;

/// <summary>An image file and the classes it belongs to.</summary>
/// <param name="Path">The file.</param>
/// <param name="Classes">
/// Indices into <see cref="ImageDataset.ClassNames"/>, ascending: exactly one where classes exclude each other, any number of
/// them, also none, where they do not.
/// </param>
public sealed record LabelledImage(string Path, IReadOnlyList<int> Classes)
{
    /// <summary>The one class of an image that has one.</summary>
    /// <exception cref="InvalidOperationException">It has none or several.</exception>
    public int Class => Classes is [var only]
        ? only
        : throw new InvalidOperationException($"{Path} belongs to {Classes.Count} classes, not to one.");
}
