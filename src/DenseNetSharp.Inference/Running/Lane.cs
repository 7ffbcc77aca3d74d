using DenseNetSharp.Inference.Kernels;
using DenseNetSharp.Inference.Packing;

namespace DenseNetSharp.Inference.Running;

/// <summary>
/// What one thread needs to compute. A caller that holds several lanes leads: it works in the first, and the others' threads,
/// which sleep otherwise, work with it.
/// </summary>
internal sealed class Lane : IDisposable
{
    private readonly PackedNetwork _network;
    private readonly SemaphoreSlim _wake = new(0);
    private readonly Team _alone = new(1);
    private readonly Team _team;
    private readonly Prediction _prediction;
    private readonly Scratch _scratch;
    private readonly ImageMaps _maps;
    private Thread? _thread;
    private volatile bool _isEnding;
    private Lane? _leader;
    private int _member;
    private int _helping;
    private bool _withClassifier;

    public Lane(PackedNetwork network, FusedKernels kernels, int lanes)
    {
        _network = network;
        _team = new Team(lanes);
        _prediction = new Prediction(network, kernels);
        _scratch = new Scratch(network, kernels);
        _maps = new ImageMaps(network);
    }

    /// <summary>Computes in this lane and the others, all of them the caller's.</summary>
    /// <param name="lanes">The lanes, this one first.</param>
    /// <param name="count">How many.</param>
    /// <param name="images">The images, <c>[n, C, height, width]</c>.</param>
    /// <param name="n">How many.</param>
    /// <param name="size">Their size.</param>
    /// <param name="logits">Receives the logits; empty where they are not wanted.</param>
    /// <param name="features">Receives the pooled features; empty where they are not wanted.</param>
    /// <param name="cancellation">Ends the work between two layers.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public unsafe void Lead(
        Lane[] lanes,
        int count,
        float* images,
        int n,
        MapSize size,
        Span<float> logits,
        Span<float> features,
        CancellationToken cancellation)
    {
        var most = Prediction.MostImages(count);
        var imageLength = (nint)_network.Stem.InChannels * size.Pixels;
        // All memory is there before any thread begins.
        for (var i = 0; i < count; i++)
        {
            lanes[i]._scratch.Ensure(size.Width);
            if (i == 0 || n >= count)
            {
                lanes[i]._maps.Ensure(size);
            }
        }

        _withClassifier = !logits.IsEmpty;
        for (var first = 0; first < n; first += most)
        {
            cancellation.ThrowIfCancellationRequested();
            var some = Math.Min(most, n - first);
            _prediction.Begin(images + (first * imageLength), some, size, count);
            _team.Begin(count, cancellation);
            _helping = count - 1;
            for (var i = count - 1; i >= 0; i--)
            {
                lanes[i]._alone.Begin(1, cancellation);
                lanes[i]._leader = this;
                lanes[i]._member = i;
                if (i > 0)
                {
                    lanes[i].Wake();
                }
            }

            RunPart();
            AwaitHelpers();
            var isCancelled = _team.IsCancelled;
            for (var i = 0; i < count; i++)
            {
                lanes[i]._alone.End();
            }

            _team.End();
            if (isCancelled)
            {
                throw new OperationCanceledException(cancellation);
            }

            for (var i = 0; i < some; i++)
            {
                var image = first + i;
                if (!logits.IsEmpty)
                {
                    _prediction.CopyLogits(i, logits.Slice(image * _network.Classifier.N, _network.Classifier.N));
                }

                if (!features.IsEmpty)
                {
                    _prediction.CopyFeatures(i, features.Slice(image * _network.FeatureCount, _network.FeatureCount));
                }
            }
        }
    }

    /// <summary>Ends the thread and frees the memory. Nobody may hold the lane.</summary>
    public void Dispose()
    {
        _isEnding = true;
        _wake.Release();
        _prediction.Dispose();
        _scratch.Dispose();
        _maps.Dispose();
    }

    private void Wake()
    {
        if (_thread is null)
        {
            _thread = new Thread(Help) { IsBackground = true, Name = "DenseNetSharp inference" };
            _thread.Start();
        }

        _wake.Release();
    }

    private void Help()
    {
        // What a first call compiles and allocates is no later prediction's.
        Processors.Leave([]);
        while (true)
        {
            _wake.Wait();
            if (_isEnding)
            {
                return;
            }

            var leader = _leader!;
            leader._team.Join(_member);
            RunPart();
            Interlocked.Decrement(ref leader._helping);
        }
    }

    /// <summary>A helper may still be on its way out of the last meeting; the team must not change before it has left.</summary>
    private void AwaitHelpers()
    {
        var wait = new SpinWait();
        while (Volatile.Read(ref _helping) > 0)
        {
            wait.SpinOnce(sleep1Threshold: -1);
        }
    }

    private void RunPart()
    {
        var leader = _leader!;
        leader._prediction.Run(
            new Worker(leader._team, _member, _scratch), _maps, _alone, leader._maps, leader._withClassifier);
    }
}
