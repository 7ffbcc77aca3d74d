namespace DenseNetSharp.Inference.Packing;

/// <summary>
/// Weights [K, N] as the micro-kernel reads them: for each panel of columns all K rows, one after another. Columns are
/// filled up with zeros to whole vectors.
/// </summary>
internal sealed unsafe class PackedMatrix
{
    private readonly int _lanes;
    private readonly nint _weights;
    private readonly nint _bias;
    private float* _memory;

    /// <summary>Plans a matrix.</summary>
    /// <param name="plan">Counts the memory.</param>
    /// <param name="k">Rows: values that are multiplied and summed for one output.</param>
    /// <param name="n">Columns: outputs.</param>
    /// <param name="lanes">Floats in a vector.</param>
    public PackedMatrix(BufferPlan plan, int k, int n, int lanes)
    {
        (K, N, _lanes) = (k, n, lanes);
        Panels = Panel.Divide(n, lanes, PackedRows.Stride);
        PaddedN = Division.ToMultiple(n, lanes);
        _weights = plan.Reserve((nint)k * PaddedN);
        _bias = plan.Reserve(PaddedN);
    }

    public int K { get; }

    public int N { get; }

    /// <summary>Columns, in whole vectors.</summary>
    public int PaddedN { get; }

    public Panel[] Panels { get; }

    public float* Weights(Panel panel) => _memory + _weights + ((nint)panel.Column * K);

    public float* Bias(Panel panel) => _memory + _bias + panel.Column;

    /// <summary>Takes its part of the memory and clears it.</summary>
    public void Place(float* memory)
    {
        _memory = memory;
        new Span<float>(memory + _weights, checked(K * PaddedN)).Clear();
        new Span<float>(memory + _bias, PaddedN).Clear();
    }

    /// <summary>Puts one output's weights, K of them, and its bias in place.</summary>
    public void SetColumn(int column, ReadOnlySpan<float> weights, float bias)
    {
        var destination = Column(column, out var step);
        for (var k = 0; k < K; k++)
        {
            destination[(nint)k * step] = weights[k];
        }

        _memory[_bias + column] = bias;
    }

    /// <summary>Where one output's weights lie: the first, and the distance from each to the next.</summary>
    public float* Column(int column, out int step)
    {
        var panel = Panels[0];
        for (var i = 1; i < Panels.Length && Panels[i].Column <= column; i++)
        {
            panel = Panels[i];
        }

        step = panel.Vectors * _lanes;
        return Weights(panel) + (column - panel.Column);
    }
}
