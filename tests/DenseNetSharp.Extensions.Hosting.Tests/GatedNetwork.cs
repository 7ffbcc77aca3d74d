using System.Collections.Concurrent;
using DenseNetSharp.Classification;
using DenseNetSharp.Images;
using DenseNetSharp.Inference;

namespace DenseNetSharp.Extensions.Hosting.Tests;

/// <summary>A network that computes when a test lets it, and tells what it is given.</summary>
internal sealed class GatedNetwork(EngineRequest request) : IImageNetwork, IDisposable
{
    private readonly FusedDenseNet _network = FusedDenseNet.Load(request.Checkpoint, new FusedDenseNetOptions { Spec = request.Spec });

    public ManualResetEventSlim Gate { get; } = new(initialState: false);

    /// <summary>How many images came at once, call by call.</summary>
    public ConcurrentQueue<int> Calls { get; } = new();

    public bool IsDisposed { get; private set; }

    public int InputChannels => _network.InputChannels;

    public int NumClasses => _network.NumClasses;

    public void Predict(ReadOnlySpan<float> nchw, int n, ImageSize size, Span<float> logits, CancellationToken cancellationToken = default)
    {
        Calls.Enqueue(n);
        Gate.Wait(TimeSpan.FromMinutes(1), cancellationToken).Should().BeTrue();
        _network.Predict(nchw, n, size, logits, cancellationToken);
    }

    public void Dispose()
    {
        IsDisposed = true;
        _network.Dispose();
    }
}
