using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DenseNetSharp.Images.Formats.Jpeg;

/// <summary>A block's measures, and the order in which its coefficients come (ITU T.81, figure A.6).</summary>
internal static class JpegBlock
{
    public const int Side = 8, Length = Side * Side;

    /// <summary>The place of each coefficient in a block of rows; damaged data can go on for 16 past the last, which is hit again then.</summary>
    public static ReadOnlySpan<byte> ZigZag =>
    [
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5,
        12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
        35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
        58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
        63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63,
    ];

    /// <summary>A coefficient of a block by its place in zig-zag order, less than 80.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref short At(ref short block, int place) =>
        ref Unsafe.Add(ref block, (nint)Unsafe.Add(ref MemoryMarshal.GetReference(ZigZag), place));
}
