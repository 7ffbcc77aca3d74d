using System.Runtime.InteropServices;

namespace DenseNetSharp.Onnx;

/// <summary>A graph as it is put together: nodes in the order in which they run, initialisers, one input and one output.</summary>
/// <param name="outputName">The output's name.</param>
/// <param name="keys">Names that only initialisers may have.</param>
internal sealed class OnnxGraph(string outputName, IEnumerable<string> keys)
{
    /// <summary>The input's name.</summary>
    public const string InputName = "images";

    private readonly HashSet<string> _names = new([.. keys, InputName, outputName], StringComparer.Ordinal);
    private readonly List<OnnxNode> _nodes = [];
    private readonly List<ProtoMessage> _initializers = [];
    private OnnxValue? _input;

    /// <summary>Sets what the graph takes.</summary>
    public OnnxValue Input(OnnxElementType type, params IReadOnlyList<OnnxDimension> shape) => _input = new OnnxValue(InputName, type, shape);

    /// <summary>Adds a node.</summary>
    /// <param name="operation">ONNX's operator.</param>
    /// <param name="name">A name for it and what it gives; a number is added where something else has it.</param>
    /// <param name="inputs">What it takes.</param>
    /// <param name="shape">The shape of what it gives, which is float32.</param>
    /// <param name="attributes">The operator's attributes.</param>
    /// <returns>What it gives.</returns>
    public OnnxValue Add(
        string operation, string name, OnnxValue[] inputs, IReadOnlyList<OnnxDimension> shape, params (string Name, object Value)[] attributes)
    {
        var unique = Unique(name);
        var output = new OnnxValue(unique, OnnxElementType.Float32, shape);
        _nodes.Add(new(operation, unique, [.. inputs.Select(value => value.Name)], output, attributes));
        return output;
    }

    /// <summary>Adds an initialiser under a name of its own.</summary>
    public OnnxValue Constant<T>(string name, T[] values, params IReadOnlyList<long> shape)
        where T : unmanaged
    {
        var type = typeof(T) == typeof(long) ? OnnxElementType.Int64 : OnnxElementType.Float32;
        return Initializer(Unique(name), type, shape, stream => stream.Write(MemoryMarshal.AsBytes(values.AsSpan())));
    }

    /// <summary>Adds an initialiser under one of the keys.</summary>
    /// <param name="name">The key.</param>
    /// <param name="type">The elements' type.</param>
    /// <param name="shape">The sizes, outermost first; none for a scalar.</param>
    /// <param name="write">Writes the elements in C order, little-endian.</param>
    public OnnxValue Initializer(string name, OnnxElementType type, IReadOnlyList<long> shape, Action<Stream> write)
    {
        var tensor = new ProtoMessage();
        foreach (var size in shape)
        {
            tensor.Add(1, size);
        }

        tensor.Add(2, (long)type);
        tensor.Add(8, name);
        var bytes = type switch { OnnxElementType.Int64 => 8L, OnnxElementType.Float32 => 4, OnnxElementType.Float16 => 2, _ => 1 };
        tensor.Add(9, shape.Aggregate(bytes, (product, size) => checked(product * size)), write);
        _initializers.Add(tensor);
        return new OnnxValue(name, type, [.. shape.Select(size => (OnnxDimension)size)]);
    }

    /// <summary>ONNX's <c>GraphProto</c>, what the last node gives being the output.</summary>
    /// <param name="name">The graph's name.</param>
    public ProtoMessage ToMessage(string name)
    {
        var output = _nodes[^1].Output with { Name = outputName };
        var graph = new ProtoMessage();
        foreach (var node in _nodes[..^1])
        {
            graph.Add(1, node.ToMessage());
        }

        graph.Add(1, (_nodes[^1] with { Output = output }).ToMessage());
        graph.Add(2, name);
        foreach (var initializer in _initializers)
        {
            graph.Add(5, initializer);
        }

        graph.Add(11, _input!.ToMessage());
        graph.Add(12, output.ToMessage());
        foreach (var node in _nodes[..^1])
        {
            graph.Add(13, node.Output.ToMessage());
        }

        return graph;
    }

    private string Unique(string name)
    {
        var unique = name;
        for (var number = 1; !_names.Add(unique); number++)
        {
            unique = $"{name}_{number}";
        }

        return unique;
    }
}
