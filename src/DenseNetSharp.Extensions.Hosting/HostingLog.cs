using Microsoft.Extensions.Logging;

namespace DenseNetSharp.Extensions.Hosting;

internal static partial class HostingLog
{
    [LoggerMessage(
        EventId = 1, Level = LogLevel.Information, Message = "{Classifier}: {File} is loaded on the engine {Engine} in {Seconds:0.00} s and takes over")]
    public static partial void Loaded(ILogger logger, string classifier, string file, string engine, double seconds);

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "{Classifier}: no network is loaded, and requests are rejected: {Reason}")]
    public static partial void NotLoaded(ILogger logger, string classifier, string reason, Exception exception);

    [LoggerMessage(EventId = 3, Level = LogLevel.Error, Message = "{Classifier}: the network of {File} stays, for another could not be loaded: {Reason}")]
    public static partial void Kept(ILogger logger, string classifier, string file, string reason, Exception exception);

    [LoggerMessage(EventId = 4, Level = LogLevel.Information, Message = "{Classifier}: a network of {File} has ended its last prediction and is gone")]
    public static partial void Gone(ILogger logger, string classifier, string file);

    [LoggerMessage(EventId = 5, Level = LogLevel.Debug, Message = "{Classifier}: an image is rejected ({Reason}): {Message}")]
    public static partial void Rejected(ILogger logger, string classifier, RejectionReason reason, string message);

    [LoggerMessage(EventId = 6, Level = LogLevel.Error, Message = "{Classifier}: a prediction failed")]
    public static partial void Failed(ILogger logger, string classifier, Exception exception);

    [LoggerMessage(EventId = 7, Level = LogLevel.Debug, Message = "{Classifier}: an upload broke off: {Message}")]
    public static partial void BrokenOff(ILogger logger, string classifier, string message);
}
