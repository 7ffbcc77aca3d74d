using DenseNetSharp.Classification;
using DenseNetSharp.Images;

namespace DenseNetSharp.Cli.Data;

/// <summary>Some of a network's outputs, for classes that do not exclude each other.</summary>
/// <param name="network">The network, which stays its owner's.</param>
/// <param name="outputs">The indices of the outputs.</param>
internal sealed class SelectedOutputs(IImageNetwork network, IReadOnlyList<int> outputs) : IImageNetwork
{
    public int InputChannels => network.InputChannels;

    public int NumClasses => outputs.Count;

    public void Predict(ReadOnlySpan<float> nchw, int n, ImageSize size, Span<float> logits, CancellationToken cancellationToken = default)
    {
        var all = new float[n * network.NumClasses];
        network.Predict(nchw, n, size, all, cancellationToken);
        for (var i = 0; i < n * outputs.Count; i++)
        {
            logits[i] = all[(i / outputs.Count * network.NumClasses) + outputs[i % outputs.Count]];
        }
    }
}
