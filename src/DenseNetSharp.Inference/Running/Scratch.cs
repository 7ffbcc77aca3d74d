using DenseNetSharp.Inference.Kernels;
using DenseNetSharp.Inference.Packing;

namespace DenseNetSharp.Inference.Running;

/// <summary>
/// What one thread works in: packed rows, tiles in Winograd's domain, some lines of the stem. It depends on the network and
/// hardly on the image's size.
/// </summary>
internal sealed unsafe class Scratch : IDisposable
{
    /// <summary>Lines of the stem's convolution that are kept: three for pooling, in a ring of four.</summary>
    public const int ConvolutionLines = 4;

    private readonly nint _plannedLength;
    private readonly nint _packed;
    private readonly nint _transformed;
    private readonly nint _products;
    private readonly nint _rowOffsets;
    private readonly int _stemWindowRows;
    private readonly int _stemChannels;
    private NativeBuffer? _memory;
    private nint _stemLines;
    private nint _convolutionLines;

    public Scratch(PackedNetwork network, KernelSet kernels)
    {
        var rows = kernels.GroupRows;
        var layers = network.Blocks.SelectMany(block => block.Layers).ToArray();
        var channels = network.Blocks.Max(block => block.OutChannels);
        var plan = new BufferPlan();
        _packed = plan.Reserve(Math.Max(PackedRows.Length(rows, channels), (nint)network.Stem.Chunks * rows * PackedRows.Stride));
        var positions = layers.Max(layer => layer.Conv2.Matrices.Length);
        var bottleneck = layers[0].Conv1.N;
        _transformed = plan.Reserve(positions * TransformedStride(rows, bottleneck));
        _products = plan.Reserve(positions * ProductStride(rows, layers[0].Conv2.Matrices[0].PaddedN));
        _rowOffsets = plan.Reserve(rows * sizeof(nint) / sizeof(float));
        _plannedLength = plan.Length;
        _stemWindowRows = network.Stem.WindowRows;
        _stemChannels = network.Stem.Convolution.PaddedN;
    }

    /// <summary>Rows for a product.</summary>
    public float* Packed => _memory!.Pointer + _packed;

    /// <summary>Tiles' inputs in Winograd's domain.</summary>
    public float* Transformed => _memory!.Pointer + _transformed;

    /// <summary>Their products.</summary>
    public float* Products => _memory!.Pointer + _products;

    /// <summary>Where a group's rows go.</summary>
    public nint* RowOffsets => (nint*)(_memory!.Pointer + _rowOffsets);

    /// <summary>The image's lines that one line of the stem's convolution reads, with a border of zeros.</summary>
    public float* StemLines => _memory!.Pointer + _stemLines;

    /// <summary>The image's width that there is memory for.</summary>
    public int ImageWidth { get; private set; }

    /// <summary>The distance between <see cref="StemLines"/>, which have a border on both sides.</summary>
    public static nint StemLineStride(int imageWidth) => NativeBuffer.WholeLines(imageWidth + PackedStem.Window - 1);

    /// <summary>A line of the stem's convolution.</summary>
    /// <param name="line">Its number; the last <see cref="ConvolutionLines"/> are kept.</param>
    /// <param name="width">Its width.</param>
    public float* ConvolutionLine(int line, int width) =>
        _memory!.Pointer + _convolutionLines + ((nint)(line % ConvolutionLines) * width * _stemChannels);

    /// <summary>From one position of transformed tiles to the next; a cache line more than their length, or they would
    /// crowd in few of the first cache's sets.</summary>
    public static nint TransformedStride(int rows, int channels) => PackedRows.Length(rows, channels) + NativeBuffer.Line;

    /// <summary>From one position of products to the next.</summary>
    public static nint ProductStride(int rows, int channels) => ((nint)rows * channels) + NativeBuffer.Line;

    /// <summary>Sees to it that there is memory for images of this width.</summary>
    /// <exception cref="OutOfMemoryException">There is not so much; what was there is still there.</exception>
    public void Ensure(int imageWidth)
    {
        if (imageWidth <= ImageWidth)
        {
            return;
        }

        var plan = new BufferPlan();
        plan.Reserve(_plannedLength);
        var stemLines = plan.Reserve(_stemWindowRows * StemLineStride(imageWidth));
        var convolutionLines = plan.Reserve((nint)ConvolutionLines * ((imageWidth + 1) / 2) * _stemChannels);
        var memory = new NativeBuffer(plan.Length);
        _memory?.Dispose();
        (_memory, _stemLines, _convolutionLines, ImageWidth) = (memory, stemLines, convolutionLines, imageWidth);
    }

    public void Dispose() => _memory?.Dispose();
}
