using DenseNetSharp.Architectures;

namespace DenseNetSharp.Inference.Packing;

/// <summary>
/// Plans what lies between the pooled features and the logits. A batch norm that follows a linear layer scales its rows, one that
/// comes before it its columns; dropout is nothing here, and a ReLU after a linear layer is the product's floor.
/// </summary>
internal sealed class HeadPacker(DenseNetSpec spec, NetworkTensors tensors, BufferPlan plan, List<PackingJob> jobs, int lanes)
{
    private readonly List<PackedHeadStep> _steps = [];
    private readonly List<Func<FoldedNorm>> _before = [];
    private List<Func<FoldedNorm>>? _after;

    /// <summary>Plans the head; no step for a network without classes.</summary>
    public PackedHeadStep[] Plan()
    {
        if (spec.Head.Count == 0 && spec.NumClasses > 0)
        {
            AddLinear("classifier", spec.PooledFeatureCount, spec.NumClasses, hasBias: true);
        }

        foreach (var layer in spec.Head)
        {
            Add(layer);
        }

        return [.. _steps];
    }

    private void Add(HeadLayer layer)
    {
        switch (layer.Kind)
        {
            case HeadLayerKind.Linear:
                AddLinear(layer.Name, layer.InFeatures, layer.OutFeatures, layer.HasBias);
                break;
            case HeadLayerKind.BatchNorm1d:
                (_after ?? _before).Add(() => FoldedNorm.Read(tensors, layer.Name, layer.Epsilon));
                break;
            case HeadLayerKind.Dropout or HeadLayerKind.Identity:
                break;
            case HeadLayerKind.ReLU when _after is not null:
                _steps[^1].Floor = 0;
                _after = null;
                break;
            default:
                AddNorms(layer.InFeatures);
                _steps.Add(new PackedHeadStep { Width = layer.OutFeatures, Activation = layer.Kind });
                _after = null;
                break;
        }
    }

    private unsafe void AddLinear(string name, int k, int n, bool hasBias)
    {
        var matrix = new PackedMatrix(plan, k, n, lanes);
        Func<FoldedNorm>[] before = [.. _before];
        _before.Clear();
        var after = _after = [];
        jobs.Add((memory, staging) =>
        {
            var weight = tensors.Read($"{name}.weight", staging);
            var bias = hasBias ? tensors.Read($"{name}.bias") : new float[n];
            var (first, last) = (Compose(before), Compose(after));
            matrix.Place(memory);
            for (var output = 0; output < n; output++)
            {
                var row = weight.Slice(output * k, k);
                if (first is { } norm)
                {
                    bias[output] += FoldInto(row, norm);
                }

                if (last is { } scaled)
                {
                    foreach (ref var value in row)
                    {
                        value *= scaled.Scale[output];
                    }

                    bias[output] = (scaled.Scale[output] * bias[output]) + scaled.Shift[output];
                }

                matrix.SetColumn(output, row, bias[output]);
            }
        });
        _steps.Add(new PackedHeadStep { Width = n, Matrix = matrix });
    }

    /// <summary>Norms that an activation follows before any linear layer does.</summary>
    private unsafe void AddNorms(int channels)
    {
        if (_before.Count > 0)
        {
            Func<FoldedNorm>[] norms = [.. _before];
            _before.Clear();
            var vectors = new NormVectors(plan, channels);
            jobs.Add((memory, _) => vectors.Place(memory, Compose(norms)!.Value));
            _steps.Add(new PackedHeadStep { Width = channels, Norm = vectors });
        }
    }

    /// <summary>Scales one output's weights; returns what the norm's shifts add to it.</summary>
    private static float FoldInto(Span<float> weights, FoldedNorm norm)
    {
        var sum = 0.0;
        for (var i = 0; i < weights.Length; i++)
        {
            sum += (double)weights[i] * norm.Shift[i];
            weights[i] *= norm.Scale[i];
        }

        return (float)sum;
    }

    private static FoldedNorm? Compose(IReadOnlyCollection<Func<FoldedNorm>> norms) =>
        norms.Count == 0 ? null : norms.Select(read => read()).Aggregate((first, next) => first.Then(next));
}
