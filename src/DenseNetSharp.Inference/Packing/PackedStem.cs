using DenseNetSharp.Architectures;

namespace DenseNetSharp.Inference.Packing;

/// <summary>
/// What comes before the first block. The first convolution, its norm folded into it, is a product over patches: for each input
/// channel and each of the window's rows the values that lie side by side. Two more convolutions may follow it.
/// </summary>
internal sealed class PackedStem
{
    /// <summary>The side of the window of <see cref="DenseNetStem.SevenBySeven"/>.</summary>
    public const int LargeWindow = 7;

    private const int PoolingWindow = 3;

    private readonly DenseNetSpec _spec;

    public PackedStem(BufferPlan plan, DenseNetSpec spec, int lanes)
    {
        _spec = spec;
        Window = spec.Stem == DenseNetStem.SevenBySeven ? LargeWindow : 3;
        Step = HasPooling ? 2 : 1;
        WindowRows = spec.InputChannels * Window;
        RowsOfChunk = PackedRows.Stride / Window;
        var isDeep = spec.Stem == DenseNetStem.Deep;
        Convolution = new(plan, WindowRows * Window, isDeep ? spec.GrowthRate : spec.InitFeatures, lanes);
        // The maps are the network's largest, with many of the larger tiles.
        Deep = isDeep
            ?
            [
                new(plan, WinogradScheme.Four, spec.GrowthRate, spec.GrowthRate, lanes, hasFinish: true) { Floor = 0 },
                new(plan, WinogradScheme.Four, spec.GrowthRate, spec.InitFeatures, lanes, hasFinish: true) { Floor = 0 },
            ]
            : [];
    }

    /// <summary>The first convolution's window's side.</summary>
    public int Window { get; }

    /// <summary>From one window to the next, in pixels.</summary>
    public int Step { get; }

    /// <summary>Rows of the window over all channels.</summary>
    public int WindowRows { get; }

    /// <summary>Rows of the window in a chunk: as many whole ones as fit, 18 or 42.</summary>
    public int RowsOfChunk { get; }

    /// <summary>Values of a full chunk.</summary>
    public int ChunkLength => RowsOfChunk * Window;

    public int InChannels => _spec.InputChannels;

    public PackedMatrix Convolution { get; }

    /// <summary>Chunks of a packed patch.</summary>
    public int Chunks => Division.Up(WindowRows, RowsOfChunk);

    /// <summary>The second and third convolution of <see cref="DenseNetStem.Deep"/>.</summary>
    public PackedConvolution3x3[] Deep { get; }

    /// <summary>Channels of the first block's input, in whole vectors.</summary>
    public int PaddedChannels => Deep.Length > 0 ? Deep[^1].Matrices[0].PaddedN : Convolution.PaddedN;

    /// <summary>Whether norm, ReLU and pooling follow the convolution.</summary>
    public bool HasPooling => _spec.Stem != DenseNetStem.ThreeByThree;

    /// <summary>Whether the pooling is a blurred one.</summary>
    public bool HasBlur => _spec.HasBlurPooling;

    /// <summary>Pixels of the first window that lie before an image's first, of so many in a row.</summary>
    public int PixelsBefore(int size) => _spec.HasSamePadding ? SamePadding.Before(size, Window, Step) : Window / 2;

    /// <summary>Pixels of the pooling's first window that lie before the first.</summary>
    public int PoolingBefore(int size) => _spec.HasSamePadding ? SamePadding.Before(size, PoolingWindow, 2) : PoolingWindow / 2;
}
