namespace DenseNetSharp.Inference.Packing;

/// <summary>
/// How pixels lie for a product: in chunks of up to <see cref="Stride"/> channels, in each chunk row by row. A distance
/// between rows that is the same everywhere and known to the compiler spares the micro-kernel address registers.
/// </summary>
internal static class PackedRows
{
    /// <summary>From one row to the next, in floats, and the most channels of a chunk.</summary>
    public const int Stride = 128;

    /// <summary>Chunks that so many channels take.</summary>
    public static int Chunks(int channels) => Division.Up(channels, Stride);

    /// <summary>Floats that rows of so many channels take.</summary>
    public static nint Length(int rows, int channels) => (nint)Chunks(channels) * rows * Stride;
}
