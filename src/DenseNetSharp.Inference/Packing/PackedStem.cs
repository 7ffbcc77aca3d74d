using DenseNetSharp.Inference.Kernels;

namespace DenseNetSharp.Inference.Packing;

/// <summary>
/// The first convolution, 7x7 with stride 2, norm0 folded into it, as a product over patches: for each input channel and
/// each of the window's 7 rows the 7 values that lie side by side.
/// </summary>
internal sealed class PackedStem(BufferPlan plan, int inChannels, int outChannels, int lanes)
{
    /// <summary>Rows of the window over all channels.</summary>
    public int WindowRows { get; } = inChannels * Patches.Window;

    public int InChannels => inChannels;

    public PackedMatrix Convolution { get; } = new(plan, inChannels * Patches.Window * Patches.Window, outChannels, lanes);

    /// <summary>Chunks of a packed patch.</summary>
    public int Chunks => Division.Up(Convolution.K, Patches.ChunkLength);
}
