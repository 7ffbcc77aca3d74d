namespace DenseNetSharp.Images;

/// <summary>How many images are prepared at once, and by whom.</summary>
public sealed record ImageBatchOptions
{
    /// <summary>Images a batch. A preset that leaves images their own sizes makes batches of one.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Images decoded and prepared at the same time, each on a thread of the thread pool.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// Batches that are prepared while the caller uses one. Memory is bounded by the buffers of one batch more than
    /// this and the caller's own, and by one decoded image a worker; the garbage collector may hold images that are done
    /// with for a while longer.
    /// </summary>
    public int BatchesAhead { get; init; } = 2;

    /// <summary>How the files are decoded; null for the classifier's own way, or the defaults.</summary>
    public ImageDecodeOptions? Decode { get; init; }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchSize, 1, nameof(BatchSize));
        ArgumentOutOfRangeException.ThrowIfLessThan(Workers, 1, nameof(Workers));
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchesAhead, 0, nameof(BatchesAhead));
    }
}
