using DenseNetSharp.Classification;

namespace DenseNetSharp.Cli.Models;

/// <summary>A checkpoint's network in memory, on the engine that was asked for.</summary>
/// <param name="Checkpoint">The checkpoint, and what goes with it.</param>
/// <param name="Network">The network; disposed with this.</param>
internal sealed record LoadedNetwork(FoundCheckpoint Checkpoint, IImageNetwork Network) : IDisposable
{
    public void Dispose() => (Network as IDisposable)?.Dispose();
}
