namespace TorchSharp;

/// <summary>
/// Owns the tensors made while it is the innermost scope of its thread, and disposes them with itself.
/// </summary>
public sealed class DisposeScope : IDisposable
{
    private DisposeScopeManager? _manager;

    internal DisposeScope(DisposeScopeManager manager)
    {
        _manager = manager;
        OuterScope = manager.CurrentDisposeScope;
    }

    /// <summary>What the scope owns now.</summary>
    public IReadOnlyList<IDisposable> DisposablesView => Open(Disposables).ToArray();

    /// <summary>How many it owns now.</summary>
    public int DisposablesCount => Open(Disposables).Count;

    internal DisposeScope? OuterScope { get; set; }

    internal HashSet<IDisposable> Disposables { get; private set; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>Whether the scope owns it.</summary>
    public bool Contains(IDisposable disposable) => Disposables.Contains(disposable);

    /// <summary>Hands a tensor to the scope outside this one; with none, the tensor is on its own.</summary>
    public T MoveToOuter<T>(T disposable)
        where T : IDisposable => MoveToOther(OuterScope, disposable);

    /// <summary>Hands a tensor to another scope; null leaves it on its own.</summary>
    public T MoveToOther<T>(DisposeScope? scope, T disposable)
        where T : IDisposable
    {
        MoveOne(scope, disposable);
        return disposable;
    }

    /// <summary>Takes a tensor out of the scope: it lives until it is disposed.</summary>
    public T Detach<T>(T disposable)
        where T : IDisposable => MoveToOther(null, disposable);

    /// <summary>Puts a tensor into this scope, out of whichever owns it.</summary>
    public void Attach(IDisposable disposable) => Attach((IEnumerable<IDisposable>)[disposable]);

    /// <summary>Puts tensors into this scope, out of whichever own them.</summary>
    public IReadOnlyList<IDisposable> Attach(IEnumerable<IDisposable> disposables)
    {
        var attached = new List<IDisposable>();
        foreach (var disposable in disposables)
        {
            Open(this).Take(disposable);
            attached.Add(disposable);
        }

        return attached;
    }

    /// <summary>Disposes what the scope owns.</summary>
    public void DisposeEverything() => DisposeEverythingBut((IEnumerable<IDisposable>)[]);

    /// <summary>Disposes what the scope owns but some, which it goes on owning.</summary>
    public void DisposeEverythingBut(IEnumerable<IDisposable> inKeep)
    {
        var old = Open(Disposables);
        Disposables = new HashSet<IDisposable>(inKeep, ReferenceEqualityComparer.Instance);
        foreach (var disposable in old)
        {
            if (!Disposables.Contains(disposable))
            {
                disposable.Dispose();
            }
        }
    }

    /// <summary>Disposes what the scope owns but one, which it goes on owning.</summary>
    public T DisposeEverythingBut<T>(T keep)
        where T : IDisposable
    {
        DisposeEverythingBut((IEnumerable<IDisposable>)[keep]);
        return keep;
    }

    /// <summary>Forgets something that has been disposed by other means.</summary>
    public void MarkAsDisposed(IDisposable disposable)
    {
        Open(Disposables).Remove(disposable);
        if (disposable is torch.Tensor tensor)
        {
            tensor.OwningDisposeScope = null;
        }
    }

    /// <summary>Disposes what the scope owns, and closes it.</summary>
    public void Dispose()
    {
        if (_manager is null)
        {
            return;
        }

        DisposeEverything();
        _manager.RemoveDisposeScope(this);
        _manager = null;
    }

    // A parameter takes the place of the tensor it is made from.
    internal static void ReplaceWith(torch.Tensor original, torch.Tensor replacement)
    {
        var scope = original.OwningDisposeScope;
        if (scope is not null && scope.Disposables.Remove(original))
        {
            original.OwningDisposeScope = null;
            scope.Take(replacement);
        }
    }

    private void MoveOne(DisposeScope? scope, IDisposable disposable)
    {
        if (!Open(Disposables).Remove(disposable))
        {
            return;
        }

        if (scope is not null)
        {
            scope.Take(disposable);
        }
        else if (disposable is torch.Tensor tensor)
        {
            tensor.OwningDisposeScope = null;
        }
    }

    private void Take(IDisposable disposable)
    {
        if (disposable is not torch.Tensor tensor)
        {
            throw new InvalidOperationException("DisposeScope can only manage Tensor or PackedSequence");
        }

        tensor.OwningDisposeScope?.Disposables.Remove(tensor);
        Disposables.Add(tensor);
        tensor.OwningDisposeScope = this;
    }

    private T Open<T>(T value) => _manager is null ? throw new ObjectDisposedException(GetType().FullName) : value;
}
