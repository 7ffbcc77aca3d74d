using System.Threading.RateLimiting;

namespace DenseNetSharp.Serve;

/// <summary>How many requests for heat maps there may be, since each keeps an image in memory.</summary>
internal sealed class Explanations(ServeSettings settings) : IDisposable
{
    private readonly ConcurrencyLimiter _places = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = (int)Math.Min((long)settings.MaxExplanations + settings.MaxExplanationQueue, int.MaxValue),
    });

    private readonly ConcurrencyLimiter _turns = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = settings.MaxExplanations,
        QueueLimit = int.MaxValue,
    });

    /// <summary>Takes a request's place, from its arrival to its end; its disposal gives it back.</summary>
    /// <exception cref="RequestRefusedException">There is none.</exception>
    public RateLimitLease Enter()
    {
        var lease = _places.AttemptAcquire();
        return lease.IsAcquired
            ? lease
            : throw new RequestRefusedException(StatusCodes.Status429TooManyRequests, "As many requests for heat maps are under way or wait as may.");
    }

    /// <summary>Waits for the turn of a request that has its place and is received: a slow client keeps nobody waiting.</summary>
    public ValueTask<RateLimitLease> TakeTurnAsync(CancellationToken cancellationToken) => _turns.AcquireAsync(1, cancellationToken);

    public void Dispose()
    {
        _places.Dispose();
        _turns.Dispose();
    }
}
