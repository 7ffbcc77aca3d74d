using Microsoft.ML.OnnxRuntime;

namespace DenseNetSharp.Onnx.Tests;

/// <summary>A file in ONNX Runtime.</summary>
internal sealed class OrtNetwork : IDisposable
{
    public OrtNetwork(string path, GraphOptimizationLevel optimization = GraphOptimizationLevel.ORT_ENABLE_ALL)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 2, GraphOptimizationLevel = optimization };
        Session = new InferenceSession(path, options);
    }

    public InferenceSession Session { get; }

    /// <summary>Runs it.</summary>
    /// <param name="images">The images.</param>
    /// <param name="shape">Their shape.</param>
    /// <returns>The one output.</returns>
    public (float[] Values, long[] Shape) Run<T>(T[] images, params long[] shape)
        where T : unmanaged
    {
        using var input = OrtValue.CreateTensorValueFromMemory(images, shape);
        using var run = new RunOptions();
        using var outputs = Session.Run(run, ["images"], [input], Session.OutputNames);
        return (outputs.Single().GetTensorDataAsSpan<float>().ToArray(), outputs.Single().GetTensorTypeAndShape().Shape);
    }

    public void Dispose() => Session.Dispose();
}
