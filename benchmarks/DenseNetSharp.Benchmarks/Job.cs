using System.Globalization;

namespace DenseNetSharp.Benchmarks;

/// <summary>One thing to time.</summary>
/// <param name="Model">The network's name.</param>
/// <param name="Batch">Images at once.</param>
/// <param name="Size">Their height and width.</param>
/// <param name="Kind"><c>forward</c>, <c>training</c> or <c>efficient-training</c>.</param>
internal sealed record Job(string Model, int Batch, int Size, string Kind)
{
    /// <summary>How the peers are told.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Model} {Batch} {Size} {Kind}");

    public static Job Parse(string text)
    {
        var parts = text.Split(' ');
        return new Job(parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture), int.Parse(parts[2], CultureInfo.InvariantCulture), parts[3]);
    }
}
