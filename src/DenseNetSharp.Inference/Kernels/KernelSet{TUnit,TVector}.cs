using DenseNetSharp.Inference.Packing;

namespace DenseNetSharp.Inference.Kernels;

/// <summary>The kernels on one vector unit.</summary>
internal sealed unsafe class KernelSet<TUnit, TVector> : KernelSet
    where TUnit : IVectorUnit<TVector>
    where TVector : unmanaged
{
    public override FusedKernel Kind => TUnit.Kernel;

    public override int Lanes => TUnit.Lanes;

    public override int TileRows => TUnit.MostRows(2);

    // Weights on their way through the first cache should serve a dozen: one tile of 14, or two of 6.
    public override int GroupRows => Division.ToMultiple(12, TileRows);

    public override void PackNormalized(
        float* source, nint pixelStride, int rows, int channels, float* scale, float* shift, float floor, float* packed, nint chunkStride) =>
        NormalizedRows<TUnit, TVector>.Pack(source, pixelStride, rows, channels, scale, shift, floor, packed, chunkStride);

    public override void PackPooled(
        float* source, nint pixelStride, nint lineStride, int channels, float* scale, float* shift, float* packed, nint chunkStride) =>
        PooledRows<TUnit, TVector>.Pack(source, pixelStride, lineStride, channels, scale, shift, packed, chunkStride);

    public override void Average(
        float* source, nint pixelStride, int pixels, int channels, float* scale, float* shift, float floor, float* mean) =>
        GlobalPooled<TUnit, TVector>.Average(source, pixelStride, pixels, channels, scale, shift, floor, mean);

    public override void Largest(
        float* source, nint pixelStride, int pixels, int channels, float* scale, float* shift, float floor, float* largest) =>
        GlobalPooled<TUnit, TVector>.Largest(source, pixelStride, pixels, channels, scale, shift, floor, largest);

    public override void PoolLine(
        float* above,
        float* middle,
        float* below,
        int inputWidth,
        nint inputStride,
        int before,
        int channels,
        float* output,
        nint outputStride) =>
        MaxPooling<TUnit, TVector>.PoolLine(above, middle, below, inputWidth, inputStride, before, channels, output, outputStride);

    public override void BlurLine(
        float** lines, int inputWidth, nint inputStride, int channels, float* output, nint outputStride) =>
        BlurPooling<TUnit, TVector>.PoolLine(lines, inputWidth, inputStride, channels, output, outputStride);

    public override void TransformInput(
        WinogradScheme scheme, float* source, int pixelStride, nint lineStride, int channels, float* transformed, nint positionStride)
    {
        switch (pixelStride)
        {
            case 32:
                TransformInput<C32>(scheme, source, lineStride, channels, transformed, positionStride);
                break;
            case 64:
                TransformInput<C64>(scheme, source, lineStride, channels, transformed, positionStride);
                break;
            default:
                TransformInput<C128>(scheme, source, lineStride, channels, transformed, positionStride);
                break;
        }
    }

    public override void TransformOutput(
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
        float floor = float.NegativeInfinity)
    {
        if (bias == null)
        {
            TransformOutput<C0>(
                scheme, products, positionStride, channels, output, pixelStride, lineStride, height, width, bias, floor);
        }
        else
        {
            TransformOutput<C1>(
                scheme, products, positionStride, channels, output, pixelStride, lineStride, height, width, bias, floor);
        }
    }

    protected override int MostRows(int vectors) => TUnit.MostRows(vectors);

    protected override void MultiplyTile(
        int rows, int vectors, in ProductShape shape, float* pixels, float* weights, float* bias, float* output, nint* rowOffsets)
    {
        switch (vectors)
        {
            case 1:
                MultiplyTile<C1>(rows, in shape, pixels, weights, bias, output, rowOffsets);
                break;
            case 2:
                MultiplyTile<C2>(rows, in shape, pixels, weights, bias, output, rowOffsets);
                break;
            default:
                MultiplyTile<C3>(rows, in shape, pixels, weights, bias, output, rowOffsets);
                break;
        }
    }

    private static void TransformInput<TStride>(
        WinogradScheme scheme, float* source, nint lineStride, int channels, float* transformed, nint positionStride)
        where TStride : IConstant
    {
        if (scheme.Tile == 4)
        {
            WinogradFour<TUnit, TVector>.TransformInput<TStride>(source, lineStride, channels, transformed, positionStride);
        }
        else
        {
            WinogradTwo<TUnit, TVector>.TransformInput<TStride>(source, lineStride, channels, transformed, positionStride);
        }
    }

    private static void TransformOutput<TFinish>(
        WinogradScheme scheme,
        float* products,
        nint positionStride,
        int channels,
        float* output,
        nint pixelStride,
        nint lineStride,
        int height,
        int width,
        float* bias,
        float floor)
        where TFinish : IConstant
    {
        if (scheme.Tile == 4)
        {
            WinogradFour<TUnit, TVector>.TransformOutput<TFinish>(
                products, positionStride, channels, output, pixelStride, lineStride, height, width, bias, floor);
        }
        else
        {
            WinogradTwo<TUnit, TVector>.TransformOutput<TFinish>(
                products, positionStride, channels, output, pixelStride, lineStride, height, width, bias, floor);
        }
    }

    private static void MultiplyTile<TVectors>(
        int rows, in ProductShape shape, float* pixels, float* weights, float* bias, float* output, nint* rowOffsets)
        where TVectors : IConstant
    {
        switch (rows)
        {
            case 1:
                MicroKernel<TUnit, TVector>.Multiply<C1, TVectors>(in shape, pixels, weights, bias, output, rowOffsets);
                break;
            case 2:
                MicroKernel<TUnit, TVector>.Multiply<C2, TVectors>(in shape, pixels, weights, bias, output, rowOffsets);
                break;
            case 3:
                MicroKernel<TUnit, TVector>.Multiply<C3, TVectors>(in shape, pixels, weights, bias, output, rowOffsets);
                break;
            case 4:
                MicroKernel<TUnit, TVector>.Multiply<C4, TVectors>(in shape, pixels, weights, bias, output, rowOffsets);
                break;
            case 5:
                MicroKernel<TUnit, TVector>.Multiply<C5, TVectors>(in shape, pixels, weights, bias, output, rowOffsets);
                break;
            case 6:
                MicroKernel<TUnit, TVector>.Multiply<C6, TVectors>(in shape, pixels, weights, bias, output, rowOffsets);
                break;
            case 7:
                MicroKernel<TUnit, TVector>.Multiply<C7, TVectors>(in shape, pixels, weights, bias, output, rowOffsets);
                break;
            case 8:
                MicroKernel<TUnit, TVector>.Multiply<C8, TVectors>(in shape, pixels, weights, bias, output, rowOffsets);
                break;
            case 9:
                MicroKernel<TUnit, TVector>.Multiply<C9, TVectors>(in shape, pixels, weights, bias, output, rowOffsets);
                break;
            case 10:
                MicroKernel<TUnit, TVector>.Multiply<C10, TVectors>(in shape, pixels, weights, bias, output, rowOffsets);
                break;
            case 11:
                MicroKernel<TUnit, TVector>.Multiply<C11, TVectors>(in shape, pixels, weights, bias, output, rowOffsets);
                break;
            case 12:
                MicroKernel<TUnit, TVector>.Multiply<C12, TVectors>(in shape, pixels, weights, bias, output, rowOffsets);
                break;
            case 13:
                MicroKernel<TUnit, TVector>.Multiply<C13, TVectors>(in shape, pixels, weights, bias, output, rowOffsets);
                break;
            case 14:
                MicroKernel<TUnit, TVector>.Multiply<C14, TVectors>(in shape, pixels, weights, bias, output, rowOffsets);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(rows), rows, "No tile has so many rows.");
        }
    }
}
