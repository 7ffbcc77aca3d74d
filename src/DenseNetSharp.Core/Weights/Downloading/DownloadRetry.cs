using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace DenseNetSharp.Weights.Downloading;

/// <summary>Tries again what fails for a reason that may pass, with pauses that grow and are spread at random.</summary>
internal sealed class DownloadRetry(WeightsDownloadOptions options, HttpTransfer transfer, string fileName, ILogger logger)
{
    private static readonly TimeSpan _longestPauseOfAServer = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Retries count anew after an attempt that got further than any before, so that a slow connection that breaks off
    /// now and then comes to the end. The file's length bounds how often that can be.
    /// </summary>
    public ResiliencePipeline Pipeline() => options.MaxRetries == 0
        ? ResiliencePipeline.Empty
        : new ResiliencePipelineBuilder()
            .AddRetry(After(progress: true, int.MaxValue, DelayBackoffType.Constant))
            .AddRetry(After(progress: false, options.MaxRetries, DelayBackoffType.Exponential))
            .Build();

    private RetryStrategyOptions After(bool progress, int retries, DelayBackoffType backoff) => new()
    {
        ShouldHandle = new PredicateBuilder().Handle<TransferException>(e => e.IsTransient && transfer.HasProgressed == progress),
        MaxRetryAttempts = retries,
        BackoffType = backoff,
        Delay = options.RetryDelay,
        UseJitter = true,
        DelayGenerator = arguments => ValueTask.FromResult(PauseOfServer(arguments.Outcome.Exception)),
        OnRetry = arguments =>
        {
            var number = progress ? 1 : arguments.AttemptNumber + 1;
            Report(number, arguments.RetryDelay.TotalSeconds, (TransferException)arguments.Outcome.Exception!);
            return default;
        },
    };

    private void Report(int number, double seconds, TransferException failure)
    {
        DownloadLog.Retrying(logger, number, fileName, seconds, failure.Message);
        transfer.Report($"{failure.Summary}; retry {number} of {options.MaxRetries} in {seconds:0} s");
    }

    private static TimeSpan? PauseOfServer(Exception? failure) =>
        failure is TransferException { RetryAfter: { } pause }
            ? TimeSpan.FromTicks(Math.Clamp(pause.Ticks, 0, _longestPauseOfAServer.Ticks))
            : null;
}
