namespace DenseNetSharp.Docs.Tests;

/// <summary>The README and the articles, where they lie in the clone.</summary>
internal static class Documents
{
    /// <summary>The clone's root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Their paths, relative to the root, with forward slashes.</summary>
    public static IReadOnlyList<string> Paths { get; } =
    [
        "README.md",
        .. Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>A document's lines.</summary>
    public static string[] Lines(string path) => File.ReadAllLines(Path.Combine(Root, path));

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "DenseNetSharp.slnx")))
        {
            folder = Path.GetDirectoryName(folder)
                ?? throw new InvalidOperationException("DenseNetSharp.slnx is in no folder above the tests.");
        }

        return folder;
    }
}
