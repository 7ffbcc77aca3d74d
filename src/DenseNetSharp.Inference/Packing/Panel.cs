namespace DenseNetSharp.Inference.Packing;

/// <summary>Neighbouring columns of a matrix that one tile of a product computes.</summary>
/// <param name="Column">The first column.</param>
/// <param name="Vectors">Columns, in vectors: 1, 2 or 3.</param>
internal readonly record struct Panel(int Column, int Vectors)
{
    /// <summary>
    /// Divides columns into panels of two vectors, one of three or one where they do not come out even. No panel crosses a
    /// multiple of <paramref name="chunk"/> columns, where outputs may continue elsewhere.
    /// </summary>
    public static Panel[] Divide(int columns, int lanes, int chunk)
    {
        var panels = new List<Panel>();
        for (var start = 0; start < columns; start += chunk)
        {
            var left = Division.Up(Math.Min(chunk, columns - start), lanes);
            var column = start;
            while (left > 0)
            {
                var vectors = left == 3 ? 3 : Math.Min(left, 2);
                panels.Add(new Panel(column, vectors));
                column += vectors * lanes;
                left -= vectors;
            }
        }

        return [.. panels];
    }
}
