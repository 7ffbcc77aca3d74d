namespace DenseNetSharp.Reports;

/// <summary>How a curve is told from others.</summary>
/// <param name="Class">What the style calls its colour.</param>
/// <param name="Color">Its colour on a light ground.</param>
/// <param name="Dashes">Its dashes; null for none.</param>
internal sealed record PlotLine(string Class, string Color, string? Dashes)
{
    private static readonly string[] Palette =
        ["#1f6fb4", "#d9620a", "#23863f", "#7c4dc0", "#c42f3c", "#0a8a9e", "#8a5a3c", "#c0458f"];

    private static readonly string?[] DashPatterns = [null, "6 3", "2 3", "8 3 2 3"];

    /// <summary>A colour, and where the colours are used up dashes, of its own.</summary>
    public static PlotLine Of(int index) => new(
        $"s{index % Palette.Length}", Palette[index % Palette.Length], DashPatterns[index / Palette.Length % DashPatterns.Length]);
}
