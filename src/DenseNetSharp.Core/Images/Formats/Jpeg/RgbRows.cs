using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DenseNetSharp.Images.Formats.Jpeg;

/// <summary>Rows of three channels as pixels of three bytes; YCbCr in libjpeg's fixed point.</summary>
internal static class RgbRows
{
    private const int Lanes = 16, Bits = 16, Half = 1 << (Bits - 1);

    // 1.402, 1.772, -0.71414 and -0.34414, and what is left of them beside whole numbers.
    private const int RedOfCr = 91881, BlueOfCb = 116130, GreenOfCr = -46802, GreenOfCb = -22554;
    private const short RestOfRed = RedOfCr - (1 << Bits), RestOfBlue = BlueOfCb - (2 << Bits), RestOfGreen = GreenOfCr + (1 << Bits);

    /// <summary>Puts three channels together.</summary>
    /// <param name="red">The first, with at least 16 bytes more than there are pixels, as the others.</param>
    /// <param name="green">The second.</param>
    /// <param name="blue">The third.</param>
    /// <param name="rgb">Receives the pixels.</param>
    public static void Interleave(ReadOnlySpan<byte> red, ReadOnlySpan<byte> green, ReadOnlySpan<byte> blue, Span<byte> rgb)
    {
        var x = 0;
        var width = rgb.Length / 3;
        if (Vector128.IsHardwareAccelerated)
        {
            for (; x < width; x += Lanes)
            {
                Store(Load(red, x), Load(green, x), Load(blue, x), rgb, x);
            }
        }

        for (; x < width; x++)
        {
            (rgb[3 * x], rgb[3 * x + 1], rgb[3 * x + 2]) = (red[x], green[x], blue[x]);
        }
    }

    /// <summary>Converts luma and chroma.</summary>
    /// <param name="luma">Y, with at least 16 bytes more than there are pixels, as the others.</param>
    /// <param name="blue">Cb.</param>
    /// <param name="red">Cr.</param>
    /// <param name="rgb">Receives the pixels.</param>
    public static void FromYCbCr(ReadOnlySpan<byte> luma, ReadOnlySpan<byte> blue, ReadOnlySpan<byte> red, Span<byte> rgb)
    {
        var x = 0;
        var width = rgb.Length / 3;
        if (Avx2.IsSupported)
        {
            for (; x < width; x += Lanes)
            {
                ConvertLanes(luma, blue, red, rgb, x);
            }
        }

        for (; x < width; x++)
        {
            (rgb[3 * x], rgb[3 * x + 1], rgb[3 * x + 2]) = FromYCbCr(luma[x], blue[x], red[x]);
        }
    }

    /// <summary>Converts one pixel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (byte Red, byte Green, byte Blue) FromYCbCr(byte luma, byte blue, byte red)
    {
        int y = luma, cb = blue - 128, cr = red - 128;
        return (
            Clip(y + ((RedOfCr * cr + Half) >> Bits)),
            Clip(y + ((GreenOfCb * cb + GreenOfCr * cr + Half) >> Bits)),
            Clip(y + ((BlueOfCb * cb + Half) >> Bits)));
    }

    /// <summary>Converts 16 pixels. The products' whole parts are added apart, so that what is left fits into 16 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ConvertLanes(ReadOnlySpan<byte> luma, ReadOnlySpan<byte> blue, ReadOnlySpan<byte> red, Span<byte> rgb, int x)
    {
        var center = Vector256.Create((short)128);
        var one = Vector256<short>.One;
        var y = Avx2.ConvertToVector256Int16(Load(luma, x));
        var cb = Avx2.ConvertToVector256Int16(Load(blue, x)) - center;
        var cr = Avx2.ConvertToVector256Int16(Load(red, x)) - center;

        // Twice the product's upper half, plus one, halved: rounded.
        var redPart = ((Avx2.MultiplyHigh(cr + cr, Vector256.Create(RestOfRed)) + one) >> 1) + cr;
        var bluePart = ((Avx2.MultiplyHigh(cb + cb, Vector256.Create(RestOfBlue)) + one) >> 1) + cb + cb;
        var factors = Vector256.Create(RestOfGreen << 16 | (GreenOfCb & 0xFFFF)).AsInt16();
        var half = Vector256.Create(Half);
        var greenLow = (Avx2.MultiplyAddAdjacent(Avx2.UnpackLow(cb, cr), factors) + half) >> Bits;
        var greenHigh = (Avx2.MultiplyAddAdjacent(Avx2.UnpackHigh(cb, cr), factors) + half) >> Bits;
        var greenPart = Avx2.PackSignedSaturate(greenLow, greenHigh) - cr;
        Store(Narrow(y + redPart), Narrow(y + greenPart), Narrow(y + bluePart), rgb, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Narrow(Vector256<short> values) => Sse2.PackUnsignedSaturate(values.GetLower(), values.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Load(ReadOnlySpan<byte> row, int x) => Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(row), (nuint)x);

    /// <summary>Writes 16 pixels, or as many as the row has left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector128<byte> red, Vector128<byte> green, Vector128<byte> blue, Span<byte> rgb, int x)
    {
        const byte no = 255;
        var first = Vector128.Shuffle(red, Vector128.Create((byte)0, no, no, 1, no, no, 2, no, no, 3, no, no, 4, no, no, 5))
            | Vector128.Shuffle(green, Vector128.Create(no, 0, no, no, 1, no, no, 2, no, no, 3, no, no, 4, no, no))
            | Vector128.Shuffle(blue, Vector128.Create(no, no, 0, no, no, 1, no, no, 2, no, no, 3, no, no, 4, no));
        var second = Vector128.Shuffle(red, Vector128.Create(no, no, 6, no, no, 7, no, no, 8, no, no, 9, no, no, 10, no))
            | Vector128.Shuffle(green, Vector128.Create((byte)5, no, no, 6, no, no, 7, no, no, 8, no, no, 9, no, no, 10))
            | Vector128.Shuffle(blue, Vector128.Create(no, 5, no, no, 6, no, no, 7, no, no, 8, no, no, 9, no, no));
        var third = Vector128.Shuffle(red, Vector128.Create(no, 11, no, no, 12, no, no, 13, no, no, 14, no, no, 15, no, no))
            | Vector128.Shuffle(green, Vector128.Create(no, no, 11, no, no, 12, no, no, 13, no, no, 14, no, no, 15, no))
            | Vector128.Shuffle(blue, Vector128.Create((byte)10, no, no, 11, no, no, 12, no, no, 13, no, no, 14, no, no, 15));
        var left = rgb[(3 * x)..];
        if (left.Length >= 3 * Lanes)
        {
            ref var target = ref MemoryMarshal.GetReference(left);
            first.StoreUnsafe(ref target);
            second.StoreUnsafe(ref target, Lanes);
            third.StoreUnsafe(ref target, 2 * Lanes);
            return;
        }

        StoreEnd(first, second, third, left);
    }

    private static void StoreEnd(Vector128<byte> first, Vector128<byte> second, Vector128<byte> third, Span<byte> left)
    {
        Span<byte> pixels = stackalloc byte[3 * Lanes];
        first.CopyTo(pixels);
        second.CopyTo(pixels[Lanes..]);
        third.CopyTo(pixels[(2 * Lanes)..]);
        pixels[..left.Length].CopyTo(left);
    }

    private static byte Clip(int value) => (byte)Math.Clamp(value, 0, 255);
}
