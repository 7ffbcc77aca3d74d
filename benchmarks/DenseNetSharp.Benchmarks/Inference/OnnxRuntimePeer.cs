using Microsoft.ML.OnnxRuntime;

namespace DenseNetSharp.Benchmarks.Inference;

/// <summary>ONNX Runtime from NuGet, called from C# as its documentation tells: one session, pinned buffers used again.</summary>
internal static class OnnxRuntimePeer
{
    private static readonly string[] Inputs = ["images"];
    private static readonly string[] Outputs = ["logits"];

    public static void Serve(string folder, string model, int threads)
    {
        using var options = new SessionOptions
        {
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
        };
        using var session = new InferenceSession(Path.Combine(folder, $"{model}.onnx"), options);
        using var runOptions = new RunOptions();
        var classes = session.OutputMetadata[Outputs[0]].Dimensions[1];
        var images = PeerImages.Read(folder);
        PeerLoop.Serve(() =>
        {
            // Each holds its array in place; the process ends with its callers.
            var bindings = new Dictionary<int, (OrtValue[] Images, OrtValue[] Logits)>();
            var logits = new float[images.Count * classes];
            return n =>
            {
                if (!bindings.TryGetValue(n, out var bound))
                {
                    bound = bindings[n] = (
                        [Pinned(images.Values.AsMemory(0, n * images.Length), [n, 3, images.Side, images.Side])],
                        [Pinned(logits.AsMemory(0, n * classes), [n, classes])]);
                }

                session.Run(runOptions, Inputs, bound.Images, Outputs, bound.Logits);
                return logits[0];
            };
        });
    }

    private static OrtValue Pinned(Memory<float> values, long[] shape) =>
        OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, values, shape);
}
