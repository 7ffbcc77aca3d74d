namespace DenseNetSharp.Onnx;

/// <summary>A tensor in a graph: an input, an initialiser or what a node gives.</summary>
/// <param name="Name">Its name, which no other has.</param>
/// <param name="Type">Its elements' type.</param>
/// <param name="Shape">Its sizes, outermost first.</param>
internal sealed record OnnxValue(string Name, OnnxElementType Type, IReadOnlyList<OnnxDimension> Shape)
{
    /// <summary>ONNX's <c>ValueInfoProto</c>.</summary>
    public ProtoMessage ToMessage()
    {
        var shape = new ProtoMessage();
        foreach (var (size, symbol) in Shape)
        {
            var dimension = new ProtoMessage();
            if (symbol is null)
            {
                dimension.Add(1, size);
            }
            else
            {
                dimension.Add(2, symbol);
            }

            shape.Add(1, dimension);
        }

        var tensor = new ProtoMessage();
        tensor.Add(1, (long)Type);
        tensor.Add(2, shape);
        var type = new ProtoMessage();
        type.Add(1, tensor);
        var value = new ProtoMessage();
        value.Add(1, Name);
        value.Add(2, type);
        return value;
    }
}
