using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace DenseNetSharp.Weights;

/// <summary>SHA-256 of files, each computed once a process for as long as it is unchanged.</summary>
internal static class FileHash
{
    private static readonly ConcurrentDictionary<(string Path, long Length, DateTime Written), string> _known = new();

    public static async Task<string> Sha256Async(string path, CancellationToken cancellationToken)
    {
        var file = new FileInfo(path);
        var key = (file.FullName, file.Length, file.LastWriteTimeUtc);
        if (_known.TryGetValue(key, out var known))
        {
            return known;
        }

        await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        var hash = await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false);
        return _known[key] = Convert.ToHexStringLower(hash);
    }
}
