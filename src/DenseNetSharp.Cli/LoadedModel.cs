using TorchSharp;

namespace DenseNetSharp.Cli;

/// <summary>A checkpoint's network on libtorch.</summary>
/// <param name="Found">The checkpoint, and what goes with it.</param>
/// <param name="Model">The network.</param>
internal sealed record LoadedModel(FoundModel Found, DenseNet Model) : IDisposable
{
    /// <summary>Loads a checkpoint.</summary>
    public static LoadedModel Load(
        FoundModel found, torch.Device device, bool memoryEfficient = false, CancellationToken cancellation = default)
    {
        var options = new DenseNetOptions { Device = device, MemoryEfficient = memoryEfficient };
        return new(
            found,
            found.Entry is { } entry
                ? DenseNetFactory.Create(entry, options: options, cancellation: cancellation)
                : DenseNetFactory.FromCheckpoint(found.Path, options: options));
    }

    public void Dispose() => Model.Dispose();
}
