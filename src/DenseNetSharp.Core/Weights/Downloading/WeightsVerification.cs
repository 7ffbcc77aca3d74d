using DenseNetSharp.Checkpoints;
using DenseNetSharp.Files;
using DenseNetSharp.StateDicts;
using DenseNetSharp.Weights.Caching;

namespace DenseNetSharp.Weights.Downloading;

/// <summary>Whether a file is the one that the weights are: by its hash, else by what it holds.</summary>
internal static class WeightsVerification
{
    /// <summary>Throws where a file in a cache is not the weights'.</summary>
    /// <exception cref="PretrainedWeightsException">It is not, or cannot be read.</exception>
    public static async Task RequireCachedAsync(
        PretrainedWeights weights, string path, string cachePath, CancellationToken cancellationToken)
    {
        string? problem;
        try
        {
            problem = weights.Sha256Prefix is null
                ? CheckpointProblem(weights, path)
                : await HashProblemAsync(weights, path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PretrainedWeightsException($"The file {path} cannot be read: {e.Message}", weights, cachePath, e);
        }

        if (problem is not null)
        {
            // A file elsewhere than in PyTorch's cache may surprise whoever has to delete it.
            var place = path == cachePath ? "" : $"It lies in Hugging Face's cache, {HuggingFaceCache.Directory}. ";
            throw new PretrainedWeightsException(
                $"The file {path} is damaged: {problem}. {place}Delete it to have it downloaded again.", weights, cachePath);
        }
    }

    /// <summary>Whether a file's hash is the weights', as far as that is known.</summary>
    public static bool HasHash(PretrainedWeights weights, string hash) =>
        hash.StartsWith(weights.Sha256Prefix ?? "", StringComparison.Ordinal);

    /// <summary>The end of a sentence about a hash that is wrong.</summary>
    public static string Difference(PretrainedWeights weights, string hash) =>
        $"starts with {hash[..weights.Sha256Prefix!.Length]} where the weights {weights.Name} have {weights.Sha256Prefix}";

    /// <summary>More bytes than the file can have; publishers round its size, so there is some room.</summary>
    public static long LongestFile(PretrainedWeights weights) => weights.SizeInMebibytes > 0
        ? (long)(((weights.SizeInMebibytes * 1.01) + 1) * (1 << 20))
        : long.MaxValue;

    /// <summary>
    /// Throws where a file that has no known hash is no checkpoint either, or not of the weights' network. Only its
    /// tensors' names and shapes are read.
    /// </summary>
    /// <exception cref="TransferException">The file is no checkpoint of the network.</exception>
    public static void RequireCheckpoint(PretrainedWeights weights, string path, string remark)
    {
        if (CheckpointProblem(weights, path) is { } problem)
        {
            throw new TransferException(
                $"What arrived is no checkpoint of {weights.ArchitectureName} ({problem}). It was deleted.{remark}");
        }
    }

    private static async Task<string?> HashProblemAsync(
        PretrainedWeights weights, string path, CancellationToken cancellationToken)
    {
        var hash = await FileHash.Sha256Async(path, cancellationToken).ConfigureAwait(false);
        return HasHash(weights, hash) ? null : $"its SHA-256 {Difference(weights, hash)}";
    }

    private static string? CheckpointProblem(PretrainedWeights weights, string path)
    {
        try
        {
            using var checkpoint = Checkpoint.Open(path);
            return weights.Architecture is { } architecture
                && StateDictMatch.Create(architecture, checkpoint) is { IsExact: false } match
                    ? $"it does not fit {weights.ArchitectureName}, {Differences(match)}"
                    : null;
        }
        catch (CheckpointFormatException e)
        {
            // Only the sentence around it knows by which name the file should be called.
            return e.Message.Replace(path, "the file", StringComparison.Ordinal).TrimEnd('.');
        }
    }

    private static string Differences(StateDictMatch match)
    {
        var names = match.Misshapen.Select(tensor => tensor.Entry.Name)
            .Concat(match.Missing.Select(entry => entry.Name))
            .Concat(match.Unexpected);
        return $"with {match.Missing.Count} tensors missing, {match.Unexpected.Count} too many and {match.Misshapen.Count} of "
            + $"another shape, such as {names.First()}";
    }
}
