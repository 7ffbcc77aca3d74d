namespace DenseNetSharp.Onnx;

/// <summary>One operation of a graph.</summary>
/// <param name="Operator">ONNX's name of it, such as <c>Conv</c>.</param>
/// <param name="Name">The node's own name.</param>
/// <param name="Inputs">The names of what it takes.</param>
/// <param name="Output">What it gives.</param>
/// <param name="Attributes">Each with an integer, integers, a number or a text.</param>
internal sealed record OnnxNode(
    string Operator, string Name, IReadOnlyList<string> Inputs, OnnxValue Output, IReadOnlyList<(string Name, object Value)> Attributes)
{
    /// <summary>ONNX's <c>NodeProto</c>.</summary>
    public ProtoMessage ToMessage()
    {
        var node = new ProtoMessage();
        foreach (var input in Inputs)
        {
            node.Add(1, input);
        }

        node.Add(2, Output.Name);
        node.Add(3, Name);
        node.Add(4, Operator);
        foreach (var (name, value) in Attributes)
        {
            node.Add(5, Attribute(name, value));
        }

        return node;
    }

    /// <summary>ONNX's <c>AttributeProto</c>, whose last field says which of the others holds the value.</summary>
    private static ProtoMessage Attribute(string name, object value)
    {
        const int type = 20;
        const long number = 1, integer = 2, text = 3, integers = 7;
        var attribute = new ProtoMessage();
        attribute.Add(1, name);
        switch (value)
        {
            case float single:
                attribute.Add(2, single);
                attribute.Add(type, number);
                break;
            case int whole:
                attribute.Add(3, (long)whole);
                attribute.Add(type, integer);
                break;
            case string word:
                attribute.Add(4, word);
                attribute.Add(type, text);
                break;
            case int[] wholes:
                foreach (var whole in wholes)
                {
                    attribute.Add(8, (long)whole);
                }

                attribute.Add(type, integers);
                break;
            default:
                throw new ArgumentException($"No attribute holds a {value.GetType().Name}.", nameof(value));
        }

        return attribute;
    }
}
