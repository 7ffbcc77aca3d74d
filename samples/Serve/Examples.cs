namespace DenseNetSharp.Serve;

/// <summary>The images that the page offers.</summary>
internal sealed class Examples
{
    /// <summary>Those that browsers show and the service reads.</summary>
    private static readonly Dictionary<string, string> _contentTypes = new(StringComparer.OrdinalIgnoreCase)
    {
        [".png"] = "image/png",
        [".jpg"] = "image/jpeg",
        [".jpeg"] = "image/jpeg",
        [".gif"] = "image/gif",
        [".bmp"] = "image/bmp",
    };

    private readonly SortedDictionary<string, (string Path, string ContentType)> _files = new(StringComparer.Ordinal);

    /// <summary>Finds them.</summary>
    /// <param name="folder">Where they are; empty for none.</param>
    public Examples(string folder)
    {
        foreach (var path in folder.Length == 0 ? [] : Directory.GetFiles(folder))
        {
            if (_contentTypes.TryGetValue(Path.GetExtension(path), out var type))
            {
                _files.Add(Path.GetFileName(path), (Path.GetFullPath(path), type));
            }
        }
    }

    /// <summary>The types that they may be of.</summary>
    public static IEnumerable<string> ContentTypes => _contentTypes.Values.Distinct();

    /// <summary>Their names.</summary>
    public IReadOnlyList<string> Names => [.. _files.Keys];

    /// <summary>The image of a name, none of any other name.</summary>
    public IResult Find(string name) => _files.TryGetValue(name, out var file)
        ? TypedResults.PhysicalFile(file.Path, file.ContentType)
        : throw new RequestRefusedException(StatusCodes.Status404NotFound, $"There is no example '{name}'.");
}
