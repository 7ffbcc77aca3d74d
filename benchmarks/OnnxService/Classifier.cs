using System.Buffers;
using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;

namespace DenseNetSharp.Benchmarks.OnnxService;

/// <summary>One session, as many images at a time as it has threads, buffers used again.</summary>
internal sealed class Classifier : IDisposable
{
    private static readonly string[] _inputs = ["images"];
    private static readonly string[] _outputs = ["logits"];

    private readonly SessionOptions _options;
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly SemaphoreSlim _turns;
    private readonly Preprocessing _preprocessing;
    private readonly int _crop;
    private readonly int _classes;

    public Classifier(string onnx, int resize, int crop, int threads)
    {
        _options = new SessionOptions
        {
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
        };
        _session = new InferenceSession(onnx, _options);
        _classes = _session.OutputMetadata[_outputs[0]].Dimensions[1];
        _turns = new SemaphoreSlim(threads);
        _preprocessing = new Preprocessing(resize, crop);
        _crop = crop;
        Run(new float[3 * crop * crop]);
    }

    public async Task<IReadOnlyList<Prediction>> ClassifyAsync(IFormFile file, int top, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => Classify(file, top), cancellationToken);
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose()
    {
        _session.Dispose();
        _run.Dispose();
        _options.Dispose();
        _turns.Dispose();
    }

    private Prediction[] Classify(IFormFile file, int top)
    {
        var length = 3 * _crop * _crop;
        var pixels = ArrayPool<float>.Shared.Rent(length);
        try
        {
            using var stream = file.OpenReadStream();
            _preprocessing.Apply(stream, pixels.AsSpan(0, length));
            var probabilities = Run(pixels);
            return [.. probabilities.Index().OrderByDescending(one => one.Item).Take(top).Select(one => new Prediction(one.Index, null, one.Item))];
        }
        finally
        {
            ArrayPool<float>.Shared.Return(pixels);
        }
    }

    private float[] Run(float[] pixels)
    {
        var logits = new float[_classes];
        using var input = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance, pixels.AsMemory(0, 3 * _crop * _crop), [1, 3, _crop, _crop]);
        using var output = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, logits.AsMemory(), [1, _classes]);
        _session.Run(_run, _inputs, [input], _outputs, [output]);
        TensorPrimitives.SoftMax(logits, logits);
        return logits;
    }
}
