using System.Buffers.Binary;
using System.Text;

namespace DenseNetSharp.Onnx.Tests;

/// <summary>What an ONNX file says, read field by field as https://github.com/onnx/onnx/blob/main/onnx/onnx.proto numbers them.</summary>
internal sealed class OnnxFile
{
    private readonly ILookup<int, object> _model;
    private readonly ILookup<int, object> _graph;

    public OnnxFile(string path)
    {
        _model = Read(File.ReadAllBytes(path));
        _graph = Read(_model[7].Single());
        Nodes =
        [
            .. _graph[1].Select(Read).Select(node => new Node(
                Text(node[4].Single()), Text(node[3].Single()), [.. node[1].Select(Text)], Text(node[2].Single()), [.. node[5].Select(item => Text(Read(item)[1].Single()))])),
        ];
        Initializers = _graph[5].Select(Read).ToDictionary(
            tensor => Text(tensor[8].Single()),
            tensor => new Tensor((int)(long)tensor[2].Single(), [.. tensor[1].Select(size => (long)size)], (ReadOnlyMemory<byte>)tensor[9].Single()));
        Values = _graph[13].Select(Value).ToDictionary(value => value.Name, value => value.Dimensions);
        Input = Value(_graph[11].Single());
        Output = Value(_graph[12].Single());
    }

    public IReadOnlyList<Node> Nodes { get; }

    public IReadOnlyDictionary<string, Tensor> Initializers { get; }

    /// <summary>The sizes of what nodes give, numbers and names as text.</summary>
    public IReadOnlyDictionary<string, string[]> Values { get; }

    public (string Name, long Type, string[] Dimensions) Input { get; }

    public (string Name, long Type, string[] Dimensions) Output { get; }

    /// <summary>What ONNX's checker asks of a graph, and a shape for every value besides.</summary>
    public void ShouldBeWellFormed()
    {
        _model[1].Should().Equal(8L);
        var operators = Read(_model[8].Single());
        (Text(operators[1].Single()), operators[2].Single()).Should().Be(("", 17L));
        Text(_graph[2].Single()).Should().NotBeEmpty();

        var defined = Initializers.Keys.Append(Input.Name).ToHashSet();
        defined.Should().HaveCount(Initializers.Count + 1);
        foreach (var node in Nodes)
        {
            node.Inputs.Should().BeSubsetOf(defined, "{0} runs after what it takes", node.Name);
            defined.Add(node.Output).Should().BeTrue("{0} is given once", node.Output);
        }

        Nodes.Select(node => node.Name).Should().OnlyHaveUniqueItems();
        Nodes[^1].Output.Should().Be(Output.Name);
        defined.Except(Nodes.SelectMany(node => node.Inputs)).Should().Equal(Output.Name);
        Values.Keys.Should().BeEquivalentTo(Nodes.SkipLast(1).Select(node => node.Output));
        Values.Values.Append(Output.Dimensions).Should().OnlyContain(shape => shape.Length >= 1 && shape.All(size => size != "0" && size.Length > 0));
        foreach (var (name, tensor) in Initializers)
        {
            var size = tensor.Type switch { 1 => 4, 7 => 8, 10 => 2, _ => throw new InvalidDataException($"{name} has the type {tensor.Type}.") };
            tensor.Data.Length.Should().Be((int)tensor.Shape.Aggregate(1L, (product, dimension) => product * dimension) * size, name);
        }
    }

    private static (string Name, long Type, string[] Dimensions) Value(object message)
    {
        var value = Read(message);
        var tensor = Read(Read(value[2].Single())[1].Single());
        var shape = Read(tensor[2].Single())[1].Select(Read).Select(size => size[1].Any() ? $"{size[1].Single()}" : Text(size[2].Single()));
        return (Text(value[1].Single()), (long)tensor[1].Single(), [.. shape]);
    }

    private static string Text(object bytes) => Encoding.UTF8.GetString(((ReadOnlyMemory<byte>)bytes).Span);

    private static ILookup<int, object> Read(object message) => Read((ReadOnlyMemory<byte>)message);

    private static ILookup<int, object> Read(ReadOnlyMemory<byte> message)
    {
        var fields = new List<(int Number, object Value)>();
        var at = 0;
        while (at < message.Length)
        {
            var key = Varint(message.Span, ref at);
            var number = (int)(key >> 3);
            switch (key & 7)
            {
                case 0:
                    fields.Add((number, (long)Varint(message.Span, ref at)));
                    break;
                case 2:
                    var length = (int)Varint(message.Span, ref at);
                    fields.Add((number, message.Slice(at, length)));
                    at += length;
                    break;
                case 5:
                    fields.Add((number, BinaryPrimitives.ReadSingleLittleEndian(message.Span[at..])));
                    at += 4;
                    break;
                default:
                    throw new InvalidDataException($"Field {number} has the wire type {key & 7}.");
            }
        }

        return fields.ToLookup(field => field.Number, field => field.Value);
    }

    private static ulong Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var part = bytes[at++];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }
    }

    internal sealed record Node(string Operator, string Name, string[] Inputs, string Output, string[] Attributes);

    internal sealed record Tensor(int Type, long[] Shape, ReadOnlyMemory<byte> Data);
}
