using Microsoft.ML.Data;

namespace OnnxMlNet;

/// <summary>What the network takes, under its name in the ONNX file.</summary>
internal sealed class Pixels
{
    [VectorType(1, 1, 64, 64)]
    public float[] images { get; set; } = [];
}

/// <summary>What it gives.</summary>
internal sealed class Scores
{
    public float[] probabilities { get; set; } = [];
}
