using System.Diagnostics;

namespace DenseNetSharp.Extensions.Hosting;

/// <summary>How many requests a classifier takes at once: so many have their turn, so many others are received or wait.</summary>
/// <param name="model">The classifier's name in metrics.</param>
/// <param name="concurrency">The most requests whose turn it is.</param>
/// <param name="queue">The most requests beyond those.</param>
/// <param name="metrics">Told of each.</param>
internal sealed class Admission(string model, int concurrency, int queue, ClassifierMetrics metrics)
{
    private readonly SemaphoreSlim _turns = new(concurrency);
    private long _inside;

    /// <summary>Takes a place; its disposal gives it back.</summary>
    /// <exception cref="ImageRejectedException">There is none.</exception>
    public Place Enter()
    {
        if (Interlocked.Increment(ref _inside) > (long)concurrency + queue)
        {
            Interlocked.Decrement(ref _inside);
            throw new ImageRejectedException(RejectionReason.QueueFull, $"{concurrency} requests are under way and {queue} wait, as many as may.");
        }

        metrics.QueueChanged(model, 1);
        return new Place(this);
    }

    /// <summary>A request's place, from its arrival to its end.</summary>
    internal sealed class Place(Admission admission) : IDisposable
    {
        private readonly long _arrival = Stopwatch.GetTimestamp();
        private bool _hasTurn;

        /// <summary>Waits for the request's turn, in the order in which requests ask for it.</summary>
        public async Task TakeTurnAsync(CancellationToken cancellationToken)
        {
            await admission._turns.WaitAsync(cancellationToken).ConfigureAwait(false);
            _hasTurn = true;
            admission.Metrics.QueueChanged(admission.Model, -1);
            admission.Metrics.ActiveChanged(admission.Model, 1);
            admission.Metrics.Queued(admission.Model, Stopwatch.GetElapsedTime(_arrival));
        }

        public void Dispose()
        {
            if (_hasTurn)
            {
                admission.Metrics.ActiveChanged(admission.Model, -1);
                admission._turns.Release();
            }
            else
            {
                admission.Metrics.QueueChanged(admission.Model, -1);
            }

            Interlocked.Decrement(ref admission._inside);
        }
    }

    private string Model => model;

    private ClassifierMetrics Metrics => metrics;
}
