namespace DenseNetSharp.Reports;

/// <summary>The epochs of one training run.</summary>
internal static class EpochRecords
{
    /// <summary>Refuses a list whose epochs do not rise.</summary>
    /// <exception cref="ArgumentException">An epoch is null, or its number is not above the one before.</exception>
    public static void Validate(IReadOnlyList<EpochRecord> epochs)
    {
        ArgumentNullException.ThrowIfNull(epochs);
        for (var i = 0; i < epochs.Count; i++)
        {
            if (epochs[i] is null)
            {
                throw new ArgumentException($"The epoch at index {i} is null.", nameof(epochs));
            }

            if (i > 0 && epochs[i].Epoch <= epochs[i - 1].Epoch)
            {
                throw new ArgumentException(
                    $"Epoch {epochs[i].Epoch} comes after epoch {epochs[i - 1].Epoch}; epochs rise.", nameof(epochs));
            }
        }
    }

    /// <summary>The metrics' names, in the order in which they first appear.</summary>
    public static IReadOnlyList<string> MetricNames(IReadOnlyList<EpochRecord> epochs) =>
        epochs.SelectMany(epoch => epoch.Metrics).Select(metric => metric.Name).Distinct(StringComparer.Ordinal).ToList();
}
