namespace DenseNetSharp.Inference.Packing;

/// <summary>A 3x3 convolution in Winograd's domain: one matrix for each position of a tile.</summary>
internal sealed class PackedConvolution3x3
{
    public PackedConvolution3x3(BufferPlan plan, WinogradScheme scheme, int inChannels, int outChannels, int lanes)
    {
        Scheme = scheme;
        Matrices = new PackedMatrix[scheme.Positions];
        for (var i = 0; i < Matrices.Length; i++)
        {
            Matrices[i] = new PackedMatrix(plan, inChannels, outChannels, lanes);
        }
    }

    public WinogradScheme Scheme { get; }

    /// <summary>The weights at each position.</summary>
    public PackedMatrix[] Matrices { get; }

    /// <summary>Takes its part of the memory and fills it.</summary>
    /// <param name="memory">The memory that was planned.</param>
    /// <param name="weight">[out, in, 3, 3].</param>
    public unsafe void Place(float* memory, ReadOnlySpan<float> weight)
    {
        foreach (var matrix in Matrices)
        {
            matrix.Place(memory);
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
