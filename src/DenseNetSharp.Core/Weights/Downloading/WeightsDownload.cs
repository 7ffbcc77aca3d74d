using DenseNetSharp.Files;
using DenseNetSharp.Weights.Caching;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DenseNetSharp.Weights.Downloading;

/// <summary>
/// Gets one file: from a cache, else over HTTP into a <see cref="PartialFile"/> beside its place, which is moved there
/// only when its length and hash are right.
/// </summary>
internal sealed class WeightsDownload
{
    private const string OfflineVariable = "DENSENETSHARP_OFFLINE";

    private readonly PretrainedWeights _weights;
    private readonly WeightsDownloadOptions _options;
    private readonly ILogger _logger;
    private readonly string _path;

    private WeightsDownload(PretrainedWeights weights, WeightsDownloadOptions options)
    {
        _weights = weights;
        _options = options;
        _logger = options.Logger ?? NullLogger.Instance;
        _path = CachedWeights.PathFor(weights, options);
    }

    private bool IsOffline => _options.Offline ?? IsOfflineByEnvironment;

    private static bool IsOfflineByEnvironment =>
        Environment.GetEnvironmentVariable(OfflineVariable)?.ToLowerInvariant() is "1" or "true" or "yes" or "on";

    public static Task<string> GetFileAsync(
        PretrainedWeights weights, WeightsDownloadOptions options, CancellationToken cancellationToken) =>
        new WeightsDownload(weights, options).GetFileAsync(cancellationToken);

    private async Task<string> GetFileAsync(CancellationToken cancellationToken)
    {
        if (CachedWeights.Find(_weights, _options) is { } found)
        {
            await WeightsVerification.RequireCachedAsync(_weights, found, _path, cancellationToken).ConfigureAwait(false);
            DownloadLog.Found(_logger, _weights.Name, found);
            return found;
        }

        if (IsOffline)
        {
            var reason = _options.Offline is true ? $"the option {nameof(_options.Offline)}" : OfflineVariable;
            throw Failure(
                $"The weights {_weights.Name} are not in the cache, and the network is switched off by {reason}.");
        }

        Uri? source = null;
        try
        {
            source = DownloadSource.Of(_weights, _options);
            await DownloadAsync(source, cancellationToken).ConfigureAwait(false);
            return _path;
        }
        catch (Exception e) when (e is TransferException or IOException or UnauthorizedAccessException or FormatException)
        {
            var from = source is null ? "" : $" from {DownloadSource.Shown(source)}";
            // Without a home folder the cache is in a place that nobody may write to.
            var advice = DiskSpace.IsForbidden(e) ? " Have TORCH_HOME name a folder that can be written to." : "";
            throw Failure($"The weights {_weights.Name} could not be downloaded{from}: {e.Message}{advice}", e);
        }
    }

    private async Task DownloadAsync(Uri source, CancellationToken cancellationToken)
    {
        if (Directory.Exists(_path))
        {
            throw new IOException($"there is a folder at {_path}, where the file belongs.");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        // Twice, because the other process may be at the end of its own patience and try again.
        await using var part = await PartialFile
            .AcquireAsync(_path, 2 * _options.SilenceTimeout, ReportWaiting(), cancellationToken)
            .ConfigureAwait(false);
        if (part is null)
        {
            await WeightsVerification.RequireCachedAsync(_weights, _path, _path, cancellationToken).ConfigureAwait(false);
            DownloadLog.Found(_logger, _weights.Name, _path);
            return;
        }

        DownloadLog.Downloading(_logger, _weights.Name, DownloadSource.Shown(source), _path);
        try
        {
            await ReceiveAsync(new HttpTransfer(source, part, _weights, _options, _logger), part, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (IOException e) when (DiskSpace.IsExhausted(e))
        {
            var kept = _weights.Sha256Prefix is not null && part.Length > 0
                ? $" The part received so far, {part.Length / (double)(1 << 20):0.0} MiB, is kept at {part.Path}."
                : "";
            Abandon(part);
            throw new TransferException($"The disk is full: {e.Message}{kept} {DiskSpace.Advice}", e);
        }
        catch
        {
            Abandon(part);
            throw;
        }

        part.MoveIntoPlace();
        DownloadLog.Downloaded(_logger, _weights.Name, _path);
    }

    /// <summary>Receives the whole file and closes it: with the right hash, or a checkpoint that fits.</summary>
    private async Task ReceiveAsync(HttpTransfer transfer, PartialFile part, CancellationToken cancellationToken)
    {
        var retry = new DownloadRetry(_options, transfer, _weights.FileName, _logger).Pipeline();
        for (var isLast = false; ; isLast = true)
        {
            await retry
                .ExecuteAsync(async token => await transfer.ReceiveAsync(token).ConfigureAwait(false), cancellationToken)
                .ConfigureAwait(false);
            var encoding = transfer.Encoding is { Length: > 0 } name ? $" The server sent it in the encoding {name}." : "";
            if (_weights.Sha256Prefix is null)
            {
                part.Close();
                WeightsVerification.RequireCheckpoint(_weights, part.Path, encoding);
                return;
            }

            var hash = await part.Sha256Async(cancellationToken).ConfigureAwait(false);
            if (WeightsVerification.HasHash(_weights, hash))
            {
                part.Close();
                return;
            }

            part.Clear();
            var difference = WeightsVerification.Difference(_weights, hash);
            if (isLast || !transfer.HasResumed)
            {
                throw new TransferException(
                    $"What was sent is not the file: its SHA-256 {difference}. It was deleted.{encoding}");
            }

            // The first part may have been another file's; from zero there is no such excuse.
            DownloadLog.StartingOver(_logger, _weights.FileName, $"its SHA-256 {difference}");
        }
    }

    /// <summary>Without a hash nobody can go on with a part.</summary>
    private void Abandon(PartialFile part)
    {
        if (_weights.Sha256Prefix is null)
        {
            part.Discard();
        }
    }

    private Action<long> ReportWaiting()
    {
        var isLogged = false;
        return length =>
        {
            if (!isLogged)
            {
                DownloadLog.Waiting(_logger, _path);
                isLogged = true;
            }

            _options.Progress?.Report(new DownloadProgress(_weights.FileName, length, null)
            {
                IsWaiting = true,
                Status = "waiting for another process",
            });
        };
    }

    private PretrainedWeightsException Failure(string problem, Exception? cause = null) =>
        new(problem, _weights, _path, cause);
}
