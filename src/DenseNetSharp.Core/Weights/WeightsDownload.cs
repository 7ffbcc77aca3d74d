using System.Security.Cryptography;

namespace DenseNetSharp.Weights;

/// <summary>
/// Gets one file: from the cache, else over HTTP into a temporary file beside its place, which is moved there only
/// when its length and hash are right.
/// </summary>
internal static class WeightsDownload
{
    private const int BufferBytes = 1 << 17;

    private static readonly Lazy<HttpClient> _client = new(() => new HttpClient());

    public static async Task<string> GetFileAsync(
        PretrainedWeights weights, WeightsDownloadOptions options, CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(Path.Combine(options.Directory ?? HubCache.Directory, weights.FileName));
        if (File.Exists(path))
        {
            await RequireHashAsync(weights, path, cancellationToken).ConfigureAwait(false);
            return path;
        }

        if (options.IsOffline)
        {
            throw new PretrainedWeightsException(
                $"The weights {weights.Name} are not in the cache, and the network is switched off "
                + "(DENSENETSHARP_OFFLINE).",
                weights,
                path);
        }

        try
        {
            await DownloadAsync(weights, options, path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (IsFailure(e, cancellationToken))
        {
            throw new PretrainedWeightsException(
                $"Downloading the weights {weights.Name} from {weights.Url} to {path} failed: {Reason(e, options)}",
                weights,
                path,
                e);
        }

        return path;
    }

    /// <summary>
    /// HttpClient reports its timeout as a cancellation, which it is not unless the caller asked for one.
    /// </summary>
    private static bool IsFailure(Exception e, CancellationToken cancellationToken) =>
        e is HttpRequestException or IOException or UnauthorizedAccessException
        || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private static string Reason(Exception e, WeightsDownloadOptions options) => e is OperationCanceledException
        ? $"the server sent nothing for {options.SilenceTimeout.TotalSeconds:0} seconds."
        : e.Message;

    private static async Task RequireHashAsync(
        PretrainedWeights weights, string path, CancellationToken cancellationToken)
    {
        if (weights.Sha256Prefix is not { } prefix)
        {
            return;
        }

        var hash = await FileHash.Sha256Async(path, cancellationToken).ConfigureAwait(false);
        if (!hash.StartsWith(prefix, StringComparison.Ordinal))
        {
            throw new PretrainedWeightsException(
                $"The file {path} is damaged: its SHA-256 starts with {hash[..prefix.Length]} where the weights "
                + $"{weights.Name} have {prefix}. Delete it to have it downloaded again.",
                weights,
                path);
        }
    }

    private static async Task DownloadAsync(
        PretrainedWeights weights, WeightsDownloadOptions options, string path, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            var hash = await ReceiveAsync(weights, options, temporary, cancellationToken).ConfigureAwait(false);
            if (weights.Sha256Prefix is { } prefix && !hash.StartsWith(prefix, StringComparison.Ordinal))
            {
                throw new PretrainedWeightsException(
                    $"What {weights.Url} sent is not the file of the weights {weights.Name}: its SHA-256 starts with "
                    + $"{hash[..prefix.Length]} where {prefix} is expected. It was deleted.",
                    weights,
                    path);
            }

            // Two processes may have downloaded at once; both files are right, and the later takes the place.
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Writes the response's body to a file and returns its SHA-256.</summary>
    private static async Task<string> ReceiveAsync(
        PretrainedWeights weights,
        WeightsDownloadOptions options,
        string temporary,
        CancellationToken cancellationToken)
    {
        var client = options.HttpClient ?? _client.Value;
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(options.SilenceTimeout);
        using var response = await client
            .GetAsync(weights.Url, HttpCompletionOption.ResponseHeadersRead, silence.Token)
            .ConfigureAwait(false);
        response.EnsureSuccessStatusCode();

        var total = response.Content.Headers.ContentLength;
        var received = 0L;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using (var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false))
        await using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
        {
            var buffer = new byte[BufferBytes];
            options.Progress?.Report(new DownloadProgress(weights.FileName, 0, total));
            while (await ReadAsync(body, buffer, options, silence).ConfigureAwait(false) is var count and > 0)
            {
                await file.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                hash.AppendData(buffer, 0, count);
                received += count;
                options.Progress?.Report(new DownloadProgress(weights.FileName, received, total));
            }
        }

        if (total is { } expected && received != expected)
        {
            throw new IOException($"The connection ended after {received} of {expected} bytes.");
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static async Task<int> ReadAsync(
        Stream body, byte[] buffer, WeightsDownloadOptions options, CancellationTokenSource silence)
    {
        silence.CancelAfter(options.SilenceTimeout);
        return await body.ReadAsync(buffer, silence.Token).ConfigureAwait(false);
    }
}
