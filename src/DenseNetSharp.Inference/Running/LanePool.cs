namespace DenseNetSharp.Inference.Running;

/// <summary>
/// The lanes of an engine, as many as it may use threads. A caller who comes alone gets all that are free; when several
/// wait, they are served in the order they came, and share. So there are never more threads at work than lanes, and no
/// caller slows down those before it.
/// </summary>
internal sealed class LanePool(int capacity, Func<Lane> create) : IDisposable
{
    private readonly int _capacity = capacity;
    private readonly Lock _gate = new();
    private readonly Stack<Lane> _free = [];
    private readonly Queue<Claim> _waiting = [];
    private readonly Stack<Claim> _spare = [];
    private int _uncreated = capacity;
    private bool _isDisposed;

    private int Available => _free.Count + _uncreated;

    /// <summary>Waits for at least one lane.</summary>
    /// <exception cref="ObjectDisposedException">The pool is, or is while waiting, disposed.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public Claim Acquire(CancellationToken cancellation)
    {
        Claim claim;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, typeof(FusedDenseNet));
            claim = _spare.Count > 0 ? _spare.Pop() : new Claim(_capacity);
            if (Available > 0 && _waiting.Count == 0)
            {
                Grant(claim, Available);
                return claim;
            }

            _waiting.Enqueue(claim);
        }

        try
        {
            claim.Granted.Wait(cancellation);
        }
        catch (OperationCanceledException)
        {
            Abandon(claim);
            throw;
        }

        if (claim.Count == 0)
        {
            throw new ObjectDisposedException(typeof(FusedDenseNet).FullName);
        }

        return claim;
    }

    /// <summary>Gives a claim's lanes back.</summary>
    public void Release(Claim claim)
    {
        lock (_gate)
        {
            // The last one first, so that the next caller leads in the same lane, whose memory is there.
            for (var i = claim.Count - 1; i >= 0; i--)
            {
                if (_isDisposed)
                {
                    claim.Lanes[i].Dispose();
                }
                else
                {
                    _free.Push(claim.Lanes[i]);
                }
            }

            claim.Count = 0;
            if (!claim.IsAbandoned)
            {
                _spare.Push(claim);
            }

            ServeWaiting();
        }
    }

    /// <summary>Frees the lanes; those in use when they come back.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            while (_free.TryPop(out var lane))
            {
                lane.Dispose();
            }

            while (_waiting.TryDequeue(out var claim))
            {
                claim.Granted.Release();
            }
        }
    }

    private void ServeWaiting()
    {
        while (!_isDisposed && Available > 0 && _waiting.TryDequeue(out var claim))
        {
            if (!claim.IsAbandoned)
            {
                Grant(claim, Math.Max(1, Available / (_waiting.Count + 1)));
                claim.Granted.Release();
            }
        }
    }

    private void Grant(Claim claim, int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (_free.TryPop(out var lane))
            {
                claim.Lanes[i] = lane;
            }
            else
            {
                claim.Lanes[i] = create();
                _uncreated--;
            }

            claim.Count = i + 1;
        }
    }

    /// <summary>A caller has stopped waiting; perhaps it was being served at the same time.</summary>
    private void Abandon(Claim claim)
    {
        lock (_gate)
        {
            claim.IsAbandoned = true;
            if (claim.Count == 0)
            {
                return;
            }
        }

        Release(claim);
    }
}
