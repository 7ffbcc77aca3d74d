using DenseNetSharp.Images;
using DenseNetSharp.Inference.Kernels;
using DenseNetSharp.Inference.Packing;

namespace DenseNetSharp.Inference.Running;

/// <summary>
/// One call's work: as many images as the team has threads go through the network side by side, a thread each, which needs
/// no meetings; what is left over the team goes through together, image by image. Then the classifier sees all at once.
/// </summary>
internal sealed unsafe class ImageGroup(PackedNetwork network, KernelSet kernels) : IDisposable
{
    // Enough for the classifier's weights to be read once for many images, few enough to let others in soon.
    private const int ImagesAtOnce = 16;

    private readonly ForwardPass _pass = new(network, kernels);
    private NativeBuffer? _memory;
    private nint _logits;
    private float* _images;
    private ImageSize _size;
    private int _count;

    /// <summary>The image's floats.</summary>
    private nint ImageLength => (nint)network.Stem.InChannels * _size.Pixels;

    private nint FeatureStride => (nint)_count * PackedRows.Stride;

    /// <summary>How many images a team of this size takes on at once.</summary>
    public static int MostImages(int teamSize) => teamSize * Math.Max(1, ImagesAtOnce / teamSize);

    /// <summary>Takes images on; no more than <see cref="MostImages"/>.</summary>
    public void Begin(float* images, int count, ImageSize size, int teamSize)
    {
        _images = images;
        (_count, _size) = (count, size);
        var most = MostImages(teamSize);
        var features = most * PackedRows.Length(1, network.FeatureCount);
        var length = features + ((nint)most * (network.Classifier?.PaddedN ?? 0));
        if (_memory is null || _memory.Length < length)
        {
            var memory = new NativeBuffer(length);
            _memory?.Dispose();
            (_memory, _logits) = (memory, features);
        }
    }

    /// <summary>One thread's part.</summary>
    /// <param name="worker">The thread.</param>
    /// <param name="own">The thread's own feature maps, for an image of its own.</param>
    /// <param name="alone">A team of the thread alone.</param>
    /// <param name="shared">The team's feature maps.</param>
    /// <param name="withClassifier">Whether logits are wanted.</param>
    public void Run(Worker worker, ImageMaps own, Team alone, ImageMaps shared, bool withClassifier)
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

        if (withClassifier)
        {
            Classify(worker);
            worker.Meet();
        }
    }

    /// <summary>Copies one image's logits.</summary>
    public void CopyLogits(int image, Span<float> destination) =>
        new ReadOnlySpan<float>(Logits(image), network.Classifier!.N).CopyTo(destination);

    /// <summary>Copies one image's pooled features.</summary>
    public void CopyFeatures(int image, Span<float> destination)
    {
        for (var start = 0; start < network.FeatureCount; start += PackedRows.Stride)
        {
            var length = Math.Min(PackedRows.Stride, network.FeatureCount - start);
            new ReadOnlySpan<float>(Features(image) + (start / PackedRows.Stride * FeatureStride), length).CopyTo(destination[start..]);
        }
    }

    public void Dispose() => _memory?.Dispose();

    private float* Features(int image) => _memory!.Pointer + ((nint)image * PackedRows.Stride);

    private float* Logits(int image) => _memory!.Pointer + _logits + ((nint)image * network.Classifier!.PaddedN);

    private bool RunImage(Worker worker, ImageMaps maps, int image) =>
        _pass.Run(worker, maps, _images + (image * ImageLength), _size, Features(image), FeatureStride);

    private void Classify(Worker worker)
    {
        var classifier = network.Classifier!;
        var offsets = worker.Scratch.RowOffsets;
        while (worker.TryTake(classifier.Panels.Length, out var panel))
        {
            for (var first = 0; first < _count; first += kernels.GroupRows)
            {
                var rows = Math.Min(kernels.GroupRows, _count - first);
                for (var row = 0; row < rows; row++)
                {
                    offsets[row] = (nint)row * classifier.PaddedN;
                }

                kernels.Multiply(
                    classifier,
                    classifier.Panels[panel],
                    new PackedPixels(Features(first), rows, FeatureStride),
                    float.NegativeInfinity,
                    new ProductOutput(Logits(first), offsets));
            }
        }
    }
}
