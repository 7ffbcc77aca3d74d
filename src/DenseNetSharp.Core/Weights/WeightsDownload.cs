using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DenseNetSharp.Weights;

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

    private bool IsOffline =>
        _options.Offline ?? Environment.GetEnvironmentVariable(OfflineVariable) is "1" or "true";

    public static Task<string> GetFileAsync(
        PretrainedWeights weights, WeightsDownloadOptions options, CancellationToken cancellationToken) =>
        new WeightsDownload(weights, options).GetFileAsync(cancellationToken);

    private async Task<string> GetFileAsync(CancellationToken cancellationToken)
    {
        if (CachedWeights.Find(_weights, _options) is { } found)
        {
            await WeightsVerification.RequireHashAsync(_weights, found, _path, cancellationToken).ConfigureAwait(false);
            DownloadLog.Found(_logger, _weights.Name, found);
            return found;
        }

        if (IsOffline)
        {
            throw Failure(
                $"The weights {_weights.Name} are not in the cache, and the network is switched off ({OfflineVariable}).");
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
            var reason = DiskSpace.IsExhausted(e) ? $"The disk is full. {DiskSpace.Advice}" : e.Message;
            throw Failure($"The weights {_weights.Name} could not be downloaded{from}: {reason}", e);
        }
    }

    private async Task DownloadAsync(Uri source, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        var arrived = _path;
        await using (var part = await PartialFile
            .AcquireAsync(_path, ReportWaiting(), cancellationToken)
            .ConfigureAwait(false))
        {
            if (part is null)
            {
                await WeightsVerification.RequireHashAsync(_weights, _path, _path, cancellationToken).ConfigureAwait(false);
                DownloadLog.Found(_logger, _weights.Name, _path);
                return;
            }

            DownloadLog.Downloading(_logger, _weights.Name, DownloadSource.Shown(source), _path);
            var transfer = new HttpTransfer(source, part, _weights, _options, _logger);
            try
            {
                await ReceiveAsync(transfer, part, cancellationToken).ConfigureAwait(false);
            }
            catch when (_weights.Sha256Prefix is null)
            {
                part.Clear(); // Without a hash nobody can go on with it.
                throw;
            }

            if (_weights.Sha256Prefix is null)
            {
                // It has yet to be opened, which the lock forbids; under a name that nobody knows there is no need for one.
                arrived = $"{_path}.{Guid.NewGuid():N}.partial";
            }

            part.MoveTo(arrived);
        }

        if (arrived != _path)
        {
            MoveIfCheckpoint(arrived);
        }

        DownloadLog.Downloaded(_logger, _weights.Name, _path);
    }

    /// <summary>Receives the whole file, with the right hash where one is known.</summary>
    private async Task ReceiveAsync(HttpTransfer transfer, PartialFile part, CancellationToken cancellationToken)
    {
        var retry = DownloadRetry.Pipeline(_options, _weights.FileName, _logger);
        for (var isLast = false; ; isLast = true)
        {
            await retry
                .ExecuteAsync(async token => await transfer.ReceiveAsync(token).ConfigureAwait(false), cancellationToken)
                .ConfigureAwait(false);
            var hash = await part.Sha256Async(cancellationToken).ConfigureAwait(false);
            if (WeightsVerification.HasHash(_weights, hash))
            {
                return;
            }

            part.Clear();
            var difference = WeightsVerification.Difference(_weights, hash);
            if (isLast || !transfer.HasResumed)
            {
                throw new TransferException(
                    $"What was sent is not the file: its SHA-256 {difference}. It was deleted.");
            }

            // The first part may have been another file's; from zero there is no such excuse.
            DownloadLog.StartingOver(_logger, _weights.FileName, $"its SHA-256 {difference}");
        }
    }

    private void MoveIfCheckpoint(string arrived)
    {
        try
        {
            WeightsVerification.RequireCheckpoint(arrived);
            File.Move(arrived, _path, overwrite: true);
        }
        finally
        {
            File.Delete(arrived);
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

            _options.Progress?.Report(new DownloadProgress(_weights.FileName, length, null) { IsWaiting = true });
        };
    }

    private PretrainedWeightsException Failure(string problem, Exception? cause = null) =>
        new(problem, _weights, _path, cause);
}
