using System.Runtime.CompilerServices;

namespace DenseNetSharp.Images;

/// <summary>Image files in folders.</summary>
public static class ImageFiles
{
    /// <summary>What image files are recognised by, in lower case: the endings of the formats that are built in.</summary>
    public static IReadOnlyList<string> Extensions { get; } =
    [
        ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".dib", ".gif", ".tif", ".tiff", ".pbm", ".pgm", ".ppm", ".pnm",
    ];

    private static readonly string[] _systemFolders = ["__MACOSX", "@eaDir", "$RECYCLE.BIN"];

    /// <summary>Whether a file's name ends like an image's, whatever the case.</summary>
    /// <param name="path">The file's name or path.</param>
    public static bool HasImageExtension(string path) =>
        Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a file is one that systems put into folders and do not show: <c>.DS_Store</c> and anything else that begins with
    /// a dot, <c>Thumbs.db</c>, <c>desktop.ini</c>.</summary>
    /// <param name="path">The file's name or path.</param>
    public static bool IsHidden(string path)
    {
        var name = Path.GetFileName(path.AsSpan());
        return name.StartsWith('.')
            || name.Equals("Thumbs.db", StringComparison.OrdinalIgnoreCase)
            || name.Equals("desktop.ini", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The folders in a folder in ordinal order, without those that systems and archives put there: whose names begin with a dot,
    /// <c>__MACOSX</c>, <c>@eaDir</c>, <c>$RECYCLE.BIN</c>.</summary>
    internal static IReadOnlyList<string> Folders(string folder) =>
        [.. Directory.EnumerateDirectories(folder).Where(path => !IsSystems(path)).Order(StringComparer.Ordinal)];

    private static bool IsSystems(string folder) => Path.GetFileName(folder) is var name
        && (name.StartsWith('.') || _systemFolders.Contains(name, StringComparer.OrdinalIgnoreCase));

    /// <summary>
    /// Finds the image files of a folder and its sub-folders, but for those that systems and archives make (<c>__MACOSX</c>,
    /// <c>@eaDir</c>, <c>$RECYCLE.BIN</c>, names that begin with a dot). Links to folders are followed, each folder is visited once,
    /// so that links in a circle do no harm.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="onUnreadable">Told of each sub-folder that cannot be read, and why; null to throw.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The paths, beginning with <paramref name="folder"/>, in the ordinal order of their text.</returns>
    /// <exception cref="IOException">The folder is not there or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
    /// <exception cref="OperationCanceledException">The search was cancelled.</exception>
    // For calls that pass null alone, which both would take.
    [OverloadResolutionPriority(1)]
    public static IReadOnlyList<string> Find(
        string folder, Action<string, Exception>? onUnreadable = null, CancellationToken cancellationToken = default) =>
        Find(folder, onLeftOut: null, onUnreadable, cancellationToken);

    /// <summary>Finds the image files of a folder and its sub-folders, and tells of the others.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="onLeftOut">Told of each file that is left out for its ending; null if nobody wants to know. Files that systems put
    /// into folders are nobody's (<see cref="IsHidden"/>), and not told.</param>
    /// <param name="onUnreadable">Told of each sub-folder that cannot be read, and why; null to throw.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <inheritdoc cref="Find(string, Action{string, Exception}?, CancellationToken)"/>
    public static IReadOnlyList<string> Find(
        string folder,
        Action<string>? onLeftOut,
        Action<string, Exception>? onUnreadable = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var files = new List<string>();
        var visited = new HashSet<string>(StringComparer.Ordinal);
        var waiting = new Stack<(string Path, string Target)>();
        waiting.Push((folder, Path.GetFullPath(folder)));
        while (waiting.TryPop(out var next))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                if (!visited.Add(FinalTarget(next.Target)))
                {
                    continue;
                }

                foreach (var entry in Directory.EnumerateFileSystemEntries(next.Path))
                {
                    if (Directory.Exists(entry))
                    {
                        if (IsSystems(entry))
                        {
                            continue;
                        }

                        waiting.Push((entry, Path.Combine(FinalTarget(next.Target), Path.GetFileName(entry))));
                    }
                    else if (HasImageExtension(entry))
                    {
                        files.Add(entry);
                    }
                    else if (!IsHidden(entry))
                    {
                        onLeftOut?.Invoke(entry);
                    }
                }
            }
            catch (Exception exception) when (
                onUnreadable is not null && next.Path != folder && exception is IOException or UnauthorizedAccessException)
            {
                onUnreadable(next.Path, exception);
            }
        }

        files.Sort(StringComparer.Ordinal);
        return files;
    }

    private static string FinalTarget(string folder) =>
        Directory.ResolveLinkTarget(folder, returnFinalTarget: true)?.FullName ?? folder;
}
