using System.Runtime.Intrinsics;
using DenseNetSharp.Inference.Packing;

namespace DenseNetSharp.Inference.Kernels;

/// <summary>The kernels for one kind of processor, behind calls that each do thousands of operations.</summary>
internal abstract unsafe class KernelSet
{
    /// <summary>The kernels for this processor.</summary>
    public static KernelSet Best =>
        Avx512Unit.IsSupported ? Of(FusedKernel.Avx512)
        : Avx2Unit.IsSupported ? Of(FusedKernel.Avx2)
        : Of(FusedKernel.Vector128);

    /// <summary>Which they are.</summary>
    public abstract FusedKernel Kind { get; }

    /// <summary>Floats in a vector.</summary>
    public abstract int Lanes { get; }

    /// <summary>Pixels of a tile: the most that are multiplied at the same time with a panel of two vectors.</summary>
    public abstract int TileRows { get; }

    /// <summary>Pixels that are packed and multiplied together: whole tiles.</summary>
    public abstract int GroupRows { get; }

    /// <summary>Multiplies pixels with a matrix.</summary>
    /// <param name="matrix">The weights [K, N] and the bias.</param>
    /// <param name="pixels">The pixels, at most <see cref="GroupRows"/>.</param>
    /// <param name="floor">Outputs below are raised to it: 0 for a ReLU, minus infinity for none.</param>
    /// <param name="output">Receives the outputs.</param>
    public void Multiply(PackedMatrix matrix, in PackedPixels pixels, float floor, in ProductOutput output)
    {
        foreach (var panel in matrix.Panels)
        {
            Multiply(matrix, panel, in pixels, floor, in output);
        }
    }

    /// <summary>Multiplies pixels with some columns of a matrix.</summary>
    /// <inheritdoc cref="Multiply(PackedMatrix, in PackedPixels, float, in ProductOutput)"/>
#pragma warning disable CS1573 // The other parameters are inherited.
    public void Multiply(PackedMatrix matrix, Panel panel, in PackedPixels pixels, float floor, in ProductOutput output)
#pragma warning restore CS1573
    {
        var shape = new ProductShape(matrix.K, pixels.ChunkLength, pixels.ChunkStride, floor);
        var tiles = Division.Up(pixels.Rows, MostRows(panel.Vectors));
        for (var tile = 0; tile < tiles; tile++)
        {
            var first = Division.Start(pixels.Rows, tiles, tile);
            MultiplyTile(
                Division.Start(pixels.Rows, tiles, tile + 1) - first,
                panel.Vectors,
                in shape,
                pixels.First + (first * PackedRows.Stride),
                matrix.Weights(panel),
                matrix.Bias(panel),
                output.Column(panel.Column),
                output.RowOffsets + first);
        }
    }

    /// <inheritdoc cref="NormalizedRows{TUnit, TVector}.Pack"/>
    public abstract void PackNormalized(
        float* source, nint pixelStride, int rows, int channels, float* scale, float* shift, float floor, float* packed, nint chunkStride);

    /// <inheritdoc cref="PooledRows{TUnit, TVector}.Pack"/>
    public abstract void PackPooled(
        float* source, nint pixelStride, nint lineStride, int channels, float* scale, float* shift, float* packed, nint chunkStride);

    /// <inheritdoc cref="GlobalPooled{TUnit, TVector}.Average"/>
    public abstract void Average(
        float* source, nint pixelStride, int pixels, int channels, float* scale, float* shift, float floor, float* mean);

    /// <inheritdoc cref="GlobalPooled{TUnit, TVector}.Largest"/>
    public abstract void Largest(
        float* source, nint pixelStride, int pixels, int channels, float* scale, float* shift, float floor, float* largest);

    /// <inheritdoc cref="MaxPooling{TUnit, TVector}.PoolLine"/>
    public abstract void PoolLine(
        float* above,
        float* middle,
        float* below,
        int inputWidth,
        nint inputStride,
        int before,
        int channels,
        float* output,
        nint outputStride);

    /// <inheritdoc cref="BlurPooling{TUnit, TVector}.PoolLine"/>
    public abstract void BlurLine(
        float** lines, int inputWidth, nint inputStride, int channels, float* output, nint outputStride);

    /// <summary>Transforms one tile of inputs.</summary>
    /// <param name="scheme">The tile.</param>
    /// <param name="source">The upper left pixel.</param>
    /// <param name="pixelStride">From a pixel to the one on the right: 32, 64 or 128.</param>
    /// <inheritdoc cref="WinogradFour{TUnit, TVector}.TransformInput{TStride}"/>
#pragma warning disable CS1573 // The other parameters are inherited.
    public abstract void TransformInput(
        WinogradScheme scheme, float* source, int pixelStride, nint lineStride, int channels, float* transformed, nint positionStride);
#pragma warning restore CS1573

    /// <inheritdoc cref="WinogradFour{TUnit, TVector}.TransformOutput{TFinish}"/>
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
        float* bias = null,
        float floor = float.NegativeInfinity);

    /// <summary>The kernels of one kind.</summary>
    /// <exception cref="PlatformNotSupportedException">Its instructions are not to be had here.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such kind.</exception>
    public static KernelSet Of(FusedKernel kind) => kind switch
    {
        FusedKernel.Avx512 when Avx512Unit.IsSupported => new KernelSet<Avx512Unit, Vector512<float>>(),
        FusedKernel.Avx2 when Avx2Unit.IsSupported => new KernelSet<Avx2Unit, Vector256<float>>(),
        FusedKernel.Vector128 => new KernelSet<PortableUnit, Vector128<float>>(),
        FusedKernel.Avx512 or FusedKernel.Avx2 => throw new PlatformNotSupportedException(
            $"{kind} instructions are not to be had here: the processor lacks them, the process runs without them, or a native "
            + "build leaves them out (IlcInstructionSet)."),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There are no such kernels."),
    };

    protected abstract int MostRows(int vectors);

    protected abstract void MultiplyTile(
        int rows, int vectors, in ProductShape shape, float* pixels, float* weights, float* bias, float* output, nint* rowOffsets);
}
