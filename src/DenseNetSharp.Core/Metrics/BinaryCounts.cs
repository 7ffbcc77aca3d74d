namespace DenseNetSharp.Metrics;

/// <summary>One label's decisions.</summary>
internal record struct BinaryCounts(long TruePositives, long FalsePositives, long FalseNegatives, long TrueNegatives)
{
    public readonly long Known => TruePositives + FalsePositives + FalseNegatives + TrueNegatives;

    public readonly long Right => TruePositives + TrueNegatives;

    public readonly ClassScores Scores => ClassScores.Of(TruePositives, FalsePositives, FalseNegatives);

    /// <summary><c>sklearn.metrics.balanced_accuracy_score</c>: the mean of sensitivity and specificity, the one that there is where
    /// all targets are alike.</summary>
    public readonly double BalancedAccuracy => SampleFigures.MeanOfDefined(
    [
        (double)TruePositives / (TruePositives + FalseNegatives),
        (double)TrueNegatives / (TrueNegatives + FalsePositives),
    ]);

    /// <summary><c>sklearn.metrics.cohen_kappa_score</c>.</summary>
    public readonly double Kappa
    {
        get
        {
            var byChance = ((TruePositives + FalseNegatives) * (TruePositives + FalsePositives))
                + ((TrueNegatives + FalsePositives) * (TrueNegatives + FalseNegatives));
            return (double)((Known * Right) - byChance) / ((Known * Known) - byChance);
        }
    }

    public void Add(bool isTrue, bool isFound, int weight)
    {
        TruePositives += isTrue && isFound ? weight : 0;
        FalsePositives += !isTrue && isFound ? weight : 0;
        FalseNegatives += isTrue && !isFound ? weight : 0;
        TrueNegatives += !isTrue && !isFound ? weight : 0;
    }
}
