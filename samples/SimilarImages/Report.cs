using System.Globalization;
using DenseNetSharp.Images;
using DenseNetSharp.Images.Augmentation;

namespace SimilarImages;

/// <summary>A row of the contact sheet.</summary>
internal sealed record Row(Picture Query, Neighbour[] Nearest);

/// <summary>What is printed, drawn and written.</summary>
internal sealed class Report(string folder, float threshold)
{
    private const int ShownPairs = 20;
    private const int CellSide = 96;
    private static readonly RgbColor _query = new(31, 119, 180);
    private static readonly RgbColor _nearDuplicate = new(214, 39, 40);

    public void Unreadable(Picture picture, Exception error) => Console.Error.WriteLine($"Left out {Name(picture)}: {error.Message}");

    public static void Speed(int count, int features, TimeSpan time) => Console.WriteLine(
        $"{count} images, {features} features each, in {time.TotalSeconds:F1} s: {count / time.TotalMinutes:N0} a minute, decoding included.");

    /// <summary>Prints the pairs that are more alike than the threshold, as far as one is among the other's nearest.</summary>
    public void NearDuplicates(FeatureIndex index, Neighbour[][] nearest)
    {
        var pairs = nearest.Index()
            .SelectMany(item => item.Item.Select(other => (
                First: Math.Min(item.Index, other.Picture), Second: Math.Max(item.Index, other.Picture), other.Cosine)))
            .DistinctBy(pair => (pair.First, pair.Second))
            .OrderByDescending(pair => pair.Cosine)
            .ToArray();
        var found = pairs.TakeWhile(IsNear).Count();
        Console.WriteLine($"Pairs of near-duplicates (cosine {threshold} or more): {found}");
        foreach (var (first, second, cosine) in pairs.Take(Math.Clamp(found, 1, ShownPairs)))
        {
            Console.WriteLine($"  {(cosine >= threshold ? "" : "most alike: ")}{Name(index.Pictures[first])} and {Name(index.Pictures[second])}: {cosine:F4}");
        }

        if (found > ShownPairs)
        {
            Console.WriteLine($"  and {found - ShownPairs} more");
        }

        bool IsNear((int First, int Second, float Cosine) pair) => pair.Cosine >= threshold;
    }

    /// <summary>Prints how often the nearest neighbour lies in the picture's own folder: how well the features tell classes apart.</summary>
    public static void SameFolder(FeatureIndex index, Neighbour[][] nearest)
    {
        if (index.Pictures.DistinctBy(picture => picture.Folder).Count() > 1)
        {
            var same = nearest.Index().Count(item => index.Pictures[item.Index].Folder == index.Pictures[item.Item[0].Picture].Folder);
            Console.WriteLine($"{same} of {index.Count} nearest neighbours ({same / (double)index.Count:P1}) lie in the same folder.");
        }
    }

    /// <summary>Prints how many changed copies were found as near-duplicates of their originals.</summary>
    public void Copies(FeatureIndex index, FeatureIndex copies, Neighbour[][] nearest)
    {
        Console.WriteLine("Copies made of some of the images, and looked up:");
        foreach (var change in copies.Pictures.Zip(nearest).GroupBy(item => item.First.Change))
        {
            var nearestIsOriginal = change.Where(item => index.Pictures[item.Second[0].Picture].Path == item.First.Path).ToArray();
            Console.WriteLine($"  {change.Key}: the original is nearest to {nearestIsOriginal.Length} of {change.Count()}, "
                + $"a near-duplicate of {nearestIsOriginal.Count(item => item.Second[0].Cosine >= threshold)}");
        }
    }

    /// <summary>Chooses pictures for the sheet: half of them near-duplicates, if there are so many, and others from all over.</summary>
    public IEnumerable<Row> Choose(FeatureIndex index, Neighbour[][] nearest, int count)
    {
        var rows = index.Pictures.Zip(nearest, (picture, neighbours) => new Row(picture, neighbours)).ToLookup(row => row.Nearest[0].Cosine >= threshold);
        Row[] near = [.. Spread([.. rows[true]], Math.Max(count / 2, count - rows[false].Count()))];
        return [.. near, .. Spread([.. rows[false]], count - near.Length)];
    }

    /// <summary>Draws a row for each query: the query in a blue frame, then its neighbours, near-duplicates in red frames.</summary>
    public void DrawSheet(FeatureIndex index, IReadOnlyList<Row> rows, ImageDecodeOptions decode, string path)
    {
        var columns = 1 + rows[0].Nearest.Length;
        var frames = new Dictionary<int, RgbColor>();
        foreach (var (i, row) in rows.Index())
        {
            frames[i * columns] = _query;
            foreach (var (j, _) in row.Nearest.Index().Where(item => item.Item.Cosine >= threshold))
            {
                frames[i * columns + 1 + j] = _nearDuplicate;
            }
        }

        var pictures = rows.SelectMany(row => row.Nearest.Select(neighbour => index.Pictures[neighbour.Picture]).Prepend(row.Query));
        var options = new ContactSheetOptions { Columns = columns, CellSize = CellSide };
        ContactSheet.Create(pictures.Select(picture => Enlarged(picture.Load(decode))), options, frames).SavePng(path);
        Console.WriteLine($"{path}: {rows.Count} images in blue frames, each followed by its nearest neighbours; near-duplicates in red frames.");
    }

    /// <summary>Writes every picture's nearest neighbours as CSV.</summary>
    public void WriteTable(FeatureIndex index, Neighbour[][] nearest, string path)
    {
        var lines = nearest.Index().SelectMany(item => item.Item.Index().Select(neighbour => string.Create(
            CultureInfo.InvariantCulture,
            $"{Quoted(index.Pictures[item.Index])},{neighbour.Index + 1},{Quoted(index.Pictures[neighbour.Item.Picture])},{neighbour.Item.Cosine}")));
        File.WriteAllLines(path, lines.Prepend("image,rank,neighbour,cosine"));
        Console.WriteLine($"{path}: every image's nearest neighbours.");
    }

    private static IEnumerable<Row> Spread(Row[] rows, int count)
    {
        count = Math.Min(count, rows.Length);
        return Enumerable.Range(0, count).Select(i => rows[(long)i * rows.Length / count]);
    }

    /// <summary>Makes icons and the like large enough to be seen, pixel by pixel.</summary>
    private static RgbImage Enlarged(RgbImage image)
    {
        var factor = CellSide / Math.Max(image.Width, image.Height);
        return factor < 2 ? image : ImageResizer.Resize(image, factor * image.Width, factor * image.Height, Resampling.Nearest);
    }

    private string Name(Picture picture) =>
        Path.GetRelativePath(folder, picture.Path) + (picture.Change is { } change ? $", {change}" : "");

    private string Quoted(Picture picture) => $"\"{Name(picture).Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
