namespace DenseNetSharp.Images.Formats.Jpeg;

/// <summary>
/// Guesses the low frequencies that a progressive file does not have exactly from the DC coefficients of 5x5 blocks, as libjpeg-turbo
/// does (after ITU T.81, K.8).
/// </summary>
/// <param name="progress">What is known of each coefficient.</param>
/// <param name="mcuRows">How many rows of MCUs there are.</param>
internal sealed class BlockSmoothing(ScanProgress progress, int mcuRows)
{
    /// <summary>Each guessed coefficient: its place in rows, and what the 25 DC coefficients count for it.</summary>
    private static readonly (int Place, int[] Weights)[] _byNeighbours =
    [
        (1, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -7, 50, 0, -50, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        (8, [0, 0, -7, 0, 0, 0, 0, 50, 0, 0, 0, 0, 0, 0, 0, 0, 0, -50, 0, 0, 0, 0, 7, 0, 0]),
        (16, [0, 0, -1, 0, 0, 0, 0, 13, 0, 0, 0, 0, -24, 0, 0, 0, 0, 13, 0, 0, 0, 0, -1, 0, 0]),
        (9, [0, -1, 0, 1, 0, -1, 10, 0, -10, 1, 0, 0, 0, 0, 0, 1, -10, 0, 10, -1, 0, 1, 0, -1, 0]),
        (2, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, 13, -24, 13, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    ];

    /// <summary>The same where no AC coefficient is known at all: a bell over all 25, for the DC coefficient too.</summary>
    private static readonly (int Place, int[] Weights)[] _byBell =
    [
        (1, [-1, -1, 0, 1, 1, -3, 13, 0, -13, 3, -3, 38, 0, -38, 3, -3, 13, 0, -13, 3, -1, -1, 0, 1, 1]),
        (8, [-1, -3, -3, -3, -1, -1, 13, 38, 13, -1, 0, 0, 0, 0, 0, 1, -13, -38, -13, 1, 1, 3, 3, 3, 1]),
        (16, [0, 0, 1, 0, 0, 0, 2, 7, 2, 0, 0, -5, -14, -5, 0, 0, 2, 7, 2, 0, 0, 0, 1, 0, 0]),
        (9, [-1, 0, 0, 0, 1, 0, 9, 0, -9, 0, 0, 0, 0, 0, 0, 0, -9, 0, 9, 0, 1, 0, 0, 0, -1]),
        (2, [0, 0, 0, 0, 0, 0, 2, -5, 2, 0, 1, 7, -14, 7, 1, 0, 2, -5, 2, 0, 0, 0, 0, 0, 0]),
        (3, [0, 0, 0, 0, 0, 0, 1, 0, -1, 0, 0, 2, 0, -2, 0, 0, 1, 0, -1, 0, 0, 0, 0, 0, 0]),
        (10, [0, 0, 0, 0, 0, 0, 1, -3, 1, 0, 0, 0, 0, 0, 0, 0, -1, 3, -1, 0, 0, 0, 0, 0, 0]),
        (17, [0, 0, 0, 0, 0, 0, 1, 0, -1, 0, 0, -3, 0, 3, 0, 0, 1, 0, -1, 0, 0, 0, 0, 0, 0]),
        (24, [0, 0, 0, 0, 0, 0, 1, 2, 1, 0, 0, 0, 0, 0, 0, 0, -1, -2, -1, 0, 0, 0, 0, 0, 0]),
        (0, [-2, -6, -8, -6, -2, -6, 6, 42, 6, -6, -8, 42, 152, 42, -8, -6, 6, 42, 6, -6, -2, -6, -8, -6, -2]),
    ];

    /// <summary>Whether there is anything to guess, and something to guess it from.</summary>
    public static bool IsUseful(ScanProgress progress, JpegFrame frame)
    {
        var isUseful = false;
        foreach (var component in frame.Components)
        {
            if (component.Quantization is not { } quantization || progress.OpenBits(component.Index, 0) < 0)
            {
                return false;
            }

            for (var i = 0; i < ScanProgress.Guessed; i++)
            {
                if (quantization[JpegBlock.ZigZag[i]] == 0)
                {
                    return false;
                }

                isUseful |= i > 0 && progress.OpenBits(component.Index, i) != 0;
            }
        }

        return isUseful;
    }

    /// <summary>Copies a block with guesses in it.</summary>
    /// <param name="component">Its component.</param>
    /// <param name="mcuRow">The row of MCUs that it is in.</param>
    /// <param name="x">Its place in the component.</param>
    /// <param name="y">Its row there.</param>
    /// <param name="block">Receives it.</param>
    public void Fill(JpegComponent component, int mcuRow, int x, int y, Span<short> block)
    {
        component.Coefficients.AsSpan((y * component.WidthInBlocks + x) * JpegBlock.Length, JpegBlock.Length).CopyTo(block);
        var quantization = component.Quantization!;
        long dcFactor = (ushort)quantization[0];
        Span<int> neighbours = stackalloc int[25];
        Gather(component, mcuRow, x, y, neighbours);
        var isUnknown = true;
        for (var i = 1; i < ScanProgress.Guessed; i++)
        {
            isUnknown &= OpenBits(i) < 0;
        }

        foreach (var (place, weights) in isUnknown ? _byBell : _byNeighbours)
        {
            var open = place == 0 ? -1 : OpenBits(JpegBlock.ZigZag[..ScanProgress.Guessed].IndexOf((byte)place));
            if (open == 0 || (place != 0 && block[place] != 0))
            {
                continue;
            }

            var sum = 0;
            for (var i = 0; i < weights.Length; i++)
            {
                sum += weights[i] * neighbours[i];
            }

            // Rounded; a coefficient whose upper bits are known to be zero stays below them.
            long factor = (ushort)quantization[place], product = dcFactor * sum;
            var guess = ((factor << 7) + Math.Abs(product)) / (factor << 8);
            if (open > 0 && guess >= 1 << open)
            {
                guess = (1 << open) - 1;
            }

            block[place] = (short)(product < 0 ? -guess : guess);
        }

        int OpenBits(int coefficient) => progress.OpenBitsAt(component.Index, coefficient, mcuRow);
    }

    /// <summary>The DC coefficients of 5x5 blocks. At the edges the last ones are repeated, and so are those at the first and last rows of MCUs.</summary>
    private void Gather(JpegComponent component, int mcuRow, int x, int y, Span<int> neighbours)
    {
        int row = y - mcuRow * component.Vertical, last = mcuRows - 1;
        var end = mcuRow < last ? component.Vertical : component.HeightInBlocks - mcuRow * component.Vertical;
        var above = row > 0 || mcuRow > 0 ? y - 1 : y;
        var below = row < end - 1 || mcuRow < last ? y + 1 : y;
        ReadOnlySpan<int> rows =
        [
            row > 1 || mcuRow > 1 ? y - 2 : above, above, y, below,
            row < end - 2 || mcuRow < last - 1 ? y + 2 : below,
        ];
        for (var down = 0; down < rows.Length; down++)
        {
            for (var across = -2; across <= 2; across++)
            {
                var column = Math.Clamp(x + across, 0, component.WidthInBlocks - 1);
                neighbours[5 * down + across + 2] = component.Coefficients[(rows[down] * component.WidthInBlocks + column) * JpegBlock.Length];
            }
        }
    }
}
