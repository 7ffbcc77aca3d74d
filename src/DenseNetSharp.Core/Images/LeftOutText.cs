namespace DenseNetSharp.Images;

/// <summary>What is said of files that were not taken for images.</summary>
internal static class LeftOutText
{
    private const string NoEnding = "without ending";

    /// <summary>Counts files by ending, whatever the case, the most frequent first and those without ending last:
    /// <c>3 .txt, 1 .dcm, 2 without ending</c>.</summary>
    /// <param name="files">Their names or paths. An image's is one that lies in no class's folder.</param>
    public static string Counted(IEnumerable<string> files) => string.Join(", ", files
        .GroupBy(KindOf)
        .OrderBy(kind => kind.Key == NoEnding)
        .ThenByDescending(kind => kind.Count())
        .ThenBy(kind => kind.Key, StringComparer.Ordinal)
        .Select(kind => $"{kind.Count()} {kind.Key}"));

    private static string KindOf(string file) => Path.GetExtension(file).ToLowerInvariant() switch
    {
        "" => NoEnding,
        var ending when ImageFiles.HasImageExtension(file) => $"{ending} in no class's folder",
        var ending => ending,
    };
}
