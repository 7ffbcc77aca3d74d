using DenseNetSharp.Weights.Downloading;

namespace DenseNetSharp.Weights;

/// <summary>Pretrained weights cannot be had. The message says why and what the user can do.</summary>
public sealed class PretrainedWeightsException : Exception
{
    /// <summary>Describes the failure.</summary>
    /// <param name="problem">What went wrong, in one sentence.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="cachePath">Where the file can be put by hand.</param>
    /// <param name="innerException">The cause, or null.</param>
    public PretrainedWeightsException(
        string problem, PretrainedWeights weights, string cachePath, Exception? innerException = null)
        : base($"{problem}\n{Advice(weights, cachePath)}", innerException)
    {
        Weights = weights;
        CachePath = cachePath;
    }

    /// <summary>The weights.</summary>
    public PretrainedWeights Weights { get; }

    /// <summary>Where the file can be put by hand.</summary>
    public string CachePath { get; }

    private static string Advice(PretrainedWeights weights, string cachePath) =>
        $"You can download {DownloadSource.Shown(weights.Url)} by hand and put it at {cachePath}, or pass a file of your own as the weights.";
}
