using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.Inference.Packing;

/// <summary>A checkpoint's tensors by the network's names, checked against the network beforehand.</summary>
internal sealed class NetworkTensors
{
    private readonly Dictionary<string, CheckpointTensor> _tensors;

    /// <summary>Matches a checkpoint with a network.</summary>
    /// <exception cref="CheckpointMismatchException">They do not fit.</exception>
    public NetworkTensors(DenseNetSpec spec, Checkpoint checkpoint) =>
        _tensors = StateDictMatch.Create(spec, checkpoint).RequireExact().Pairs
            .ToDictionary(pair => pair.Entry.Name, pair => pair.Tensor, StringComparer.Ordinal);

    public float[] Read(string name) => _tensors[name].ToSingleArray();
}
