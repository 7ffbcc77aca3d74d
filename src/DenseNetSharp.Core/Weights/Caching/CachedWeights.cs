using DenseNetSharp.Files;

namespace DenseNetSharp.Weights.Caching;

/// <summary>Finds files of weights that are on this machine, and says where one belongs.</summary>
internal static class CachedWeights
{
    /// <summary>The file's place in PyTorch's cache, or in the folder given instead.</summary>
    public static string PathFor(PretrainedWeights weights, WeightsDownloadOptions options) =>
        Path.GetFullPath(Path.Combine(options.Directory ?? HubCache.Directory, weights.FileName));

    /// <summary>The file in PyTorch's cache, else in Hugging Face's; null where there is none.</summary>
    public static string? Find(PretrainedWeights weights, WeightsDownloadOptions options)
    {
        var path = PathFor(weights, options);
        if (IsThere(path))
        {
            return path;
        }

        return weights.HuggingFaceId is { } repository
            ? HuggingFaceCache.Find(repository, Path.GetFileName(weights.Url.LocalPath))
            : null;
    }

    /// <summary>
    /// Whether there is a file with anything in it; a link counts by what it points to, which
    /// <see cref="File.Exists"/> does not look at where it is missing.
    /// </summary>
    public static bool IsThere(string path)
    {
        try
        {
            return LinkedFile.Resolve(path) is { Exists: true, Length: > 0 };
        }
        catch (IOException)
        {
            return false; // Links in a circle.
        }
    }
}
