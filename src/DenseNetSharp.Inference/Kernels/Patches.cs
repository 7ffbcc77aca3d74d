using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DenseNetSharp.Inference.Packing;

namespace DenseNetSharp.Inference.Kernels;

/// <summary>Packs the windows of the stem's first convolution for a product.</summary>
internal static unsafe class Patches
{
    /// <summary>Packs windows that lie side by side.</summary>
    /// <param name="lines">The first window's upper left value; the lines of all window rows and channels follow one another.</param>
    /// <param name="lineStride">From one to the next.</param>
    /// <param name="stem">The windows: of 7x7 or 3x3 pixels, one or two pixels apart.</param>
    /// <param name="rows">Windows.</param>
    /// <param name="packed">Receives a row for each: as many values a line as the window is wide, whole lines in a chunk.</param>
    public static void Pack(float* lines, nint lineStride, PackedStem stem, int rows, float* packed)
    {
        if (stem.Window == PackedStem.LargeWindow)
        {
            Pack<C7>(lines, lineStride, stem, rows, packed);
        }
        else
        {
            Pack<C3>(lines, lineStride, stem, rows, packed);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pack<TWindow>(float* lines, nint lineStride, PackedStem stem, int rows, float* packed)
        where TWindow : IConstant
    {
        var step = stem.Step;
        for (var start = 0; start < stem.WindowRows; start += stem.RowsOfChunk)
        {
            var end = Math.Min(start + stem.RowsOfChunk, stem.WindowRows);
            for (var row = 0; row < rows; row++)
            {
                var from = lines + (start * lineStride) + (step * row);
                var to = packed;
                for (var line = start; line < end; line++)
                {
                    // Seven values as two overlapping vectors of four; three and one more, which the next line covers.
                    Vector128.Load(from).Store(to);
                    if (TWindow.Value == PackedStem.LargeWindow)
                    {
                        Vector128.Load(from + 3).Store(to + 3);
                    }

                    from += lineStride;
                    to += TWindow.Value;
                }

                packed += PackedRows.Stride;
            }
        }
    }
}
