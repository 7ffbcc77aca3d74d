using DenseNetSharp.Inference.Packing;

namespace DenseNetSharp.Inference.Running;

/// <summary>
/// The lanes of an engine, as many as it may use threads. A caller who comes alone gets all that are free; when several
/// wait, they are served in the order they came, and share. So there are never more threads at work than lanes, and no
/// caller slows down those before it.
/// </summary>
internal sealed class LanePool : IDisposable
{
    private readonly Lock _gate = new();
    private readonly int _capacity;
    private readonly Stack<Lane> _free;
    private readonly List<Claim> _waiting = [];
    private readonly Stack<Claim> _spare = [];
    private bool _isDisposed;

    /// <summary>Takes lanes in, to own them.</summary>
    public LanePool(IReadOnlyCollection<Lane> lanes) => (_capacity, _free) = (lanes.Count, new Stack<Lane>(lanes));

    /// <summary>Callers who wait.</summary>
    public int WaitingCount
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Waits for at least one lane.</summary>
    /// <exception cref="ObjectDisposedException">The pool is, or is while waiting, disposed.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public Claim Acquire(CancellationToken cancellationToken)
    {
        Claim claim;
        lock (_gate)
        {
            ThrowIfDisposed();
            claim = _spare.Count > 0 ? _spare.Pop() : new Claim(_capacity);
            if (_free.Count > 0)
            {
                Grant(claim, _free.Count);
                return claim;
            }

            _waiting.Add(claim);
        }

        try
        {
            claim.Granted.Wait(cancellationToken);
        }
        catch
        {
            GiveBack(claim, isAbandoned: true);
            throw;
        }

        // Nothing was granted: the pool woke everybody as it was disposed.
        if (claim.Count == 0)
        {
            throw new ObjectDisposedException(EngineName.Full);
        }

        return claim;
    }

    /// <summary>Gives a claim's lanes back.</summary>
    public void Release(Claim claim) => GiveBack(claim, isAbandoned: false);

    /// <summary>Refuses a disposed pool.</summary>
    /// <exception cref="ObjectDisposedException">The pool has been disposed.</exception>
    public void ThrowIfDisposed()
    {
        if (Volatile.Read(ref _isDisposed))
        {
            throw new ObjectDisposedException(EngineName.Full);
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

            _waiting.ForEach(claim => Uninterrupted.Release(claim.Granted));
            _waiting.Clear();
        }
    }

    private void ServeWaiting()
    {
        while (_free.Count > 0 && _waiting.Count > 0)
        {
            var claim = _waiting[0];
            _waiting.RemoveAt(0);
            Grant(claim, Math.Max(1, _free.Count / (_waiting.Count + 1)));
            Uninterrupted.Release(claim.Granted);
        }
    }

    private void Grant(Claim claim, int count)
    {
        for (var i = 0; i < count; i++)
        {
            claim.Lanes[i] = _free.Pop();
        }

        claim.Count = count;
    }

    private void GiveBack(Claim claim, bool isAbandoned)
    {
        Uninterrupted.Run(_gate, static gate => gate.Enter());
        try
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
            if (isAbandoned)
            {
                // Perhaps it was being served at the same time. Its semaphore does not count right after a wait that was
                // interrupted, so it is not used again.
                _waiting.Remove(claim);
            }
            else
            {
                _spare.Push(claim);
            }

            ServeWaiting();
        }
        finally
        {
            _gate.Exit();
        }
    }
}
