namespace DenseNetSharp.Inference.Packing;

/// <summary>A 3x3 convolution in Winograd's domain: one matrix for each position of a tile.</summary>
internal sealed unsafe class PackedConvolution3x3
{
    private readonly bool _hasFinish;
    private readonly nint _bias;
    private float* _memory;

    /// <summary>Plans a convolution.</summary>
    /// <param name="plan">Counts the memory.</param>
    /// <param name="scheme">The tile.</param>
    /// <param name="inChannels">Channels that it takes.</param>
    /// <param name="outChannels">Channels that it gives.</param>
    /// <param name="lanes">Floats in a vector.</param>
    /// <param name="hasFinish">Whether it ends with a bias and <see cref="Floor"/>.</param>
    public PackedConvolution3x3(
        BufferPlan plan, WinogradScheme scheme, int inChannels, int outChannels, int lanes, bool hasFinish = false)
    {
        Scheme = scheme;
        Matrices = new PackedMatrix[scheme.Positions];
        for (var i = 0; i < Matrices.Length; i++)
        {
            Matrices[i] = new PackedMatrix(plan, inChannels, outChannels, lanes);
        }

        _hasFinish = hasFinish;
        _bias = hasFinish ? plan.Reserve(Matrices[0].PaddedN) : 0;
    }

    public WinogradScheme Scheme { get; }

    /// <summary>The weights at each position.</summary>
    public PackedMatrix[] Matrices { get; }

    /// <summary>What is added to the outputs, in whole vectors; null for nothing.</summary>
    public float* Bias => _hasFinish ? _memory + _bias : null;

    /// <summary>Outputs below are raised to it after the bias: 0 for a ReLU, minus infinity for none.</summary>
    public float Floor { get; init; } = float.NegativeInfinity;

    /// <summary>Takes its part of the memory and fills it.</summary>
    /// <param name="memory">The memory that was planned.</param>
    /// <param name="weight">[out, in, 3, 3].</param>
    /// <param name="bias">One an output; for a convolution that ends with one.</param>
    public void Place(float* memory, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias = default)
    {
        _memory = memory;
        foreach (var matrix in Matrices)
        {
            matrix.Place(memory);
        }

        if (_hasFinish)
        {
            var biases = new Span<float>(Bias, Matrices[0].PaddedN);
            biases.Clear();
            bias.CopyTo(biases);
        }

        var (k, n) = (Matrices[0].K, Matrices[0].N);
        Span<float> transformed = stackalloc float[Matrices.Length];
        var columns = stackalloc float*[Matrices.Length];
        for (var output = 0; output < n; output++)
        {
            var step = 0;
            for (var i = 0; i < Matrices.Length; i++)
            {
                columns[i] = Matrices[i].Column(output, out step);
            }

            for (var input = 0; input < k; input++)
            {
                Scheme.TransformFilter(weight.Slice(((output * k) + input) * 9, 9), transformed);
                for (var i = 0; i < transformed.Length; i++)
                {
                    columns[i][(nint)input * step] = transformed[i];
                }
            }
        }
    }
}
