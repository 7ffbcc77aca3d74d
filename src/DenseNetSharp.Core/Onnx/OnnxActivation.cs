namespace DenseNetSharp.Onnx;

/// <summary>What an exported network makes of its logits.</summary>
public enum OnnxActivation
{
    /// <summary>Nothing: the output is <c>logits</c>.</summary>
    None,

    /// <summary>Probabilities of classes that exclude each other, which sum to 1.</summary>
    Softmax,

    /// <summary>A probability for each class by itself.</summary>
    Sigmoid,
}
