namespace DenseNetSharp.Cli;

/// <summary>The image files that a command line names.</summary>
internal static class ImageFiles
{
    private static readonly HashSet<string> Extensions =
        new(StringComparer.OrdinalIgnoreCase) { ".jpg", ".jpeg", ".jpe", ".png" };

    /// <summary>Files as named, folders as the images under them in the order of their names.</summary>
    /// <exception cref="FileNotFoundException">An input does not exist, or a folder has no images.</exception>
    public static IReadOnlyList<string> Find(IEnumerable<string> inputs)
    {
        var files = new List<string>();
        foreach (var input in inputs)
        {
            if (!Directory.Exists(input))
            {
                files.Add(input);
                continue;
            }

            var found = Directory.EnumerateFiles(input, "*", SearchOption.AllDirectories)
                .Where(file => Extensions.Contains(Path.GetExtension(file)))
                .Order(StringComparer.Ordinal)
                .ToArray();
            if (found.Length == 0)
            {
                throw new FileNotFoundException($"The folder {input} has no images ({string.Join(", ", Extensions)}).");
            }

            files.AddRange(found);
        }

        return files;
    }
}
