namespace ChestXray;

/// <summary>A folder of generated images with their labels, laid out as NIH's ChestX-ray14 is.</summary>
internal static class GeneratedSet
{
    /// <summary>Writes <c>images/00001.png</c> and so on, and <c>labels.csv</c>; the same ones every time.</summary>
    /// <param name="folder">The folder; made if it is not there.</param>
    /// <param name="count">The number of images.</param>
    /// <returns>The path of <c>labels.csv</c>.</returns>
    public static string Write(string folder, int count)
    {
        Directory.CreateDirectory(Path.Combine(folder, "images"));
        var rows = new string[count];
        Parallel.For(0, count, i =>
        {
            var (image, findings) = RadiographGenerator.Draw(seed: i);
            var name = $"images/{i + 1:D5}.png";
            using var file = File.Create(Path.Combine(folder, name));
            image.SavePng(file);
            rows[i] = $"{name},{(findings.Count == 0 ? "No Finding" : string.Join('|', findings))}";
        });
        var labels = Path.Combine(folder, "labels.csv");
        File.WriteAllLines(labels, ["Image Index,Finding Labels", .. rows]);
        return labels;
    }
}
