namespace DenseNetSharp.Images.Resizing;

/// <summary>For each output pixel of one axis, the run of input pixels that it is made of and their weights.</summary>
/// <remarks>
/// Follows Pillow's <c>precompute_coeffs</c> and <c>normalize_coeffs_8bpc</c> operation for operation: normalised in
/// double precision, then rounded to fixed point. From there on everything is integers, so any order of summation
/// gives the same bytes.
/// </remarks>
internal sealed class ResampleWeights
{
    /// <summary>The fixed point's fractional bits: what 32 bits leave beside the 8 of a pixel and 2 for overshoot and sign.</summary>
    public const int PrecisionBits = 32 - 8 - 2;

    /// <summary>One half in fixed point, with which sums begin so that they round.</summary>
    public const int Half = 1 << (PrecisionBits - 1);

    private readonly int[] _starts;
    private readonly int[] _counts;
    private readonly int[] _weights;
    private readonly int _stride;

    public ResampleWeights(OutputRange axis, ResamplingFilter filter)
    {
        var scale = (double)axis.InputSize / axis.OutputSize;
        var filterScale = Math.Max(scale, 1);
        var support = filter.Support * filterScale;

        var stride = (long)Math.Ceiling(support) * 2 + 1;
        if (axis.Count * stride > Array.MaxLength)
        {
            throw new ArgumentException(
                $"Resizing {axis.InputSize} pixels to {axis.OutputSize} takes {axis.Count * stride} weights, " +
                "more than fit in one array.");
        }

        _stride = (int)stride;
        _starts = new int[axis.Count];
        _counts = new int[axis.Count];
        _weights = new int[axis.Count * _stride];

        var exact = new double[_stride];
        for (var i = 0; i < axis.Count; i++)
        {
            var center = (axis.First + i + 0.5) * scale;
            var start = Math.Max((int)(center - support + 0.5), 0);
            var count = Math.Min((int)(center + support + 0.5), axis.InputSize) - start;
            double sum = 0;
            for (var k = 0; k < count; k++)
            {
                exact[k] = filter.Weight((k + start - center + 0.5) * (1 / filterScale));
                sum += exact[k];
            }

            for (var k = 0; k < count; k++)
            {
                var weight = sum != 0 ? exact[k] / sum : exact[k];
                _weights[i * _stride + k] = (int)(weight * (1 << PrecisionBits) + (weight < 0 ? -0.5 : 0.5));
            }

            _starts[i] = start;
            _counts[i] = count;
        }
    }

    /// <summary>The pixel that a sum in fixed point stands for.</summary>
    public static byte ToByte(int sum) => (byte)Math.Clamp(sum >> PrecisionBits, 0, 255);

    /// <summary>The number of output pixels.</summary>
    public int Count => _starts.Length;

    /// <summary>The first input pixel that any output needs.</summary>
    public int FirstInput => _starts[0];

    /// <summary>One past the last input pixel that any output needs.</summary>
    public int EndInput => _starts[^1] + _counts[^1];

    /// <summary>The first input pixel of an output pixel.</summary>
    public int StartOf(int output) => _starts[output];

    /// <summary>The weights of the input pixels from <see cref="StartOf"/> on.</summary>
    public ReadOnlySpan<int> WeightsOf(int output) => _weights.AsSpan(output * _stride, _counts[output]);
}
