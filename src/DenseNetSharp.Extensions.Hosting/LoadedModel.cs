using DenseNetSharp.Classification;
using DenseNetSharp.Images;

namespace DenseNetSharp.Extensions.Hosting;

/// <summary>A network in service. It is freed when it has been replaced and its last prediction has ended.</summary>
internal sealed class LoadedModel
{
    private readonly Action<LoadedModel> _gone;
    // The service itself is the first user.
    private int _users = 1;

    /// <param name="classifier">The classifier, which owns its network, and is owned from now on.</param>
    /// <param name="options">What it was loaded by.</param>
    /// <param name="metrics">Told of batches.</param>
    /// <param name="title">The classifier's name in metrics.</param>
    /// <param name="gone">Called when it has been freed.</param>
    /// <param name="ending">Cancelled when batches no longer wait for others.</param>
    public LoadedModel(
        ImageClassifier classifier,
        DenseNetClassifierOptions options,
        ClassifierMetrics metrics,
        string title,
        Action<LoadedModel> gone,
        CancellationToken ending)
    {
        (Classifier, Options, _gone) = (classifier, options, gone);
        DecodeOptions = classifier.DecodeOptions with { MaxFileBytes = options.MaxBytes, MaxPixels = options.MaxPixels };
        Batches = options.MaxBatch > 1 ? new MicroBatches(this, metrics, title, ending) : null;
    }

    public ImageClassifier Classifier { get; }

    public DenseNetClassifierOptions Options { get; }

    public ImageDecodeOptions DecodeOptions { get; }

    /// <summary>Puts images together to batches; null where each goes by itself.</summary>
    public MicroBatches? Batches { get; }

    /// <summary>Begins a use, which <see cref="Release"/> ends; false where the network has been freed.</summary>
    public bool TryUse()
    {
        var users = Volatile.Read(ref _users);
        while (users > 0)
        {
            var found = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (found == users)
            {
                return true;
            }

            users = found;
        }

        return false;
    }

    /// <summary>Ends a use, the service's own when it is replaced; the last one frees the network.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            Batches?.Complete();
            Classifier.Dispose();
            _gone(this);
        }
    }
}
