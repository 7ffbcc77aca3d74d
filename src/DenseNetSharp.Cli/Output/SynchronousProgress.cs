namespace DenseNetSharp.Cli.Output;

/// <summary>Reports at once; <see cref="Progress{T}"/> would report later, from another thread.</summary>
internal sealed class SynchronousProgress<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
