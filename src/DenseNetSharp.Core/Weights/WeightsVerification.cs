using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.Weights;

/// <summary>Whether a file is the one that the weights are.</summary>
internal static class WeightsVerification
{
    /// <summary>Throws where a file in a cache has another hash.</summary>
    /// <exception cref="PretrainedWeightsException">It has, or cannot be read.</exception>
    public static async Task RequireHashAsync(
        PretrainedWeights weights, string path, string cachePath, CancellationToken cancellationToken)
    {
        if (weights.Sha256Prefix is null)
        {
            return;
        }

        string hash;
        try
        {
            hash = await FileHash.Sha256Async(path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PretrainedWeightsException($"The file {path} cannot be read: {e.Message}", weights, cachePath, e);
        }

        if (!HasHash(weights, hash))
        {
            throw new PretrainedWeightsException(
                $"The file {path} is damaged: its SHA-256 {Difference(weights, hash)}. "
                + "Delete it to have it downloaded again.",
                weights,
                cachePath);
        }
    }

    /// <summary>Whether a file's hash is the weights', as far as that is known.</summary>
    public static bool HasHash(PretrainedWeights weights, string hash) =>
        hash.StartsWith(weights.Sha256Prefix ?? "", StringComparison.Ordinal);

    /// <summary>The end of a sentence about a hash that is wrong.</summary>
    public static string Difference(PretrainedWeights weights, string hash) =>
        $"starts with {hash[..weights.Sha256Prefix!.Length]} where the weights {weights.Name} have {weights.Sha256Prefix}";

    /// <summary>Throws where a file that has no known hash is no checkpoint either.</summary>
    /// <exception cref="TransferException">It is none.</exception>
    public static void RequireCheckpoint(string path)
    {
        try
        {
            Checkpoint.Open(path).Dispose();
        }
        catch (CheckpointFormatException e)
        {
            throw new TransferException($"What arrived is no checkpoint ({e.Message}). It was deleted.", e);
        }
    }
}
