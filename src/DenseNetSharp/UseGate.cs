namespace DenseNetSharp;

/// <summary>
/// Lets any number of threads use a network at once and one change it alone, and frees it when nobody uses it any more: TorchSharp
/// hands bare pointers to native code, which would follow them after another thread has freed what they point to.
/// </summary>
/// <param name="name">What is guarded, for <see cref="ObjectDisposedException.ObjectName"/>.</param>
/// <param name="free">Frees it, once, on the thread that is the last to leave.</param>
internal sealed class UseGate(string name, Action free)
{
    // Recursive, for a hook may call the network that called it.
    private readonly ReaderWriterLockSlim _lock = new(LockRecursionPolicy.SupportsRecursion);
    private volatile bool _isClosed;
    private bool _isFreed;

    /// <summary>Begins a use, which the result's disposal on the same thread ends; waits for a change under way.</summary>
    /// <exception cref="ObjectDisposedException">The gate is closed, and this is no part of a use that began before.</exception>
    public Stay Use()
    {
        _lock.EnterReadLock();
        var use = new Stay(this, isChange: false);
        if (_isClosed && _lock.RecursiveReadCount == 1 && !_lock.IsWriteLockHeld)
        {
            use.Dispose();
            throw new ObjectDisposedException(name);
        }

        return use;
    }

    /// <summary>Begins a change, which the result's disposal on the same thread ends; waits for the uses under way.</summary>
    /// <exception cref="ObjectDisposedException">The gate is closed.</exception>
    /// <exception cref="InvalidOperationException">This thread is in the middle of a use, which would wait for itself.</exception>
    public Stay Change()
    {
        if (_lock.IsReadLockHeld)
        {
            throw new InvalidOperationException(
                $"A {name} cannot be loaded, moved or given another classifier in the middle of its own forward pass, by a hook for example.");
        }

        _lock.EnterWriteLock();
        var change = new Stay(this, isChange: true);
        if (_isClosed)
        {
            change.Dispose();
            throw new ObjectDisposedException(name);
        }

        return change;
    }

    /// <summary>Lets nobody in any more, and frees now or, where somebody is inside, when the last has left. Never waits.</summary>
    public void Close()
    {
        _isClosed = true;
        FreeIfUnused();
    }

    private void FreeIfUnused()
    {
        // Whoever is inside sees that the gate is closed when he leaves, and comes here, too.
        if (_lock.IsReadLockHeld || _lock.IsWriteLockHeld || !_lock.TryEnterWriteLock(0))
        {
            return;
        }

        try
        {
            if (!_isFreed)
            {
                _isFreed = true;
                free();
            }
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    /// <summary>The time between entering and leaving.</summary>
    internal readonly ref struct Stay(UseGate gate, bool isChange) : IDisposable
    {
        public void Dispose()
        {
            if (isChange)
            {
                gate._lock.ExitWriteLock();
            }
            else
            {
                gate._lock.ExitReadLock();
            }

            if (gate._isClosed)
            {
                gate.FreeIfUnused();
            }
        }
    }
}
