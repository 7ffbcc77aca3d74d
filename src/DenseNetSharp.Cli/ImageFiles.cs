using DenseNetSharp.Images;

namespace DenseNetSharp.Cli;

/// <summary>The image files that a command line names.</summary>
internal static class ImageFiles
{
    /// <summary>What a folder's images are recognised by.</summary>
    public static readonly IReadOnlySet<string> Extensions =
        new HashSet<string>(StringComparer.OrdinalIgnoreCase) { ".jpg", ".jpeg", ".jpe", ".png", ".webp" };

    /// <summary>Files as named, folders as the images under them in the order of their names; a folder without images as
    /// it was named, so that its failure is reported like a file's.</summary>
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
            files.AddRange(found.Length == 0 ? [input] : found);
        }

        return files;
    }

    /// <summary>What is wrong with a file, without its name, which goes before it.</summary>
    public static string Reason(string file, Exception error) => error switch
    {
        _ when Directory.Exists(file) => $"the folder has no images ({string.Join(", ", Extensions)}).",
        ImageFormatException { Reason: var reason } => $"{reason}.",
        FileNotFoundException or DirectoryNotFoundException => "there is no such file.",
        _ => error.Message.ReplaceLineEndings(" "),
    };
}
