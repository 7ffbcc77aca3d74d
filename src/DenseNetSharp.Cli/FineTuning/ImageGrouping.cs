using System.Text.RegularExpressions;
using DenseNetSharp.Cli.Data;
using DenseNetSharp.Cli.Options;
using DenseNetSharp.Cli.Output;
using DenseNetSharp.Datasets;

namespace DenseNetSharp.Cli.FineTuning;

/// <summary>What images belong to, and are not divided from.</summary>
/// <param name="Name">What a command line or a table calls it.</param>
/// <param name="Pattern">What tells it by the images' paths; null where a table's column does.</param>
internal sealed record ImageGrouping(string Name, Regex? Pattern)
{
    /// <summary>What a command line says that images belong to; null for nothing.</summary>
    /// <param name="table">The table of the images, if there is one.</param>
    /// <param name="pattern">A regular expression, or null.</param>
    /// <exception cref="UsageException">It says two things, or the pattern is none.</exception>
    public static ImageGrouping? Of(TableChoice? table, string? pattern)
    {
        var column = table?.Given.GetValueOrDefault(TableChoice.GroupColumn);
        if (pattern is null)
        {
            return column is null ? null : new ImageGrouping(column, null);
        }

        if (column is not null)
        {
            throw new UsageException($"--{TableChoice.GroupColumn} and --{RunNotes.GroupPattern} are two ways to say the same; give one of them.");
        }

        try
        {
            // Without backtracking no pattern takes long.
            var regex = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return regex.GetGroupNumbers().Length <= 2
                ? new ImageGrouping($"--{RunNotes.GroupPattern} {pattern}", regex)
                : throw new UsageException(
                    $"--{RunNotes.GroupPattern} is {pattern}, which has several groups in parentheses; one says what is meant, others are written "
                    + "(?:...).");
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw new UsageException($"--{RunNotes.GroupPattern} is {pattern}, which is no regular expression that can be used: {exception.Message}");
        }
    }

    /// <summary>The images with what they belong to; says on standard error which belong to nothing.</summary>
    /// <param name="images">The images.</param>
    /// <param name="folder">What the paths that the pattern is looked for in begin after.</param>
    /// <exception cref="InvalidDataException">No path has the pattern.</exception>
    public ImageDataset Apply(ImageDataset images, string folder)
    {
        if (Pattern is null)
        {
            return images;
        }

        LabelledImage[] grouped = [.. images.Images.Select(image => image with { Group = GroupOf(Path.GetRelativePath(folder, image.Path)) })];
        var without = grouped.Where(image => image.Group is null).ToArray();
        if (without.Length == grouped.Length)
        {
            throw new InvalidDataException($"{Name} occurs in no path in {folder}, such as {Path.GetRelativePath(folder, without[0].Path)}.");
        }

        if (without.Length > 0)
        {
            Console.Error.WriteLine(Terminal.Printable(
                $"densenet: {Name} does not occur in {without.Length} of {grouped.Length} paths, such as {Path.GetRelativePath(folder, without[0].Path)}: each "
                + "of those is a group of its own"));
        }

        return new ImageDataset(images.ClassNames, grouped, images.Task);
    }

    /// <summary>Refuses images that cannot be divided.</summary>
    /// <exception cref="InvalidDataException">All belong to one.</exception>
    public void RequireSeveral(ImageDataset images)
    {
        if (images.Images.Count > 1 && images.Images[0].Group is { } only && images.Images.All(image => image.Group == only))
        {
            throw new InvalidDataException(
                $"All {images.Images.Count} images have the same {Name}, '{only}', so that none can be held out; name another, or hold nothing out (--val 0).");
        }
    }

    private string? GroupOf(string path)
    {
        var match = Pattern!.Match(path.Replace('\\', '/'));
        var meant = match.Groups.Count > 1 ? match.Groups[Pattern.GetGroupNumbers()[1]] : match;
        return match.Success && meant.Success ? meant.Value : null;
    }
}
