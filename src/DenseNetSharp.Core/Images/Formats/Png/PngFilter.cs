namespace DenseNetSharp.Images.Formats.Png;

/// <summary>The five row filters (PNG specification, 9.2), in both directions.</summary>
internal static class PngFilter
{
    /// <summary>How many filters there are; they are numbered from 0.</summary>
    public const int Count = 5;

    /// <summary>Turns a filtered row into the row itself, in place.</summary>
    /// <param name="filter">The filter's number.</param>
    /// <param name="row">The filtered bytes.</param>
    /// <param name="above">The row above, zeros for a pass's first.</param>
    /// <param name="step">The bytes from a pixel to its left neighbour, at least 1.</param>
    public static void Undo(int filter, Span<byte> row, ReadOnlySpan<byte> above, int step)
    {
        above = above[..row.Length];
        switch (filter)
        {
            case 0:
                return;
            case 1:
                for (var i = step; i < row.Length; i++)
                {
                    row[i] += row[i - step];
                }

                return;
            case 2:
                for (var i = 0; i < row.Length; i++)
                {
                    row[i] += above[i];
                }

                return;
            case 3:
                for (var i = 0; i < row.Length; i++)
                {
                    var left = i >= step ? row[i - step] : 0;
                    row[i] += (byte)((left + above[i]) / 2);
                }

                return;
            case 4:
                for (var i = 0; i < row.Length; i++)
                {
                    var first = i < step;
                    row[i] += Paeth(first ? 0 : row[i - step], above[i], first ? 0 : above[i - step]);
                }

                return;
            default:
                throw new ImageFormatException($"a row names filter {filter}, which PNG does not define");
        }
    }

    /// <summary>Filters a row.</summary>
    /// <param name="filter">The filter's number.</param>
    /// <param name="row">The row itself.</param>
    /// <param name="above">The row above, zeros for the first.</param>
    /// <param name="step">The bytes from a pixel to its left neighbour.</param>
    /// <param name="filtered">Receives the filtered bytes.</param>
    public static void Apply(int filter, ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, int step, Span<byte> filtered)
    {
        for (var i = 0; i < row.Length; i++)
        {
            var left = i >= step ? row[i - step] : 0;
            var corner = i >= step ? above[i - step] : 0;
            var guess = filter switch
            {
                1 => left,
                2 => above[i],
                3 => (left + above[i]) / 2,
                4 => Paeth(left, above[i], corner),
                _ => 0,
            };
            filtered[i] = (byte)(row[i] - guess);
        }
    }

    private static byte Paeth(int left, int above, int corner)
    {
        int fromLeft = Math.Abs(above - corner), fromAbove = Math.Abs(left - corner);
        var fromCorner = Math.Abs(left + above - 2 * corner);
        return (byte)(fromLeft <= fromAbove && fromLeft <= fromCorner ? left : fromAbove <= fromCorner ? above : corner);
    }
}
