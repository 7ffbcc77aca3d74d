using System.Buffers;
using System.Runtime.InteropServices;

namespace DenseNetSharp.Images.Formats.Jpeg;

/// <summary>The samples of a component in one row of MCUs, and the last rows above them as far as they are still needed.</summary>
internal sealed class SampleBand : IDisposable
{
    /// <summary>Bytes before and after each row that a vector may touch.</summary>
    public const int Margin = 64;

    private readonly JpegComponent _component;
    private readonly byte[] _samples;
    private readonly int _stride;
    private readonly int _height;
    private readonly int _kept;
    private int _top;

    /// <summary>Takes memory for a band.</summary>
    /// <param name="component">The component.</param>
    /// <param name="kept">How many rows above the band are kept.</param>
    public SampleBand(JpegComponent component, int kept)
    {
        (_component, _kept) = (component, kept);
        _height = component.Vertical * component.BlockSize;
        _stride = Margin + component.WidthInBlocks * component.BlockSize + Margin;
        _samples = ArrayPool<byte>.Shared.Rent((_kept + _height) * _stride);
    }

    /// <summary>Transforms a block, of which it is not known what is zero.</summary>
    public void Transform(int x, int y, Span<short> block) =>
        Transform(x, y, ref MemoryMarshal.GetReference(block), hasAc: block[1..JpegBlock.Length].ContainsAnyExcept((short)0));

    /// <summary>Transforms a block into samples.</summary>
    /// <param name="x">Its place in the component, in blocks.</param>
    /// <param name="y">Its row, which is in the band.</param>
    /// <param name="block">Its coefficients.</param>
    /// <param name="hasAc">Whether any of them but the first may be other than zero.</param>
    public void Transform(int x, int y, ref short block, bool hasAc)
    {
        var size = _component.BlockSize;
        ref var samples = ref _samples[Index(y * size) + x * size];
        var quantization = _component.Quantization ?? _noQuantization;
        switch (size)
        {
            case 8 when hasAc:
                InverseDct.Transform(ref block, quantization, ref samples, _stride);
                break;
            case 8:
                InverseDct.TransformFlat(block, quantization, ref samples, _stride);
                break;
            case 4:
                ReducedInverseDct.TransformTo4(ref block, quantization, ref samples, _stride);
                break;
            case 2:
                ReducedInverseDct.TransformTo2(ref block, quantization, ref samples, _stride);
                break;
            default:
                samples = ReducedInverseDct.TransformTo1(block, quantization);
                break;
        }
    }

    /// <summary>A row of samples; one that is outside the component is its first or last.</summary>
    /// <returns>The row, with <see cref="Margin"/> bytes before its first sample and at least as many after its last.</returns>
    public Span<byte> Row(int y)
    {
        var index = Index(Math.Clamp(y, 0, _component.Height - 1));
        return _samples.AsSpan(index - Margin, _stride);
    }

    /// <summary>Goes on to the next row of MCUs.</summary>
    public void Advance()
    {
        if (_kept > 0)
        {
            _samples.AsSpan(_height * _stride, _kept * _stride).CopyTo(_samples);
        }

        _top += _height;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_samples);

    /// <summary>Of a component without a scan, all samples are gray.</summary>
    private static readonly short[] _noQuantization = new short[JpegBlock.Length];

    private int Index(int y) => (y - _top + _kept) * _stride + Margin;
}
