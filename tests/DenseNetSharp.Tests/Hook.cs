namespace DenseNetSharp.Tests;

/// <summary>A hook that is taken off again.</summary>
internal sealed class Hook(Action remove) : IDisposable
{
    public void Dispose() => remove();
}
