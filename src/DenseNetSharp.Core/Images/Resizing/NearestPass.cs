namespace DenseNetSharp.Images.Resizing;

/// <summary>Picks pixels without weighing them, as Pillow's <c>ImagingScaleAffine</c> does.</summary>
internal static class NearestPass
{
    /// <param name="source">The image.</param>
    /// <param name="columns">The wanted columns.</param>
    /// <param name="rows">The wanted rows.</param>
    /// <param name="result">Receives them; black before.</param>
    public static void Run(Raster source, OutputRange columns, OutputRange rows, Raster result)
    {
        int[] fromX = Positions(columns), fromY = Positions(rows);
        for (var y = 0; y < fromY.Length; y++)
        {
            // What rounding pushes outside stays black.
            if (fromY[y] >= source.Height)
            {
                continue;
            }

            ReadOnlySpan<byte> input = source.Row(fromY[y]);
            var output = result.Row(y);
            if (columns.KeepsSize)
            {
                // A crop moves whole rows, many times faster.
                input.Slice(columns.First * source.Channels, output.Length).CopyTo(output);
                continue;
            }

            for (var x = 0; x < fromX.Length; x++)
            {
                if (fromX[x] < source.Width)
                {
                    input.Slice(fromX[x] * source.Channels, source.Channels).CopyTo(output[(x * source.Channels)..]);
                }
            }
        }
    }

    private static int[] Positions(OutputRange axis)
    {
        // Pillow adds the step up instead of multiplying, and the rounding errors that gather decide borderline pixels.
        var step = (double)axis.InputSize / axis.OutputSize;
        var position = step * 0.5;
        for (var i = 0; i < axis.First; i++)
        {
            position += step;
        }

        var positions = new int[axis.Count];
        for (var i = 0; i < positions.Length; i++, position += step)
        {
            positions[i] = (int)position;
        }

        return positions;
    }
}
