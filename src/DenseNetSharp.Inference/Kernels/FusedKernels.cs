using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using DenseNetSharp.Inference.Packing;

namespace DenseNetSharp.Inference.Kernels;

/// <summary>The kernels for one kind of processor, behind calls that each do thousands of operations.</summary>
internal abstract unsafe class FusedKernels
{
    /// <summary>The kernels for this processor.</summary>
    public static FusedKernels Best =>
        Avx512F.IsSupported && Avx512DQ.IsSupported ? Of(FusedKernel.Avx512)
        : Avx2.IsSupported && Fma.IsSupported ? Of(FusedKernel.Avx2)
        : Of(FusedKernel.Vector128);

    /// <summary>Which they are.</summary>
    public abstract FusedKernel Kind { get; }

    /// <summary>Floats in a vector.</summary>
    public abstract int Lanes { get; }

    /// <summary>Pixels that are packed and multiplied together.</summary>
    public abstract int GroupRows { get; }

    /// <summary>Multiplies packed rows with all panels of a matrix.</summary>
    /// <param name="matrix">The weights [K, N].</param>
    /// <param name="rows">Rows, at most <see cref="GroupRows"/>.</param>
    /// <param name="packed">The rows as <see cref="PackedRows"/> says.</param>
    /// <param name="chunkStride">From one chunk of them to the next.</param>
    /// <param name="chunkLength">What a full chunk of them has of K.</param>
    /// <param name="floor">Outputs below are raised to it: 0 for a ReLU, minus infinity for none.</param>
    /// <param name="output">Column n of row r goes to rowOffsets[r] + n / 128 * outputChunkStride + n % 128.</param>
    /// <param name="outputChunkStride">See <paramref name="output"/>; 128 where the columns simply follow one another.</param>
    /// <param name="rowOffsets">One offset a row, in floats.</param>
    /// <param name="firstPanel">Where to begin.</param>
    /// <param name="endPanel">Where to end.</param>
    public void Multiply(
        PackedMatrix matrix,
        int rows,
        float* packed,
        nint chunkStride,
        int chunkLength,
        float floor,
        float* output,
        nint outputChunkStride,
        nint* rowOffsets,
        int firstPanel,
        int endPanel)
    {
        var shape = new ProductShape(matrix.K, chunkLength, chunkStride, floor);
        for (var i = firstPanel; i < endPanel; i++)
        {
            var panel = matrix.Panels[i];
            var most = MostRows(panel.Vectors);
            var tiles = (rows + most - 1) / most;
            var column = output + (panel.Column / PackedRows.Stride * outputChunkStride) + (panel.Column % PackedRows.Stride);
            for (var tile = 0; tile < tiles; tile++)
            {
                var first = rows * tile / tiles;
                MultiplyTile(
                    (rows * (tile + 1) / tiles) - first,
                    panel.Vectors,
                    in shape,
                    packed + (first * PackedRows.Stride),
                    matrix.Weights(panel),
                    matrix.Bias(panel),
                    column,
                    rowOffsets + first);
            }
        }
    }

    /// <inheritdoc cref="NormalizedRows{TUnit, TVector}.Pack"/>
    public abstract void PackNormalized(
        float* source, nint pixelStride, int rows, int channels, float* scale, float* shift, float* packed);

    /// <inheritdoc cref="NormalizedRows{TUnit, TVector}.PackPooled"/>
    public abstract void PackPooled(
        float* source, nint pixelStride, nint lineStride, int channels, float* scale, float* shift, float* packed, nint chunkStride);

    /// <inheritdoc cref="NormalizedRows{TUnit, TVector}.Average"/>
    public abstract void Average(
        float* source, nint pixelStride, int pixels, int channels, float* scale, float* shift, float* mean);

    /// <inheritdoc cref="MaxPooling{TUnit, TVector}.PoolLine"/>
    public abstract void PoolLine(
        float* above, float* middle, float* below, int inputWidth, nint inputStride, int channels, float* output, nint outputStride);

    /// <inheritdoc cref="WinogradFour{TUnit, TVector}.TransformInput"/>
    public abstract void TransformInput(
        WinogradScheme scheme, float* source, nint lineStride, int channels, float* transformed, nint positionStride, float* halfway);

    /// <inheritdoc cref="WinogradFour{TUnit, TVector}.TransformOutput"/>
    public abstract void TransformOutput(
        WinogradScheme scheme,
        float* products,
        nint positionStride,
        int channels,
        float* output,
        nint pixelStride,
        nint lineStride,
        int height,
        int width,
        float* halfway);

    /// <summary>The kernels of one kind.</summary>
    /// <exception cref="PlatformNotSupportedException">This processor does not have its instructions.</exception>
    public static FusedKernels Of(FusedKernel kind) => kind switch
    {
        FusedKernel.Avx512 when Avx512F.IsSupported && Avx512DQ.IsSupported => new FusedKernels<Avx512Unit, Vector512<float>>(),
        FusedKernel.Avx2 when Avx2.IsSupported && Fma.IsSupported => new FusedKernels<Avx2Unit, Vector256<float>>(),
        FusedKernel.Vector128 => new FusedKernels<PortableUnit, Vector128<float>>(),
        _ => throw new PlatformNotSupportedException($"This processor has no {kind}."),
    };

    protected abstract int MostRows(int vectors);

    protected abstract void MultiplyTile(
        int rows, int vectors, in ProductShape shape, float* pixels, float* weights, float* bias, float* output, nint* rowOffsets);
}
