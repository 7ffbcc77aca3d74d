namespace DenseNetSharp.Images.Resizing;

/// <summary>One axis of a resize: from how many pixels to how many, and which of those are wanted.</summary>
/// <param name="InputSize">The source's length.</param>
/// <param name="OutputSize">The length that the whole source is resized to.</param>
/// <param name="First">The first output pixel wanted.</param>
/// <param name="Count">How many are wanted.</param>
internal readonly record struct OutputRange(int InputSize, int OutputSize, int First, int Count)
{
    /// <summary>Whether the axis keeps its size.</summary>
    public bool KeepsSize => OutputSize == InputSize;

    /// <summary>Whether what is wanted is the input as it is.</summary>
    public bool IsWholeInput => KeepsSize && First == 0 && Count == InputSize;
}
