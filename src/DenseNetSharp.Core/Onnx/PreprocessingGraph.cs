using DenseNetSharp.Images;

namespace DenseNetSharp.Onnx;

/// <summary>The nodes from 8-bit values, <c>[n, height, width, channels]</c>, to what the network takes: one rounding an operation in the
/// order of the preset's own arithmetic, so that the bits are the same.</summary>
internal static class PreprocessingGraph
{
    /// <summary>Adds the graph's input and the nodes.</summary>
    /// <param name="graph">Gets them.</param>
    /// <param name="preset">How images are prepared.</param>
    /// <param name="height">The images' height.</param>
    /// <param name="width">The images' width.</param>
    public static OnnxValue Add(OnnxGraph graph, ImagePreset preset, OnnxDimension height, OnnxDimension width)
    {
        // Gray that is repeated comes once, and the means' three channels make it three.
        var channels = preset.ConvertToGray ? 1 : preset.Channels;
        var pixels = graph.Input(OnnxElementType.UInt8, OnnxExport.Batch, height, width, channels);
        var numbers = graph.Add("Cast", "preprocess.float32", [pixels], pixels.Shape, ("to", (int)OnnxElementType.Float32));
        var planes = graph.Add("Transpose", "preprocess.planes", [numbers], [OnnxExport.Batch, channels, height, width], ("perm", new[] { 0, 3, 1, 2 }));
        var scaled = graph.Add("Div", "preprocess.scaled", [planes, graph.Constant("preprocess.divisor", new[] { preset.Divisor }, [])], planes.Shape);
        IReadOnlyList<OnnxDimension> shape = [OnnxExport.Batch, preset.Channels, height, width];
        var centred = graph.Add("Sub", "preprocess.centred", [scaled, OnePerChannel("preprocess.mean", preset.Mean)], shape);
        return graph.Add("Div", "preprocess.normalised", [centred, OnePerChannel("preprocess.std", preset.Std)], shape);

        OnnxValue OnePerChannel(string name, IReadOnlyList<float> values) => graph.Constant(name, values.ToArray(), [1, values.Count, 1, 1]);
    }
}
