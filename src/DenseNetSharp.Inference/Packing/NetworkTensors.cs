using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.StateDicts;

namespace DenseNetSharp.Inference.Packing;

/// <summary>A checkpoint's tensors by the network's names, checked against the network beforehand.</summary>
internal sealed class NetworkTensors
{
    private readonly Dictionary<string, CheckpointTensor> _tensors;

    /// <summary>Matches a checkpoint with a network.</summary>
    /// <exception cref="CheckpointMismatchException">They do not fit.</exception>
    public NetworkTensors(DenseNetSpec spec, Checkpoint checkpoint, bool isStrict = true) =>
        _tensors = Match(spec, checkpoint, isStrict).Pairs
            .ToDictionary(pair => pair.Entry.Name, pair => pair.Tensor, StringComparer.Ordinal);

    /// <summary>Reads a small tensor.</summary>
    public float[] Read(string name) => _tensors[name].ToSingleArray();

    /// <summary>Floats of the largest tensor.</summary>
    public int MostElements => checked((int)_tensors.Values.Max(tensor => tensor.ElementCount));

    /// <summary>
    /// Reads a large tensor to where it is soon overwritten: arrays would make the garbage collector's heap grow by all
    /// weights before it sees a reason to collect.
    /// </summary>
    public Span<float> Read(string name, Span<float> staging)
    {
        var tensor = _tensors[name];
        var values = staging[..(int)tensor.ElementCount];
        tensor.CopyTo(values);
        return values;
    }

    private static StateDictMatch Match(DenseNetSpec spec, Checkpoint checkpoint, bool isStrict)
    {
        var match = StateDictMatch.Create(spec, checkpoint);
        return isStrict ? match.RequireExact() : match.RequireComplete();
    }
}
