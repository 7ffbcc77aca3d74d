using DenseNetSharp.Images;

namespace DenseNetSharp.Datasets;

/// <summary>Finds the images that a table names: as they are written, with the ending that they have, or in a sub-folder.</summary>
/// <param name="folder">What relative paths are relative to.</param>
/// <param name="options">How the table is read.</param>
internal sealed class TableImages(string folder, LabelTableOptions options)
{
    /// <summary>What relative paths are relative to.</summary>
    public string Folder => folder;

    private ILookup<string, string>? _byName;
    private bool _hasSaidEnding;
    private bool _hasSaidFirst;
    private bool _hasSaidFolder;

    private IReadOnlyList<string> Endings => options.ImageEnding is { } only ? [only] : ImageFiles.Extensions;

    /// <summary>Whether there is such a file, as it is written or with an image's ending.</summary>
    public bool IsThere(string written) => written.Length > 0 && Candidates(Path.Combine(folder, written)).Any(File.Exists);

    /// <summary>An image's file, or null where there is none.</summary>
    /// <param name="written">The path in the table.</param>
    /// <exception cref="InvalidDataException">There are several.</exception>
    public string? Find(string written)
    {
        var path = written.Replace('\\', '/');
        var file = Path.Combine(folder, path);
        // Windows takes both; elsewhere a name may have a backslash.
        if (File.Exists(Path.Combine(folder, written)))
        {
            return Path.Combine(folder, written);
        }

        return Existing(file) ?? BelowItself(path) ?? InSubFolder(path);
    }

    /// <summary>As it is, and where it has no image's ending with those that it may have.</summary>
    private IEnumerable<string> Candidates(string file) =>
        ImageFiles.HasImageExtension(file) ? [file] : [file, .. Endings.Select(ending => file + ending)];

    private string? Existing(string file)
    {
        string[] there = [.. Candidates(file).Where(File.Exists)];
        if (there.Length == 0 || there[0] == file)
        {
            return there.FirstOrDefault();
        }

        if (there.Length > 1)
        {
            throw new InvalidDataException(
                $"{file} has no ending, and there are {string.Join(" and ", there.Select(Path.GetFileName))}; say which (ImageEnding, --image-ending).");
        }

        Say(ref _hasSaidEnding, $"paths have no ending: {there[0][file.Length..]} is there");
        return there[0];
    }

    /// <summary>CheXpert's paths begin with the name of the folder itself, which people rename.</summary>
    private string? BelowItself(string path)
    {
        var (first, rest) = (path.Split('/')[0], path[(path.IndexOf('/', StringComparison.Ordinal) + 1)..]);
        if (first.Length == 0 || rest.Length == path.Length || Existing(Path.Combine(folder, rest)) is not { } found)
        {
            return null;
        }

        if (first != Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))))
        {
            Say(ref _hasSaidFirst, $"paths begin with {first}, which is left out: the rest is there");
        }

        return found;
    }

    /// <summary>NIH's images lie in <c>images_001/images</c> and so on, and its table has their names alone.</summary>
    private string? InSubFolder(string path)
    {
        if (path.Contains('/', StringComparison.Ordinal))
        {
            return null;
        }

        _byName ??= ImageFiles.Find(folder).ToLookup(file => Path.GetFileName(file), StringComparer.Ordinal);
        string[] names = ImageFiles.HasImageExtension(path) ? [path] : [.. Endings.Select(ending => path + ending)];
        string[] found = [.. names.SelectMany(name => _byName[name])];
        if (found.Length > 1)
        {
            throw new InvalidDataException($"{path} is in several folders: {string.Join(" and ", found.Take(2))}.");
        }

        if (found.Length == 1)
        {
            Say(ref _hasSaidFolder, "images are found in sub-folders by their names");
        }

        return found.FirstOrDefault();
    }

    private void Say(ref bool hasSaid, string remark)
    {
        if (!hasSaid)
        {
            hasSaid = true;
            options.OnRemark?.Invoke(remark);
        }
    }
}
