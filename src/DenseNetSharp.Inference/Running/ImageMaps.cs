using DenseNetSharp.Images;
using DenseNetSharp.Inference.Packing;

namespace DenseNetSharp.Inference.Running;

/// <summary>
/// The feature maps of one image on its way: a block's and its successor's, each [pixels, channels at the block's end], and
/// those that a layer's 3x3 convolution reads.
/// </summary>
internal sealed unsafe class ImageMaps(PackedNetwork network) : IDisposable
{
    private NativeBuffer? _memory;
    private nint _evenLength;
    private nint _oddLength;
    private nint _paddedLength;
    private nint _odd;
    private nint _padded;

    /// <summary>A block's feature maps: those of neighbouring blocks are needed at the same time.</summary>
    public float* Block(int block) => _memory!.Pointer + (block % 2 == 0 ? 0 : _odd);

    /// <summary>The feature maps that a layer's 3x3 convolution reads, laid out as <see cref="PaddedMaps"/>.</summary>
    public float* Padded => _memory!.Pointer + _padded;

    /// <summary>The first and then the third convolution's maps of a deep stem, over what only blocks need.</summary>
    public float* StemOuter => _memory!.Pointer + _odd;

    /// <summary>The second convolution's maps of a deep stem, over the first block's, which it has not begun yet.</summary>
    public float* StemInner => _memory!.Pointer;

    /// <summary>Bytes of memory.</summary>
    public long ByteCount => (_memory?.Length ?? 0) * sizeof(float);

    /// <summary>Sees to it that there is memory for images of this size.</summary>
    /// <exception cref="OutOfMemoryException">There is not so much; what was there is still there.</exception>
    public void Ensure(ImageSize image)
    {
        var (even, odd, padded) = (_evenLength, _oddLength, _paddedLength);
        var size = network.Stem.Output(image);
        for (var i = 0; i < network.Blocks.Length; i++)
        {
            var block = network.Blocks[i];
            var length = checked((nint)size.Pixels * block.PixelStride);
            (even, odd) = i % 2 == 0 ? (nint.Max(even, length), odd) : (even, nint.Max(odd, length));
            var conv2 = block.Layers[^1].Conv2;
            padded = nint.Max(padded, new PaddedMaps(size, conv2.Scheme).Length(conv2.Matrices[0].K));
            size = size.HalvedDown;
        }

        if (network.Stem.Deep is [var second, var third])
        {
            var convolved = network.Stem.Convolved(image);
            even = nint.Max(even, PaddedMaps.Close(convolved, third).Length(third.Matrices[0].K));
            var outer = nint.Max(
                PaddedMaps.Close(convolved, second).Length(second.Matrices[0].K),
                checked((nint)convolved.Pixels * network.Stem.PaddedChannels));
            padded = nint.Max(padded, outer - odd);
        }

        if (_memory is not null && (even, odd, padded) == (_evenLength, _oddLength, _paddedLength))
        {
            return;
        }

        var plan = new BufferPlan();
        plan.Reserve(even);
        var oddStart = plan.Reserve(odd);
        var paddedStart = plan.Reserve(padded);
        var memory = new NativeBuffer(plan.Length);
        _memory?.Dispose();
        (_memory, _odd, _padded) = (memory, oddStart, paddedStart);
        (_evenLength, _oddLength, _paddedLength) = (even, odd, padded);
    }

    public void Dispose() => _memory?.Dispose();
}
