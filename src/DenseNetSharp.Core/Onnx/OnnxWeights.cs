using System.Runtime.InteropServices;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.StateDicts;

namespace DenseNetSharp.Onnx;

/// <summary>A network's tensors as initialisers of a graph, under their keys. They are read while the file is written, one at a time.</summary>
/// <param name="match">The tensors, all of the network's.</param>
/// <param name="graph">The graph.</param>
/// <param name="inHalfPrecision">Whether matrices and filters are written in half precision.</param>
internal sealed class OnnxWeights(StateDictMatch match, OnnxGraph graph, bool inHalfPrecision)
{
    private readonly Dictionary<string, CheckpointTensor> _tensors =
        match.Pairs.ToDictionary(pair => pair.Entry.Name, pair => pair.Tensor, StringComparer.Ordinal);

    private float[] _staging = [];
    private Half[] _halves = [];

    /// <summary>Reads a small tensor.</summary>
    public float[] Read(string key) => _tensors[key].ToSingleArray();

    /// <summary>Adds a tensor to the graph.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="rowScale">What each of the outermost dimension's items is multiplied by; null for nothing.</param>
    public OnnxValue Add(string key, float[]? rowScale = null)
    {
        var tensor = _tensors[key];
        if (!inHalfPrecision || tensor.Shape.Count < 2)
        {
            return graph.Initializer(
                key, OnnxElementType.Float32, tensor.Shape, stream => stream.Write(MemoryMarshal.AsBytes(Stage(tensor, rowScale))));
        }

        var halves = graph.Initializer(key, OnnxElementType.Float16, tensor.Shape, stream => WriteHalves(key, Stage(tensor, rowScale), stream));
        return graph.Add("Cast", $"{key}.float32", [halves], halves.Shape, ("to", (int)OnnxElementType.Float32));
    }

    /// <summary>Adds a tensor of other values under a key.</summary>
    public OnnxValue AddValues(string key, float[] values) =>
        graph.Initializer(key, OnnxElementType.Float32, [values.Length], stream => stream.Write(MemoryMarshal.AsBytes(values.AsSpan())));

    private Span<float> Stage(CheckpointTensor tensor, float[]? rowScale)
    {
        var count = (int)tensor.ElementCount;
        if (_staging.Length == 0)
        {
            _staging = new float[_tensors.Values.Max(other => other.ElementCount)];
        }

        var values = _staging.AsSpan(0, count);
        tensor.CopyTo(values);
        for (var row = 0; row < rowScale?.Length; row++)
        {
            foreach (ref var value in values.Slice(row * (count / rowScale.Length), count / rowScale.Length))
            {
                value *= rowScale[row];
            }
        }

        return values;
    }

    private void WriteHalves(string key, ReadOnlySpan<float> values, Stream stream)
    {
        const int most = 1 << 16;
        if (_halves.Length == 0)
        {
            _halves = new Half[most];
        }

        for (var start = 0; start < values.Length; start += most)
        {
            var part = values[start..Math.Min(start + most, values.Length)];
            for (var i = 0; i < part.Length; i++)
            {
                _halves[i] = (Half)part[i];
                if (Half.IsInfinity(_halves[i]) && float.IsFinite(part[i]))
                {
                    throw new InvalidDataException(
                        FormattableString.Invariant($"{key} has the value {part[i]}, which is beyond half precision (65504); export it in single precision."));
                }
            }

            stream.Write(MemoryMarshal.AsBytes(_halves.AsSpan(0, part.Length)));
        }
    }
}
