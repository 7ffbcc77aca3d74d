using System.Globalization;

namespace DenseNetSharp.Benchmarks;

/// <summary>One thing to time.</summary>
/// <param name="Model">The network's name; for images the filter's.</param>
/// <param name="Batch">Images at once.</param>
/// <param name="Size">Their height and width; what the shorter side of a photo is resized to.</param>
/// <param name="Kind">
/// <c>forward</c>, <c>training</c>, <c>efficient-training</c>, <c>load</c> for a checkpoint, <c>resize</c> for a decoded
/// photo, <c>preprocess</c> for a photo from its file to a network's floats, <c>preprocess-all</c> for a folder of them, or
/// <c>load-epoch</c> for one epoch of a training loader over a folder.
/// </param>
/// <param name="File">The checkpoint, photo or folder that is loaded, or null.</param>
internal sealed record Job(string Model, int Batch, int Size, string Kind, string? File = null)
{
    /// <summary>How the peers are told.</summary>
    public string Line => string.Create(CultureInfo.InvariantCulture, $"{Model} {Batch} {Size} {Kind} {File}").TrimEnd();

    /// <summary>What people read.</summary>
    public override string ToString() => File is null ? Line : $"{Model} {Kind} {Path.GetFileName(File)}";

    public static Job Parse(string text)
    {
        var parts = text.Split(' ', 5);
        return new Job(
            parts[0],
            int.Parse(parts[1], CultureInfo.InvariantCulture),
            int.Parse(parts[2], CultureInfo.InvariantCulture),
            parts[3],
            parts.ElementAtOrDefault(4));
    }
}
