using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Classification;
using DenseNetSharp.Images;
using DenseNetSharp.Inference.Kernels;
using DenseNetSharp.Inference.Packing;
using DenseNetSharp.Inference.Running;
using DenseNetSharp.StateDicts;

namespace DenseNetSharp.Inference;

/// <summary>
/// A DenseNet for predictions only, in pure C#: weights packed once for this processor's vector instructions, batch norms
/// and ReLUs fused into the convolutions, 3x3 convolutions by Winograd's filtering. Its logits are PyTorch's to rounding.
/// </summary>
/// <remarks>
/// Any number of threads may call at the same time. Together they use at most <see cref="MaxThreads"/> threads' time and
/// memory to work in: a caller who finds all taken waits its turn, in the order they came; a batch gives way to others who
/// wait after every 16 images or so, or as many as there are threads where there are more. That memory, enough for the
/// largest images so far, is kept, so that a prediction allocates
/// nothing; only a caller who waits with a token that can be cancelled costs some bytes.
/// </remarks>
public sealed partial class FusedDenseNet : IImageNetwork, IDisposable
{
    private readonly PackedNetwork _network;
    private readonly LanePool _lanes;

    private FusedDenseNet(DenseNetSpec spec, PackedNetwork network, KernelSet kernels, int maxThreads)
    {
        (Spec, Kernel, MaxThreads) = (spec, kernels.Kind, maxThreads);
        _network = network;
        _lanes = new LanePool([.. Enumerable.Range(0, maxThreads).Select(_ => new Lane(network, kernels, maxThreads))]);
    }

    /// <summary>Threads wait in lanes even if nobody disposes the engine.</summary>
    ~FusedDenseNet() => _lanes?.Dispose();

    /// <summary>The network.</summary>
    public DenseNetSpec Spec { get; }

    /// <summary>The instructions that it computes with.</summary>
    public FusedKernel Kernel { get; }

    /// <summary>The most threads that compute at the same time.</summary>
    public int MaxThreads { get; }

    /// <summary>Channels of the images that it takes.</summary>
    public int InputChannels => Spec.InputChannels;

    /// <summary>Classes that it scores; 0 where the checkpoint has no classifier, or a head that is none, and features are all that
    /// it gives.</summary>
    public int NumClasses => Spec.NumClasses;

    /// <summary>Pooled features of an image: 1024 for densenet121.</summary>
    public int FeatureCount => _network.FeatureCount;

    /// <summary>Bytes of packed weights, shared by all callers.</summary>
    public long WeightBytes => _network.ByteCount;

    /// <summary>Loads a legacy or zip <c>.pth</c>, a safetensors file or TorchSharp's own; without a classifier in it, for its features.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="CheckpointFormatException">The file is no checkpoint.</exception>
    /// <exception cref="CheckpointMismatchException">It does not fit the network in the options.</exception>
    /// <exception cref="InvalidDataException">It is no DenseNet's, which the message explains.</exception>
    /// <exception cref="ArgumentException">An option is impossible.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="OutOfMemoryException">There is not enough memory for the packed weights.</exception>
    /// <exception cref="PlatformNotSupportedException">The instructions of the kernel asked for are not to be had: the processor
    /// lacks them, or a Native AOT build was not told of them (IlcInstructionSet).</exception>
    public static FusedDenseNet Load(string path, FusedDenseNetOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        using var checkpoint = Checkpoint.Open(path);
        return Load(checkpoint, options);
    }

    /// <summary>Loads a checkpoint, such as a trained model's <c>model.ToCheckpoint()</c>.</summary>
    /// <param name="checkpoint">The checkpoint; it stays the caller's, and is not needed afterwards.</param>
    /// <exception cref="ObjectDisposedException">The checkpoint has been disposed.</exception>
    /// <inheritdoc cref="Load(string, FusedDenseNetOptions?)"/>
#pragma warning disable CS1573 // The options are inherited.
    public static FusedDenseNet Load(Checkpoint checkpoint, FusedDenseNetOptions? options = null)
#pragma warning restore CS1573
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        options ??= new FusedDenseNetOptions();
        var threads = options.MaxThreads ?? Math.Min(Environment.ProcessorCount, FusedDenseNetOptions.MostThreads);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1, nameof(options.MaxThreads));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threads, FusedDenseNetOptions.MostThreads, nameof(options.MaxThreads));
        var kernels = options.Kernel is { } kind ? KernelSet.Of(kind) : KernelSet.Best;
        var spec = options.Spec?.Validate() ?? DenseNetSpec.InferFeatures(checkpoint);
        if (options.HeadActivation is { } activation)
        {
            spec = spec.WithHeadActivation(activation);
        }

        using var converted = options.InputChannels is { } channels ? checkpoint.WithInputChannels(channels) : null;
        spec = spec with { InputChannels = options.InputChannels ?? spec.InputChannels };
        var tensors = new NetworkTensors(spec, converted ?? checkpoint, options.Strict);
        return new FusedDenseNet(spec, new PackedNetwork(spec, tensors, kernels.Lanes, threads), kernels, threads);
    }

    /// <summary>Computes the logits of a batch of images.</summary>
    /// <param name="nchw">The normalised images, <c>[n, C, height, width]</c>.</param>
    /// <param name="n">How many images, at least 1.</param>
    /// <param name="size">Their size in pixels.</param>
    /// <param name="logits">Receives <c>[n, NumClasses]</c>, before any softmax or sigmoid.</param>
    /// <param name="cancellationToken">Ends the work between two layers, or the wait for other callers.</param>
    /// <exception cref="ArgumentException">A length does not fit, the images are too small for the network, or the
    /// spans overlap; nothing has been computed.</exception>
    /// <exception cref="ObjectDisposedException">The engine has been disposed; if during the call, the logits are
    /// incomplete.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled; the logits are incomplete.</exception>
    /// <exception cref="OutOfMemoryException">There is no memory to work in, or the system gives no more threads; a later
    /// call may succeed.</exception>
    /// <exception cref="InvalidOperationException">The network has no classifier: <see cref="PredictFeatures"/> is for it.</exception>
    public void Predict(
        ReadOnlySpan<float> nchw, int n, ImageSize size, Span<float> logits, CancellationToken cancellationToken = default)
    {
        _lanes.ThrowIfDisposed();
        if (NumClasses == 0)
        {
            throw new InvalidOperationException(
                $"The network has no classifier: its checkpoint has none, or a head that is none; {nameof(PredictFeatures)} gives its features.");
        }

        PredictionSpans.RequireImages(Spec, nchw, n, size);
        PredictionSpans.RequireRoom(nchw, logits, n, NumClasses, nameof(logits));
        Run(nchw, n, size, logits, features: default, maps: default, cancellationToken);
    }

    /// <summary>Computes the pooled features of a batch of images: what the classifier gets.</summary>
    /// <param name="nchw">The normalised images, <c>[n, C, height, width]</c>.</param>
    /// <param name="n">How many images, at least 1.</param>
    /// <param name="size">Their size in pixels.</param>
    /// <param name="features">Receives <c>[n, FeatureCount]</c>, torchvision's <c>features</c> after ReLU and pooling.</param>
    /// <param name="cancellationToken">Ends the work between two layers, or the wait for other callers.</param>
    /// <exception cref="ArgumentException">A length does not fit, the images are too small for the network, or the
    /// spans overlap; nothing has been computed.</exception>
    /// <exception cref="ObjectDisposedException">The engine has been disposed; if during the call, the features are
    /// incomplete.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled; the features are incomplete.</exception>
    /// <exception cref="OutOfMemoryException">There is no memory to work in, or the system gives no more threads; a later
    /// call may succeed.</exception>
    /// <exception cref="InvalidOperationException">The network pools nothing (<see cref="GlobalPooling.None"/>):
    /// <see cref="PredictMaps"/> is for it.</exception>
    public void PredictFeatures(
        ReadOnlySpan<float> nchw, int n, ImageSize size, Span<float> features, CancellationToken cancellationToken = default)
    {
        _lanes.ThrowIfDisposed();
        if (Spec.Pooling == GlobalPooling.None)
        {
            throw new InvalidOperationException(
                $"The network pools nothing ({nameof(GlobalPooling)}.{nameof(GlobalPooling.None)}); {nameof(PredictMaps)} gives its last maps.");
        }

        PredictionSpans.RequireImages(Spec, nchw, n, size);
        PredictionSpans.RequireRoom(nchw, features, n, FeatureCount, nameof(features));
        Run(nchw, n, size, logits: default, features, maps: default, cancellationToken);
    }

    /// <summary>Computes the last feature maps of a batch of images, after the last batch norm and ReLU if the network has them:
    /// timm's <c>forward_features</c>.</summary>
    /// <param name="nchw">The normalised images, <c>[n, C, height, width]</c>.</param>
    /// <param name="n">How many images, at least 1.</param>
    /// <param name="size">Their size in pixels.</param>
    /// <param name="maps">Receives <c>[n, channels, height, width]</c> of <see cref="DenseNetSpec.FeatureCount"/> channels and the size
    /// that <see cref="DenseNetSpec.FeatureMapSize"/> tells: 1024, 7 and 7 for densenet121 at 224x224.</param>
    /// <param name="cancellationToken">Ends the work between two layers, or the wait for other callers.</param>
    /// <exception cref="ArgumentException">A length does not fit, the images are too small for the network, or the
    /// spans overlap; nothing has been computed.</exception>
    /// <exception cref="ObjectDisposedException">The engine has been disposed; if during the call, the maps are
    /// incomplete.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled; the maps are incomplete.</exception>
    /// <exception cref="OutOfMemoryException">There is no memory to work in, or the system gives no more threads; a later
    /// call may succeed.</exception>
    public void PredictMaps(
        ReadOnlySpan<float> nchw, int n, ImageSize size, Span<float> maps, CancellationToken cancellationToken = default)
    {
        _lanes.ThrowIfDisposed();
        PredictionSpans.RequireImages(Spec, nchw, n, size);
        PredictionSpans.RequireRoom(nchw, maps, n, MapsLength(size), nameof(maps));
        Run(nchw, n, size, logits: default, features: default, maps, cancellationToken);
    }

    /// <summary>Frees the memory, as soon as predictions under way have ended; a batch that would have given way
    /// to others once more ends with an <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        _lanes.Dispose();
        _network.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Values of one image's last maps. Not by the spec's own reckoning, which makes a list of its modules.</summary>
    private int MapsLength(ImageSize size)
    {
        size = _network.Stem.Output(size);
        for (var i = 1; i < _network.Blocks.Length; i++)
        {
            size = size.HalvedDown;
        }

        return checked(_network.MapCount * size.Pixels);
    }

    private unsafe void Run(
        ReadOnlySpan<float> nchw,
        int n,
        ImageSize size,
        Span<float> logits,
        Span<float> features,
        Span<float> maps,
        CancellationToken cancellationToken)
    {
        var imageLength = InputChannels * size.Pixels;
        var mapsLength = maps.Length / n;
        fixed (float* images = nchw, output = maps)
        {
            for (var first = 0; first < n;)
            {
                first += RunSome(
                    images + ((nint)first * imageLength),
                    n - first,
                    size,
                    logits.IsEmpty ? default : logits[(first * NumClasses)..],
                    features.IsEmpty ? default : features[(first * FeatureCount)..],
                    output == null ? null : output + ((nint)first * mapsLength),
                    mapsLength,
                    cancellationToken);
            }
        }

        GC.KeepAlive(this);
    }

    /// <summary>Computes as many images as are good to take on at once; between them others have their turn.</summary>
    private unsafe int RunSome(
        float* images,
        int n,
        ImageSize size,
        Span<float> logits,
        Span<float> features,
        float* maps,
        nint mapsLength,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var claim = _lanes.Acquire(cancellationToken);
        try
        {
            _network.Retain();
            try
            {
                return claim.Lanes[0].Run.Compute(claim, images, n, size, logits, features, maps, mapsLength, cancellationToken);
            }
            finally
            {
                _network.Release();
            }
        }
        finally
        {
            _lanes.Release(claim);
        }
    }
}
