using System.Buffers;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DenseNetSharp.Images.Formats.Jpeg;

/// <summary>
/// Brings a component's rows to the picture's width and height: between twice as many samples libjpeg interpolates ("fancy
/// upsampling"), elsewhere it repeats them.
/// </summary>
internal sealed class Upsampler : IDisposable
{
    private readonly JpegComponent _component;
    private readonly int _horizontal;
    private readonly int _vertical;
    private readonly bool _interpolatesAcross;
    private readonly bool _interpolatesDown;
    private readonly byte[] _result;
    private readonly ushort[] _sums;

    /// <summary>Finds out what a component needs.</summary>
    public Upsampler(JpegComponent component, JpegFrame frame)
    {
        _component = component;
        int across = component.Horizontal * component.BlockSize / frame.BlockSize, down = component.Vertical * component.BlockSize / frame.BlockSize;
        if (frame.MaxHorizontal % across != 0 || frame.MaxVertical % down != 0)
        {
            throw new ImageFormatException(
                $"component {component.Index} has {component.Horizontal}x{component.Vertical} samples where another has " +
                $"{frame.MaxHorizontal}x{frame.MaxVertical}; that is no whole ratio");
        }

        (_horizontal, _vertical) = (frame.MaxHorizontal / across, frame.MaxVertical / down);
        var isFine = frame.BlockSize > 1;
        _interpolatesAcross = isFine && _horizontal == 2 && _vertical <= 2 && component.Width > 2;
        _interpolatesDown = isFine && _vertical == 2 && (_horizontal == 1 || _interpolatesAcross);
        RowsKept = _interpolatesDown ? down + 1 : down;
        _result = ArrayPool<byte>.Shared.Rent(_horizontal * component.Width + 2 * SampleBand.Margin);
        _sums = ArrayPool<ushort>.Shared.Rent(component.Width + 2 * SampleBand.Margin);
    }

    /// <summary>Whether a row needs the samples above and below it.</summary>
    public bool NeedsContext => _interpolatesDown;

    /// <summary>How many rows are needed again when the next row of MCUs has been decoded, if any component needs context.</summary>
    public int RowsKept { get; }

    /// <summary>A row of the picture.</summary>
    /// <param name="band">The component's samples.</param>
    /// <param name="y">The row.</param>
    /// <returns>Its samples, and some bytes more than belong to it.</returns>
    public ReadOnlySpan<byte> Row(SampleBand band, int y)
    {
        var row = y / _vertical;
        var samples = band.Row(row);
        if (_horizontal == 1 && !_interpolatesDown)
        {
            return samples[SampleBand.Margin..];
        }

        if (_interpolatesDown)
        {
            var other = band.Row(y % 2 == 0 ? row - 1 : row + 1);
            if (_horizontal == 1)
            {
                InterpolateDown(samples[SampleBand.Margin..], other[SampleBand.Margin..], y % 2 == 0 ? 1 : 2);
            }
            else
            {
                InterpolateBoth(samples[SampleBand.Margin..], other[SampleBand.Margin..]);
            }
        }
        else if (_interpolatesAcross)
        {
            InterpolateAcross(samples[(SampleBand.Margin - 1)..]);
        }
        else
        {
            Repeat(samples[SampleBand.Margin..]);
        }

        return _result;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_result);
        ArrayPool<ushort>.Shared.Return(_sums);
    }

    private void Repeat(ReadOnlySpan<byte> samples)
    {
        for (var x = 0; x < _component.Width; x++)
        {
            _result.AsSpan(x * _horizontal, _horizontal).Fill(samples[x]);
        }
    }

    /// <summary>Three quarters of a row and one of its neighbour.</summary>
    private void InterpolateDown(ReadOnlySpan<byte> samples, ReadOnlySpan<byte> other, int rounding)
    {
        var x = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            ref byte near = ref MemoryMarshal.GetReference(samples), far = ref MemoryMarshal.GetReference(other);
            ref var result = ref MemoryMarshal.GetArrayDataReference(_result);
            var half = Vector128.Create((ushort)rounding);
            for (; x < _component.Width; x += Vector128<byte>.Count)
            {
                var (low, high) = WeighDown(ref near, ref far, x);
                Vector128.Narrow((low + half) >> 2, (high + half) >> 2).StoreUnsafe(ref result, (nuint)x);
            }
        }

        for (; x < _component.Width; x++)
        {
            _result[x] = (byte)((3 * samples[x] + other[x] + rounding) >> 2);
        }
    }

    /// <summary>Three quarters of a sample and one of its left or right neighbour.</summary>
    /// <param name="samples">The row, from the sample before its first on.</param>
    private void InterpolateAcross(Span<byte> samples)
    {
        // The first and the last sample are their own neighbours.
        var width = _component.Width;
        (samples[0], samples[width + 1]) = (samples[1], samples[width]);
        var x = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            ref var left = ref MemoryMarshal.GetReference(samples);
            ref var result = ref MemoryMarshal.GetArrayDataReference(_result);
            for (; x < width; x += Vector128<byte>.Count)
            {
                var (left0, left1) = Vector128.Widen(Vector128.LoadUnsafe(ref left, (nuint)x));
                var (near0, near1) = Vector128.Widen(Vector128.LoadUnsafe(ref left, (nuint)x + 1));
                var (right0, right1) = Vector128.Widen(Vector128.LoadUnsafe(ref left, (nuint)x + 2));
                near0 += near0 + near0;
                near1 += near1 + near1;
                Weave(near0 + left0, near0 + right0).StoreUnsafe(ref result, (nuint)(2 * x));
                Weave(near1 + left1, near1 + right1).StoreUnsafe(ref result, (nuint)(2 * x + Vector128<byte>.Count));
            }
        }

        for (; x < width; x++)
        {
            var near = 3 * samples[x + 1];
            _result[2 * x] = (byte)((near + samples[x] + 1) >> 2);
            _result[2 * x + 1] = (byte)((near + samples[x + 2] + 2) >> 2);
        }

        static Vector128<byte> Weave(Vector128<ushort> even, Vector128<ushort> odd) =>
            (((even + Vector128.Create((ushort)1)) >> 2) | (((odd + Vector128.Create((ushort)2)) >> 2) << 8)).AsByte();
    }

    /// <summary>Both at once: the sums of rows keep their fraction.</summary>
    private void InterpolateBoth(ReadOnlySpan<byte> samples, ReadOnlySpan<byte> other)
    {
        var width = _component.Width;
        ref byte near = ref MemoryMarshal.GetReference(samples), far = ref MemoryMarshal.GetReference(other);
        ref var sums = ref MemoryMarshal.GetArrayDataReference(_sums);
        var x = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            for (; x < width; x += Vector128<byte>.Count)
            {
                var (low, high) = WeighDown(ref near, ref far, x);
                low.StoreUnsafe(ref sums, (nuint)x + 1);
                high.StoreUnsafe(ref sums, (nuint)x + 1 + (nuint)Vector128<ushort>.Count);
            }
        }

        for (; x < width; x++)
        {
            _sums[x + 1] = (ushort)(3 * samples[x] + other[x]);
        }

        (_sums[0], _sums[width + 1]) = (_sums[1], _sums[width]);
        x = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            ref var result = ref MemoryMarshal.GetArrayDataReference(_result);
            Vector128<ushort> eight = Vector128.Create((ushort)8), seven = Vector128.Create((ushort)7);
            for (; x < width; x += Vector128<ushort>.Count)
            {
                var here = Vector128.LoadUnsafe(ref sums, (nuint)x + 1);
                here += here + here;
                var even = here + Vector128.LoadUnsafe(ref sums, (nuint)x) + eight;
                var odd = here + Vector128.LoadUnsafe(ref sums, (nuint)x + 2) + seven;
                ((even >> 4) | ((odd >> 4) << 8)).AsByte().StoreUnsafe(ref result, (nuint)(2 * x));
            }
        }

        for (; x < width; x++)
        {
            var here = 3 * _sums[x + 1];
            _result[2 * x] = (byte)((here + _sums[x] + 8) >> 4);
            _result[2 * x + 1] = (byte)((here + _sums[x + 2] + 7) >> 4);
        }
    }

    private static (Vector128<ushort> Low, Vector128<ushort> High) WeighDown(ref byte near, ref byte far, int x)
    {
        var (near0, near1) = Vector128.Widen(Vector128.LoadUnsafe(ref near, (nuint)x));
        var (far0, far1) = Vector128.Widen(Vector128.LoadUnsafe(ref far, (nuint)x));
        return (near0 + near0 + near0 + far0, near1 + near1 + near1 + far1);
    }
}
