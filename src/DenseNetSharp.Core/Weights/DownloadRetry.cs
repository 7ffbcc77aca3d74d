using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace DenseNetSharp.Weights;

/// <summary>Tries again what fails for a reason that may pass, with pauses that grow and are spread at random.</summary>
internal static class DownloadRetry
{
    private static readonly TimeSpan _longestPauseOfAServer = TimeSpan.FromMinutes(1);

    public static ResiliencePipeline Pipeline(WeightsDownloadOptions options, string fileName, ILogger logger)
    {
        if (options.MaxRetries <= 0)
        {
            return ResiliencePipeline.Empty;
        }

        var retry = new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<TransferException>(e => e.IsTransient),
            MaxRetryAttempts = options.MaxRetries,
            BackoffType = DelayBackoffType.Exponential,
            Delay = options.RetryDelay,
            UseJitter = true,
            DelayGenerator = arguments => ValueTask.FromResult(PauseOfServer(arguments.Outcome.Exception)),
            OnRetry = arguments =>
            {
                DownloadLog.Retrying(
                    logger,
                    arguments.AttemptNumber + 1,
                    fileName,
                    arguments.RetryDelay.TotalSeconds,
                    arguments.Outcome.Exception!.Message);
                return default;
            },
        };
        return new ResiliencePipelineBuilder().AddRetry(retry).Build();
    }

    private static TimeSpan? PauseOfServer(Exception? failure) =>
        failure is TransferException { RetryAfter: { } pause }
            ? TimeSpan.FromTicks(Math.Clamp(pause.Ticks, 0, _longestPauseOfAServer.Ticks))
            : null;
}
