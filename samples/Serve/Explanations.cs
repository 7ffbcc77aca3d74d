using System.Threading.RateLimiting;

namespace DenseNetSharp.Serve;

/// <summary>How many heat maps are made at the same time: each keeps its image until its picture is sent.</summary>
internal sealed class Explanations(ServeSettings settings) : IDisposable
{
    private readonly ConcurrencyLimiter _limiter = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = settings.MaxExplanations,
        QueueLimit = settings.MaxExplanationQueue,
    });

    /// <summary>Waits for a place, which its disposal gives back.</summary>
    /// <exception cref="RequestRefusedException">Too many wait already.</exception>
    public async Task<RateLimitLease> EnterAsync(CancellationToken cancellationToken)
    {
        var lease = await _limiter.AcquireAsync(1, cancellationToken);
        return lease.IsAcquired
            ? lease
            : throw new RequestRefusedException(StatusCodes.Status429TooManyRequests, "As many requests for heat maps wait as may.");
    }

    public void Dispose() => _limiter.Dispose();
}
