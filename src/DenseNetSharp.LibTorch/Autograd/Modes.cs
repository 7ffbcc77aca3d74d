namespace TorchSharp;

/// <summary>Sets whether this thread builds graphs, and restores it.</summary>
internal sealed class AutoGradMode : IDisposable
{
    private readonly int _previous = Bridge.GradEnabled();

    internal AutoGradMode(bool enabled) => Bridge.SetGradEnabled(enabled ? 1 : 0);

    public void Dispose() => Bridge.SetGradEnabled(_previous);
}

/// <summary>Sets inference mode for this thread, and restores it.</summary>
internal sealed class InferenceMode(bool enabled) : IDisposable
{
    private nint _guard = Bridge.InferenceModeEnter(enabled ? 1 : 0);

    public void Dispose()
    {
        if (_guard != 0)
        {
            Bridge.InferenceModeLeave(_guard);
            _guard = 0;
        }
    }
}
