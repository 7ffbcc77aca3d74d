using Microsoft.Extensions.Logging;

namespace DenseNetSharp.Weights.Downloading;

/// <summary>What a caller's logger hears. Addresses come as <see cref="DownloadSource.Shown"/> has them.</summary>
internal static partial class DownloadLog
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "The weights {Weights} are in the cache: {Path}")]
    public static partial void Found(ILogger logger, string weights, string path);

    [LoggerMessage(Level = LogLevel.Information, Message = "Downloading the weights {Weights} from {Address} to {Path}")]
    public static partial void Downloading(ILogger logger, string weights, string address, string path);

    [LoggerMessage(Level = LogLevel.Information, Message = "Resuming the download of {File} after {Bytes} bytes")]
    public static partial void Resuming(ILogger logger, string file, long bytes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Starting the download of {File} from zero: {Reason}")]
    public static partial void StartingOver(ILogger logger, string file, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Retry {Number} of {File} in {Seconds:0.0} seconds: {Reason}")]
    public static partial void Retrying(ILogger logger, int number, string file, double seconds, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Waiting for another process that downloads {Path}")]
    public static partial void Waiting(ILogger logger, string path);

    [LoggerMessage(Level = LogLevel.Information, Message = "Downloaded the weights {Weights} to {Path}")]
    public static partial void Downloaded(ILogger logger, string weights, string path);
}
