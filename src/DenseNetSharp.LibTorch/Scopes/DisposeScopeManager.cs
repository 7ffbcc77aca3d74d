namespace TorchSharp;

/// <summary>The dispose scopes of one thread.</summary>
internal class DisposeScopeManager
{
    [ThreadStatic]
    private static DisposeScopeManager? _threadSingleton;

    internal static DisposeScopeManager ThreadSingleton => _threadSingleton ??= new DisposeScopeManager();

    internal DisposeScope? CurrentDisposeScope { get; private set; }

    internal DisposeScope? RegisterOnCurrentDisposeScope(torch.Tensor tensor)
    {
        CurrentDisposeScope?.Disposables.Add(tensor);
        return CurrentDisposeScope;
    }

    internal DisposeScope NewDisposeScope() => CurrentDisposeScope = new DisposeScope(this);

    // Scopes may be disposed out of order; one in the middle is unlinked.
    internal void RemoveDisposeScope(DisposeScope removed)
    {
        if (ReferenceEquals(CurrentDisposeScope, removed))
        {
            CurrentDisposeScope = removed.OuterScope;
            return;
        }

        for (var scope = CurrentDisposeScope; scope is not null; scope = scope.OuterScope)
        {
            if (ReferenceEquals(scope.OuterScope, removed))
            {
                scope.OuterScope = removed.OuterScope;
                return;
            }
        }
    }
}
