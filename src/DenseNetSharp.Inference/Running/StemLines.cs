namespace DenseNetSharp.Inference.Running;

/// <summary>Lines of the stem's convolution: all of them, or the last so many in a ring.</summary>
/// <param name="first">Line 0.</param>
/// <param name="stride">From one line to the next.</param>
/// <param name="kept">How many are kept.</param>
internal readonly unsafe struct StemLines(float* first, nint stride, int kept)
{
    /// <summary>A line, by its number.</summary>
    public float* this[int line] => first + (line % kept * stride);
}
