using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace DenseNetSharp.Files;

/// <summary>SHA-256 of files, each computed once a process for as long as it is unchanged.</summary>
internal static class FileHash
{
    private static readonly ConcurrentDictionary<(string Path, long Length, DateTime Written), string> _known = new();

    public static async Task<string> Sha256Async(string path, CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        // Asked of the open file, not of its name, which may be a link.
        var key = (Path.GetFullPath(path), stream.Length, File.GetLastWriteTimeUtc(stream.SafeFileHandle));
        if (_known.TryGetValue(key, out var known))
        {
            return known;
        }

        var hash = await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false);
        return _known[key] = Convert.ToHexStringLower(hash);
    }
}
