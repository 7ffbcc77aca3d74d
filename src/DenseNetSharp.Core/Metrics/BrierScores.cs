namespace DenseNetSharp.Metrics;

/// <summary>Mean squared distances of probabilities and truth.</summary>
internal static class BrierScores
{
    public static double Of(MulticlassScores scores) =>
        scores.Images.Sum(image => image.Probabilities.Index().Sum(item => Square(item.Item - (item.Index == image.Target ? 1 : 0)))) / scores.Images.Count;

    public static double Of(MultilabelScores scores) => scores.Images
        .SelectMany(image => image.Probabilities.Zip(image.Targets))
        .Where(pair => !float.IsNaN(pair.Second))
        .Select(pair => Square((double)pair.First - pair.Second))
        .DefaultIfEmpty(double.NaN)
        .Average();

    private static double Square(double value) => value * value;
}
