namespace DenseNetSharp.Inference.Packing;

/// <summary>
/// Winograd's minimal filtering for 3x3 convolutions (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks",
/// arXiv 1509.09308): a tile of outputs from a tile of inputs two pixels larger, as many products as the input tile has
/// pixels, in a transformed domain.
/// </summary>
/// <param name="tile">Outputs of a tile, on each side.</param>
internal sealed class WinogradScheme(int tile)
{
    /// <summary>F(4x4, 3x3) evaluates at 0, this, <see cref="SecondPoint"/>, their negatives and infinity.</summary>
    public const double FirstPoint = 5 / 8.0;

    /// <summary>See <see cref="FirstPoint"/>.</summary>
    public const double SecondPoint = 3 / 2.0;

    /// <summary>F(2x2, 3x3): 4 products an output instead of 9.</summary>
    public static WinogradScheme Two { get; } = new(2)
    {
        Filter = new[,] { { 1, 0, 0 }, { 0.5, 0.5, 0.5 }, { 0.5, -0.5, 0.5 }, { 0, 0, 1 } },
    };

    /// <summary>F(4x4, 3x3): 2.25 products an output instead of 9.</summary>
    public static WinogradScheme Four { get; } = new(4) { Filter = FilterOfFour(FirstPoint, SecondPoint) };

    /// <summary>Outputs of a tile, on each side.</summary>
    public int Tile => tile;

    /// <summary>Inputs of a tile, on each side.</summary>
    public int Input => Tile + 2;

    /// <summary>Products of a tile.</summary>
    public int Positions => Input * Input;

    /// <summary>G of the paper, [Input, 3]: a filter g becomes G g G^T.</summary>
    public required double[,] Filter { get; init; }

    /// <summary>Tiles that cover so many outputs in a row.</summary>
    public int Tiles(int outputs) => Division.Up(outputs, Tile);

    /// <summary>Transforms one 3x3 filter.</summary>
    /// <param name="filter">[3, 3].</param>
    /// <param name="transformed">Receives [Input, Input].</param>
    public void TransformFilter(ReadOnlySpan<float> filter, Span<float> transformed)
    {
        Span<double> half = stackalloc double[Input * 3];
        var g = Filter;
        for (var i = 0; i < Input; i++)
        {
            for (var x = 0; x < 3; x++)
            {
                half[(i * 3) + x] = (g[i, 0] * filter[x]) + (g[i, 1] * filter[3 + x]) + (g[i, 2] * filter[6 + x]);
            }
        }

        for (var i = 0; i < Input; i++)
        {
            for (var j = 0; j < Input; j++)
            {
                var row = half.Slice(i * 3, 3);
                transformed[(i * Input) + j] = (float)((row[0] * g[j, 0]) + (row[1] * g[j, 1]) + (row[2] * g[j, 2]));
            }
        }
    }

    /// <summary>For each point p the powers of p over the product of its distances from the other points.</summary>
    private static double[,] FilterOfFour(double a, double b)
    {
        var (ofZero, ofA, ofB) = (a * a * b * b, 2 * a * a * ((a * a) - (b * b)), 2 * b * b * ((b * b) - (a * a)));
        return new[,]
        {
            { 1 / ofZero, 0, 0 },
            { 1 / ofA, a / ofA, a * a / ofA },
            { 1 / ofA, -a / ofA, a * a / ofA },
            { 1 / ofB, b / ofB, b * b / ofB },
            { 1 / ofB, -b / ofB, b * b / ofB },
            { 0, 0, 1 },
        };
    }
}
