using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.Extensions.Hosting;

/// <summary>What an engine makes a network of.</summary>
/// <param name="Checkpoint">The weights, open as long as the engine loads.</param>
/// <param name="Spec">The network that they belong to.</param>
/// <param name="Device">Where it is to go, as the options say; null for the engine's own choice.</param>
/// <param name="Threads">The most threads that it is to compute on, as the options say; null for the engine's own choice.</param>
public sealed record EngineRequest(Checkpoint Checkpoint, DenseNetSpec Spec, string? Device, int? Threads);
