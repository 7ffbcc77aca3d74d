namespace DenseNetSharp.Docs.Tests;

/// <summary>What readers read, where it lies in the clone.</summary>
internal static class Documents
{
    /// <summary>The clone's root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The documents' paths, relative to the root, with forward slashes.</summary>
    public static IReadOnlyList<string> Paths { get; } =
    [
        "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md",
        .. Directory.EnumerateDirectories(Path.Combine(Root, "src"))
            .Select(folder => $"src/{Path.GetFileName(folder)}/README.md")
            .Where(path => File.Exists(Path.Combine(Root, path)))
            .Order(StringComparer.Ordinal),
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
