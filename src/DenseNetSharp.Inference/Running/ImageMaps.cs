using DenseNetSharp.Images;
using DenseNetSharp.Inference.Packing;

namespace DenseNetSharp.Inference.Running;

/// <summary>
/// The feature maps of one image on its way: a block's and its successor's, each [pixels, channels at the block's end], and
/// one bottleneck's.
/// </summary>
internal sealed unsafe class ImageMaps(PackedNetwork network) : IDisposable
{
    private NativeBuffer? _memory;
    private nint _evenLength;
    private nint _oddLength;
    private nint _bottleneckLength;
    private nint _odd;
    private nint _bottleneck;

    /// <summary>A block's feature maps: those of neighbouring blocks are needed at the same time.</summary>
    public float* Block(int block) => _memory!.Pointer + (block % 2 == 0 ? 0 : _odd);

    /// <summary>The feature maps between a layer's convolutions, laid out as <see cref="PaddedMaps"/>.</summary>
    public float* Bottleneck => _memory!.Pointer + _bottleneck;

    /// <summary>Bytes of memory.</summary>
    public long ByteCount => (_memory?.Length ?? 0) * sizeof(float);

    /// <summary>Sees to it that there is memory for images of this size.</summary>
    /// <exception cref="OutOfMemoryException">There is not so much; what was there is still there.</exception>
    public void Ensure(ImageSize image)
    {
        var (even, odd, bottleneck) = (_evenLength, _oddLength, _bottleneckLength);
        var size = image.HalvedUp.HalvedUp;
        for (var i = 0; i < network.Blocks.Length; i++)
        {
            var block = network.Blocks[i];
            var length = checked((nint)size.Pixels * block.PixelStride);
            (even, odd) = i % 2 == 0 ? (nint.Max(even, length), odd) : (even, nint.Max(odd, length));
            var conv2 = block.Layers[0].Conv2;
            var padded = new PaddedMaps(size, conv2.Scheme);
            bottleneck = nint.Max(bottleneck, checked(padded.ChunkStride * PackedRows.Chunks(conv2.Matrices[0].K)));
            size = size.HalvedDown;
        }

        if (_memory is not null && (even, odd, bottleneck) == (_evenLength, _oddLength, _bottleneckLength))
        {
            return;
        }

        var plan = new BufferPlan();
        plan.Reserve(even);
        var oddStart = plan.Reserve(odd);
        var bottleneckStart = plan.Reserve(bottleneck);
        var memory = new NativeBuffer(plan.Length);
        _memory?.Dispose();
        (_memory, _odd, _bottleneck) = (memory, oddStart, bottleneckStart);
        (_evenLength, _oddLength, _bottleneckLength) = (even, odd, bottleneck);
    }

    public void Dispose() => _memory?.Dispose();
}
