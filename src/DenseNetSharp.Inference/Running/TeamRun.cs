using DenseNetSharp.Images;
using DenseNetSharp.Inference.Kernels;
using DenseNetSharp.Inference.Packing;

namespace DenseNetSharp.Inference.Running;

/// <summary>Some images' prediction by all lanes of a claim; used again for the next.</summary>
internal sealed unsafe class TeamRun(PackedNetwork network, KernelSet kernels, int lanes) : IDisposable
{
    private readonly ImageGroup _group = new(network, kernels);
    private Team? _team;
    private Claim? _claim;
    private bool _withHead;
    private int _helping;

    /// <summary>Computes the first images, as many as are good to take on at once.</summary>
    /// <param name="claim">The lanes, all of them the caller's.</param>
    /// <param name="images">The images, <c>[n, C, height, width]</c>.</param>
    /// <param name="n">How many there are.</param>
    /// <param name="size">Their size.</param>
    /// <param name="logits">Receives the logits; empty where they are not wanted.</param>
    /// <param name="features">Receives the pooled features; empty where they are not wanted.</param>
    /// <param name="maps">Receives the last maps; null where they are not wanted.</param>
    /// <param name="mapsLength">From one image's last maps to the next one's.</param>
    /// <param name="cancellationToken">Ends the work between two layers.</param>
    /// <returns>How many it has computed.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="OutOfMemoryException">There is no memory, or no thread, for it; nothing has begun.</exception>
    public int Compute(
        Claim claim,
        float* images,
        int n,
        ImageSize size,
        Span<float> logits,
        Span<float> features,
        float* maps,
        nint mapsLength,
        CancellationToken cancellationToken)
    {
        var count = claim.Count;
        n = Math.Min(n, ImageGroup.MostImages(count));
        Prepare(claim, n, size);
        var team = _team ??= new Team(lanes);
        _group.Begin(images, n, size, maps, mapsLength, count);
        team.Begin(count, cancellationToken);
        (_claim, _withHead, _helping) = (claim, !logits.IsEmpty, count - 1);
        for (var i = 0; i < count; i++)
        {
            claim.Lanes[i].Alone.Begin(1, cancellationToken);
        }

        for (var i = count - 1; i > 0; i--)
        {
            claim.Lanes[i].Helper.Join(this, i);
        }

        RunPart(0);
        AwaitHelpers();
        var isCancelled = team.IsCancelled;
        for (var i = 0; i < count; i++)
        {
            claim.Lanes[i].Alone.End();
        }

        team.End();
        if (isCancelled)
        {
            throw new OperationCanceledException(cancellationToken);
        }

        CopyResults(n, logits, features);
        return n;
    }

    /// <summary>A helper's part, on its own thread.</summary>
    /// <param name="member">Its lane's number in the claim.</param>
    public void RunHelper(int member)
    {
        _team!.Join(member);
        RunPart(member);
        Interlocked.Decrement(ref _helping);
    }

    public void Dispose() => _group.Dispose();

    /// <summary>All that can fail, before any thread begins.</summary>
    private static void Prepare(Claim claim, int n, ImageSize size)
    {
        for (var i = 0; i < claim.Count; i++)
        {
            var lane = claim.Lanes[i];
            lane.Scratch.Ensure(size.Width);
            // A batch of fewer images than lanes is computed in the leader's maps alone.
            if (i == 0 || n >= claim.Count)
            {
                lane.Maps.Ensure(size);
            }

            if (i > 0)
            {
                lane.Helper.EnsureStarted();
            }
        }
    }

    private void RunPart(int member)
    {
        var lanes = _claim!.Lanes;
        var lane = lanes[member];
        _group.Run(new Worker(_team!, member, lane.Scratch), lane.Maps, lane.Alone, lanes[0].Maps, _withHead);
    }

    /// <summary>A helper may still be on its way out of the last meeting; the team must not change before it has left.</summary>
    private void AwaitHelpers()
    {
        var wait = new ActiveWait();
        while (Volatile.Read(ref _helping) > 0)
        {
            wait.Once();
        }
    }

    private void CopyResults(int n, Span<float> logits, Span<float> features)
    {
        for (var i = 0; i < n; i++)
        {
            if (!logits.IsEmpty)
            {
                _group.CopyLogits(i, logits.Slice(i * network.Head[^1].Width, network.Head[^1].Width));
            }

            if (!features.IsEmpty)
            {
                _group.CopyFeatures(i, features.Slice(i * network.FeatureCount, network.FeatureCount));
            }
        }
    }
}
