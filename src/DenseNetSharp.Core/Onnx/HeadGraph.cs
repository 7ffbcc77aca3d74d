using DenseNetSharp.Architectures;

namespace DenseNetSharp.Onnx;

/// <summary>The nodes from the last maps to the output: pooling, classifier or head, and what becomes of the logits.</summary>
internal sealed class HeadGraph(DenseNetSpec spec, OnnxGraph graph, OnnxWeights weights)
{
    private const float LeakySlope = 0.01f, EluAlpha = 1;

    /// <summary>The output's name.</summary>
    public static string OutputName(DenseNetSpec spec, OnnxActivation activation) =>
        activation != OnnxActivation.None ? "probabilities"
        : spec.NumClasses > 0 ? "logits"
        : spec.Pooling != GlobalPooling.None ? "features"
        : "maps";

    /// <summary>Adds the nodes.</summary>
    public void Add(OnnxValue maps, OnnxActivation activation, double? temperature)
    {
        if (spec.Pooling == GlobalPooling.None)
        {
            return;
        }

        var values = Pooled(maps);
        if (spec.Head.Count == 0 && spec.NumClasses > 0)
        {
            values = Linear("classifier", values, spec.NumClasses, hasBias: true);
        }

        foreach (var layer in spec.Head)
        {
            values = Layer(layer, values);
        }

        if (activation != OnnxActivation.None && temperature is { } divisor)
        {
            values = graph.Add("Div", "scaled", [values, Scalar("temperature", (float)divisor)], values.Shape);
        }

        _ = activation switch
        {
            OnnxActivation.Softmax => graph.Add("Softmax", "softmax", [values], values.Shape, ("axis", 1)),
            OnnxActivation.Sigmoid => graph.Add("Sigmoid", "sigmoid", [values], values.Shape),
            _ => values,
        };
    }

    private OnnxValue Pooled(OnnxValue maps)
    {
        var (batch, channels) = (maps.Shape[0], maps.Shape[1]);
        if (spec.Pooling is GlobalPooling.Average or GlobalPooling.Max)
        {
            return Flat(Global(spec.Pooling));
        }

        var (average, largest) = (Global(GlobalPooling.Average), Global(GlobalPooling.Max));
        if (spec.Pooling == GlobalPooling.AverageMax)
        {
            var sum = graph.Add("Add", "pool.sum", [average, largest], average.Shape);
            return Flat(graph.Add("Mul", "pool.mean", [sum, Scalar("pool.half", 0.5f)], sum.Shape));
        }

        return Flat(graph.Add(
            "Concat",
            "pool",
            spec.Pooling == GlobalPooling.ConcatenatedAverageMax ? [average, largest] : [largest, average],
            [batch, 2 * channels.Size, 1, 1],
            ("axis", 1)));

        OnnxValue Global(GlobalPooling pooling) => pooling == GlobalPooling.Average
            ? graph.Add("GlobalAveragePool", "pool.average", [maps], [batch, channels, 1, 1])
            : graph.Add("GlobalMaxPool", "pool.max", [maps], [batch, channels, 1, 1]);

        OnnxValue Flat(OnnxValue pooled) => graph.Add("Flatten", "flatten", [pooled], [batch, pooled.Shape[1]], ("axis", 1));
    }

    private OnnxValue Layer(HeadLayer layer, OnnxValue values)
    {
        switch (layer.Kind)
        {
            case HeadLayerKind.Linear:
                return Linear(layer.Name, values, layer.OutFeatures, layer.HasBias);
            case HeadLayerKind.BatchNorm1d:
                return FeatureGraph.Norm(graph, weights, layer.Name, values, layer.Epsilon);
            case HeadLayerKind.Dropout or HeadLayerKind.Identity:
                return values;
            case HeadLayerKind.ReLU:
                return Activation("Relu");
            case HeadLayerKind.Tanh:
                return Activation("Tanh");
            case HeadLayerKind.Sigmoid:
                return Activation("Sigmoid");
            case HeadLayerKind.LeakyReLU:
                return Activation("LeakyRelu", ("alpha", LeakySlope));
            case HeadLayerKind.Elu:
                return Activation("Elu", ("alpha", EluAlpha));
            case HeadLayerKind.Silu:
                var sigmoid = graph.Add("Sigmoid", $"{layer.Name}.sigmoid", [values], values.Shape);
                return graph.Add("Mul", layer.Name, [values, sigmoid], values.Shape);
            case HeadLayerKind.Gelu:
                return Gelu(layer.Name, values);
            default:
                throw new ArgumentOutOfRangeException(nameof(layer), layer.Kind, "There is no such layer.");
        }

        OnnxValue Activation(string operation, params (string Name, object Value)[] attributes) =>
            graph.Add(operation, layer.Name, [values], values.Shape, attributes);
    }

    /// <summary>x (1 + erf(x / sqrt 2)) / 2, for which opset 17 has no operator of its own.</summary>
    private OnnxValue Gelu(string name, OnnxValue values)
    {
        var scaled = graph.Add("Mul", $"{name}.scaled", [values, Scalar($"{name}.root", (float)Math.Sqrt(0.5))], values.Shape);
        var erf = graph.Add("Erf", $"{name}.erf", [scaled], values.Shape);
        var sum = graph.Add("Add", $"{name}.sum", [erf, Scalar($"{name}.one", 1)], values.Shape);
        var product = graph.Add("Mul", $"{name}.product", [values, sum], values.Shape);
        return graph.Add("Mul", name, [product, Scalar($"{name}.half", 0.5f)], values.Shape);
    }

    private OnnxValue Linear(string name, OnnxValue values, int outputs, bool hasBias)
    {
        var weight = weights.Add($"{name}.weight");
        OnnxValue[] inputs = hasBias ? [values, weight, weights.Add($"{name}.bias")] : [values, weight];
        return graph.Add("Gemm", name, inputs, [values.Shape[0], outputs], ("transB", 1));
    }

    private OnnxValue Scalar(string name, float value) => graph.Constant(name, new[] { value }, []);
}
