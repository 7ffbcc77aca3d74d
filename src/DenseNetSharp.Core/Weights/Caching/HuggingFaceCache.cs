namespace DenseNetSharp.Weights.Caching;

/// <summary>The folder in which <c>huggingface_hub</c>, and so timm, keeps downloaded files. It is only read here.</summary>
public static class HuggingFaceCache
{
    /// <summary>
    /// <c>$HF_HUB_CACHE</c>, else <c>$HUGGINGFACE_HUB_CACHE</c>, else <c>$HF_HOME/hub</c>, else
    /// <c>$XDG_CACHE_HOME/huggingface/hub</c>, else <c>~/.cache/huggingface/hub</c>. It need not exist.
    /// </summary>
    public static string Directory =>
        EnvironmentFolder.Named("HF_HUB_CACHE")
        ?? EnvironmentFolder.Named("HUGGINGFACE_HUB_CACHE")
        ?? Path.Combine(
            EnvironmentFolder.Named("HF_HOME") ?? Path.Combine(EnvironmentFolder.Cache, "huggingface"), "hub");

    /// <summary>
    /// A repository's file: of the revision that <c>main</c> was at when it was last asked for, else of the newest
    /// snapshot that has it; null where none does.
    /// </summary>
    internal static string? Find(string repository, string file)
    {
        var folder = Path.Combine(Directory, $"models--{repository.Replace("/", "--", StringComparison.Ordinal)}");
        try
        {
            return Revisions(folder).Select(revision => Path.Combine(revision, file)).FirstOrDefault(CachedWeights.IsThere);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // Somebody else's folder: whatever is wrong with it, the file can still be downloaded.
        }
    }

    private static IEnumerable<string> Revisions(string folder)
    {
        var snapshots = new DirectoryInfo(Path.Combine(folder, "snapshots"));
        if (!snapshots.Exists)
        {
            yield break;
        }

        var main = Path.Combine(folder, "refs", "main");
        if (File.Exists(main))
        {
            yield return Path.Combine(snapshots.FullName, File.ReadAllText(main).Trim());
        }

        foreach (var snapshot in snapshots.GetDirectories().OrderByDescending(snapshot => snapshot.LastWriteTimeUtc))
        {
            yield return snapshot.FullName;
        }
    }
}
