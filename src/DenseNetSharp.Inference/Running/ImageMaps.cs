using DenseNetSharp.Inference.Kernels;
using DenseNetSharp.Inference.Packing;

namespace DenseNetSharp.Inference.Running;

/// <summary>
/// The feature maps of one image on its way: a block's and its successor's, each [pixels, channels at the block's end], and
/// one bottleneck's.
/// </summary>
internal sealed unsafe class ImageMaps(PackedNetwork network) : IDisposable
{
    private NativeBuffer? _memory;
    private nint _second;
    private nint _bottleneck;
    private MapSize _largest;

    /// <summary>A block's feature maps.</summary>
    public float* Block(int block) => _memory!.Pointer + (block % 2 == 0 ? 0 : _second);

    /// <summary>The feature maps between a layer's convolutions, laid out as <see cref="PaddedMaps"/>.</summary>
    public float* Bottleneck => _memory!.Pointer + _bottleneck;

    /// <summary>Sees to it that there is memory for images of this size.</summary>
    public void Ensure(MapSize image)
    {
        if (_memory is not null && image.Height <= _largest.Height && image.Width <= _largest.Width)
        {
            return;
        }

        var largest = new MapSize(Math.Max(image.Height, _largest.Height), Math.Max(image.Width, _largest.Width));
        var size = largest.HalvedUp.HalvedUp;
        var (even, odd, bottleneck) = ((nint)0, (nint)0, (nint)0);
        for (var i = 0; i < network.Blocks.Length; i++)
        {
            var block = network.Blocks[i];
            var length = checked((nint)size.Pixels * block.PixelStride);
            (even, odd) = i % 2 == 0 ? (nint.Max(even, length), odd) : (even, nint.Max(odd, length));
            var conv2 = block.Layers[0].Conv2;
            var padded = new PaddedMaps(size, conv2.Scheme);
            bottleneck = nint.Max(bottleneck, checked(padded.ChunkStride * PackedRows.Chunks(conv2.Positions[0].K)));
            size = size.HalvedDown;
        }

        var plan = new BufferPlan();
        plan.Reserve(even);
        var second = plan.Reserve(odd);
        var third = plan.Reserve(bottleneck);
        var memory = new NativeBuffer(plan.Length);
        _memory?.Dispose();
        (_memory, _second, _bottleneck, _largest) = (memory, second, third, largest);
    }

    public void Dispose() => _memory?.Dispose();
}
