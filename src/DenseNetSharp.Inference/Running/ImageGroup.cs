using DenseNetSharp.Images;
using DenseNetSharp.Inference.Kernels;
using DenseNetSharp.Inference.Packing;

namespace DenseNetSharp.Inference.Running;

/// <summary>
/// One call's work: as many images as the team has threads go through the network side by side, a thread each, which needs
/// no meetings; what is left over the team goes through together, image by image. Then the head sees all at once.
/// </summary>
internal sealed unsafe class ImageGroup(PackedNetwork network, KernelSet kernels) : IDisposable
{
    // Enough for the head's weights to be read once for many images, few enough to let others in soon.
    private const int ImagesAtOnce = 16;

    private readonly ForwardPass _pass = new(network, kernels);
    private readonly HeadPass _head = new(network, kernels);
    private NativeBuffer? _memory;
    private float* _images;
    private float* _maps;
    private nint _mapsLength;
    private ImageSize _size;
    private int _count;

    /// <summary>The image's floats.</summary>
    private nint ImageLength => (nint)network.Stem.InChannels * _size.Pixels;

    private nint FeatureStride => (nint)_count * PackedRows.Stride;

    /// <summary>How many images a team of this size takes on at once.</summary>
    public static int MostImages(int teamSize) => teamSize * Math.Max(1, ImagesAtOnce / teamSize);

    /// <summary>Takes images on; no more than <see cref="MostImages"/>.</summary>
    /// <param name="images">The images.</param>
    /// <param name="count">How many.</param>
    /// <param name="size">Their size.</param>
    /// <param name="maps">Receives their last maps; null where features or logits are wanted.</param>
    /// <param name="mapsLength">From one image's maps to the next one's.</param>
    /// <param name="teamSize">Threads.</param>
    public void Begin(float* images, int count, ImageSize size, float* maps, nint mapsLength, int teamSize)
    {
        _images = images;
        _maps = maps;
        (_count, _size, _mapsLength) = (count, size, mapsLength);
        var length = MostImages(teamSize) * _head.Length;
        if (_memory is null || _memory.Length < length)
        {
            var memory = new NativeBuffer(length);
            _memory?.Dispose();
            _memory = memory;
        }
    }

    /// <summary>One thread's part.</summary>
    /// <param name="worker">The thread.</param>
    /// <param name="own">The thread's own feature maps, for an image of its own.</param>
    /// <param name="alone">A team of the thread alone.</param>
    /// <param name="shared">The team's feature maps.</param>
    /// <param name="withHead">Whether logits are wanted.</param>
    public void Run(Worker worker, ImageMaps own, Team alone, ImageMaps shared, bool withHead)
    {
        var size = worker.Team.Size;
        var sideBySide = size == 1 ? 0 : _count - (_count % size);
        if (sideBySide > 0)
        {
            var solo = new Worker(alone, 0, worker.Scratch);
            while (worker.TryTake(sideBySide, out var image) && RunImage(solo, own, image))
            {
            }

            if (!worker.Meet())
            {
                return;
            }
        }

        for (var image = sideBySide; image < _count; image++)
        {
            if (!RunImage(worker, shared, image))
            {
                return;
            }
        }

        if (withHead)
        {
            _head.Run(worker, _memory!.Pointer, _count);
        }
    }

    /// <summary>Copies one image's logits.</summary>
    public void CopyLogits(int image, Span<float> destination) => Copy(_head.Logits(_memory!.Pointer, _count), image, destination);

    /// <summary>Copies one image's pooled features.</summary>
    public void CopyFeatures(int image, Span<float> destination) => Copy(_memory!.Pointer, image, destination);

    public void Dispose() => _memory?.Dispose();

    /// <summary>Copies one image's values out of their chunks.</summary>
    private void Copy(float* values, int image, Span<float> destination)
    {
        for (var start = 0; start < destination.Length; start += PackedRows.Stride)
        {
            var length = Math.Min(PackedRows.Stride, destination.Length - start);
            new ReadOnlySpan<float>(values + (start / PackedRows.Stride * FeatureStride) + ((nint)image * PackedRows.Stride), length)
                .CopyTo(destination[start..]);
        }
    }

    private bool RunImage(Worker worker, ImageMaps maps, int image) => _pass.Run(
        worker,
        maps,
        _images + (image * ImageLength),
        _size,
        _memory!.Pointer + ((nint)image * PackedRows.Stride),
        FeatureStride,
        _maps == null ? null : _maps + (image * _mapsLength));
}
