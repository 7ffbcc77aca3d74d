using DenseNetSharp.Inference.Kernels;
using DenseNetSharp.Inference.Packing;

namespace DenseNetSharp.Inference.Running;

/// <summary>
/// What one thread works in: packed rows, tiles in Winograd's domain, some lines of the stem. It depends on the network and
/// hardly on the image's size.
/// </summary>
internal sealed unsafe class Scratch : IDisposable
{
    private readonly nint _plannedLength;
    private readonly nint _packed;
    private readonly nint _transformed;
    private readonly nint _products;
    private readonly nint _rowOffsets;
    private readonly PackedStem _stem;
    private NativeBuffer? _memory;
    private nint _stemLines;
    private nint _convolutionLines;

    public Scratch(PackedNetwork network, KernelSet kernels)
    {
        var rows = kernels.GroupRows;
        PackedConvolution3x3[] convolutions = [.. network.Stem.Deep, .. network.Blocks.SelectMany(block => block.Layers).Select(layer => layer.Conv2)];
        var channels = network.Blocks.Max(block => block.OutChannels);
        var plan = new BufferPlan();
        _packed = plan.Reserve(Math.Max(PackedRows.Length(rows, channels), (nint)network.Stem.Chunks * rows * PackedRows.Stride));
        _transformed = plan.Reserve(convolutions.Max(convolution =>
            convolution.Matrices.Length * TransformedStride(rows, convolution.Matrices[0].K)));
        _products = plan.Reserve(convolutions.Max(convolution =>
            convolution.Matrices.Length * ProductStride(rows, convolution.Matrices[0].PaddedN)));
        _rowOffsets = plan.Reserve(rows * sizeof(nint) / sizeof(float));
        _plannedLength = plan.Length;
        _stem = network.Stem;
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

    /// <summary>Lines of the stem's convolution that are kept where it is pooled line by line: three or five, in a ring of one more.
    /// </summary>
    private int LinesKept => _stem.HasBlur ? 6 : 4;

    /// <summary>The distance between <see cref="StemLines"/>, which have a border on both sides and end with what a vector of four
    /// reads too much.</summary>
    public nint StemLineStride(int imageWidth) => NativeBuffer.WholeLines(imageWidth + _stem.Window);

    /// <summary>The last lines of the stem's convolution.</summary>
    /// <param name="width">Their width.</param>
    public StemLines ConvolutionLines(int width) =>
        new(_memory!.Pointer + _convolutionLines, (nint)width * _stem.PaddedChannels, LinesKept);

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
        var stemLines = plan.Reserve(_stem.WindowRows * StemLineStride(imageWidth));
        var isPooledByLines = _stem.HasPooling && _stem.Deep.Length == 0;
        var convolutionLines = plan.Reserve(isPooledByLines ? (nint)LinesKept * ((imageWidth + 1) / 2) * _stem.PaddedChannels : 0);
        var memory = new NativeBuffer(plan.Length);
        _memory?.Dispose();
        (_memory, _stemLines, _convolutionLines, ImageWidth) = (memory, stemLines, convolutionLines, imageWidth);
    }

    public void Dispose() => _memory?.Dispose();
}
