namespace DenseNetSharp.Inference.Packing;

/// <summary>
/// The first convolution, 7x7 with stride 2, norm0 folded into it, as a product over patches: for each input channel and
/// each of the window's 7 rows the 7 values that lie side by side.
/// </summary>
internal sealed class PackedStem(BufferPlan plan, int inChannels, int outChannels, int lanes)
{
    /// <summary>The window's side.</summary>
    public const int Window = 7;

    /// <summary>Rows of the window in a chunk: as many whole ones as fit, 18.</summary>
    public const int RowsOfChunk = PackedRows.Stride / Window;

    /// <summary>Values of a full chunk.</summary>
    public const int ChunkLength = RowsOfChunk * Window;

    /// <summary>Rows of the window over all channels.</summary>
    public int WindowRows { get; } = inChannels * Window;

    public int InChannels => inChannels;

    public PackedMatrix Convolution { get; } = new(plan, inChannels * Window * Window, outChannels, lanes);

    /// <summary>Chunks of a packed patch.</summary>
    public int Chunks => Division.Up(Convolution.K, ChunkLength);
}
