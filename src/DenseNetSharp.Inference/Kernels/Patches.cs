using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DenseNetSharp.Inference.Packing;

namespace DenseNetSharp.Inference.Kernels;

/// <summary>Packs the stem's 7x7 windows, two pixels apart, for a product.</summary>
internal static unsafe class Patches
{
    /// <summary>Packs windows that lie side by side.</summary>
    /// <param name="lines">The first window's upper left value; the lines of all window rows and channels follow one another.</param>
    /// <param name="lineStride">From one to the next.</param>
    /// <param name="windowRows">Rows of a window over all channels.</param>
    /// <param name="rows">Windows.</param>
    /// <param name="packed">Receives a row for each: 7 values a line, 18 lines a chunk.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack(float* lines, nint lineStride, int windowRows, int rows, float* packed)
    {
        for (var start = 0; start < windowRows; start += PackedStem.RowsOfChunk)
        {
            var end = Math.Min(start + PackedStem.RowsOfChunk, windowRows);
            for (var row = 0; row < rows; row++)
            {
                var from = lines + (start * lineStride) + (2 * row);
                var to = packed;
                for (var line = start; line < end; line++)
                {
                    // Seven values as two overlapping vectors of four.
                    Vector128.Load(from).Store(to);
                    Vector128.Load(from + 3).Store(to + 3);
                    from += lineStride;
                    to += PackedStem.Window;
                }

                packed += PackedRows.Stride;
            }
        }
    }
}
