using DenseNetSharp.Classification;
using DenseNetSharp.Core.Tests.Images;
using DenseNetSharp.Metrics;

namespace DenseNetSharp.Core.Tests.Metrics;

[Collection(PillowCollection.Name)]
public class MultilabelMetricsTests(PillowReference reference)
{
    // Every label has its own frequency, from none to all; scores of few levels are full of ties.
    [SkippableTheory]
    [InlineData(1, 5, 3, 4, 0)]
    [InlineData(1000, 14, 4, 6, 0.3)]
    [InlineData(500, 6, 1, 4, 0)]
    [InlineData(2000, 14, 100_000, 12, 0.1)]
    [InlineData(400, 1, 1000, 200, 0.1)]
    [InlineData(30, 3, 10, 4, 1)]
    public void Every_figure_agrees_with_scikit_learn_and_PyTorch(
        int images, int labels, int levels, int spread, double unknown)
    {
        var random = new Random(images);
        float[] logits =
            [.. Enumerable.Range(0, images * labels).Select(_ => (random.Next(levels) / (float)levels - 0.5f) * spread)];
        float[] targets = [.. Enumerable.Range(0, images * labels).Select(i =>
            random.NextDouble() < unknown ? float.NaN
            : random.NextDouble() < (labels == 1 ? 0.02 : i % labels / (labels - 1.0)) ? 1f : 0f)];
        var expected = ScikitLearn.Run(reference, logits, labels, targets, """
            known = ~np.isnan(targets)
            def loss():
                return functional.binary_cross_entropy_with_logits(
                    torch.from_numpy(logits[known]).double(), torch.from_numpy(targets[known]).double()).item()
            def auroc(scores, truth):
                return sklearn.metrics.roc_auc_score(truth, scores) if len(np.unique(truth)) == 2 else np.nan
            def scores(column, threshold):
                return [figure[0] for figure in sklearn.metrics.precision_recall_fscore_support(
                    targets[known[:, column], column],
                    (torch.from_numpy(logits[known[:, column], column]).double().sigmoid().float() >= threshold).float(),
                    labels=[1], zero_division=0)] if known[:, column].any() else [0, 0, 0, 0]
            areas = [auroc(logits[known[:, column], column], targets[known[:, column], column]) for column in range(columns)]
            result = [loss(), *areas, np.nanmean(areas), known.sum()]
            for threshold in (0.5, 0.2):
                for column in range(columns):
                    result += scores(column, np.float32(threshold).item())
            """);

        var metrics = Fill(logits, targets, labels);

        double[] actual =
        [
            metrics.Loss, .. metrics.Auroc(), metrics.MeanAuroc(), metrics.KnownTargets,
            .. Figures(metrics.PerLabel()), .. Figures(metrics.PerLabel(0.2f)),
        ];
        actual.ShouldEqual(expected, 1e-13);
        metrics.Count.Should().Be(images);
    }

    [SkippableFact]
    public void The_loss_of_huge_and_of_confident_scores_keeps_its_digits()
    {
        float[] logits = [50, -50, 1e30f, -1e30f, 1e30f, 0];
        float[] targets = [1, 0, 0, 1, 1, 0];
        var expected = ScikitLearn.Run(reference, logits, 1, targets, """
            signed = np.where(targets == 1, -1.0, 1.0) * logits.astype(np.float64)
            result = np.logaddexp(0, signed).ravel()
            """);
        for (var i = 0; i < logits.Length; i++)
        {
            var metrics = new MultilabelMetrics(1);
            metrics.Add([logits[i]], [targets[i]]);
            metrics.Loss.Should().BeApproximately(expected[i], expected[i] * 1e-12);
        }

        expected[0].Should().BeGreaterThan(0);
    }

    [Fact]
    public void Scores_go_on_counting_after_an_area_was_asked_for()
    {
        float[] logits = [3, 1, 2, 0, 4, -1, 2, 2];
        float[] targets = [1, 0, 0, 1, 1, 1, 0, 0];
        var asked = new MultilabelMetrics(2);
        for (var row = 0; row < 4; row++)
        {
            asked.Add(logits.AsSpan(row * 2, 2), targets.AsSpan(row * 2, 2));
            asked.Auroc();
        }

        asked.Auroc().Should().Equal(Fill(logits, targets, 2).Auroc());
        asked.Auroc().Should().Equal(1, 0);
    }

    [SkippableFact]
    public void What_is_found_is_what_a_classification_result_finds()
    {
        var random = new Random(3);
        float[] logits = [.. Enumerable.Range(0, 300).Select(_ => random.Next(-8, 8) / 4f)];
        float[] thresholds = [0.5f, 1 / (1 + MathF.Exp(-0.25f)), float.NaN];
        var found = new int[3];
        for (var row = 0; row < 100; row++)
        {
            var result = new ClassificationResult(
                logits.AsSpan(row * 3, 3), null, ClassificationTask.Multilabel, thresholds);
            foreach (var prediction in result.Found())
            {
                found[prediction.Index]++;
            }
        }

        // Where every image has the label, the recall counts what is found.
        var metrics = Fill(logits, [.. Enumerable.Repeat(1f, 300)], 3);

        metrics.PerLabel(thresholds).Select(score => score.Recall)
            .ShouldEqual(found.Select(count => count / 100.0), 1e-15);
        found[1].Should().BePositive();
        found[2].Should().Be(0);
    }

    [Fact]
    public void Without_known_targets_there_are_no_means()
    {
        var metrics = Fill([1, 2], [float.NaN, float.NaN], 2);

        metrics.Loss.Should().Be(double.NaN);
        metrics.MeanAuroc().Should().Be(double.NaN);
        metrics.Auroc().Should().Equal(double.NaN, double.NaN);
        (metrics.Count, metrics.KnownTargets).Should().Be((1L, 0L));
    }

    [Fact]
    public void After_a_reset_only_what_follows_counts()
    {
        var used = Fill([5, 6, 7, 8], [0, 1, 1, 0], 1);
        used.Reset();
        (used.Count, used.KnownTargets).Should().Be((0L, 0L));
        used.Add([1, 2, 3], [0, 1, 0]);

        var fresh = Fill([1, 2, 3], [0, 1, 0], 1);
        used.Should().BeEquivalentTo(fresh);
        used.Auroc().Should().Equal(0.5);
        used.PerLabel().Should().Equal(fresh.PerLabel());
    }

    [Theory]
    [InlineData(new float[] { 1, 2, 3 }, new float[] { 0, 1, 0 }, "3 targets are no whole number of images with 2 labels*")]
    [InlineData(new float[] { 1, 2, 3 }, new float[] { 0, 1, 0, 1 }, "*[2, 2] are 4 values, not 3*")]
    [InlineData(new float[] { 1, 2, float.NaN, 3 }, new float[] { 0, 1, float.NaN, 1 }, "*row 1, column 0 is NaN*")]
    [InlineData(new float[] { 1, float.PositiveInfinity }, new float[] { 0, 1 }, "*row 0, column 1 is Infinity*")]
    [InlineData(new float[] { 1, 2, 3, 4 }, new float[] { 0, 1, -1, 1 }, "*row 1, column 0 is -1; it must be 0, 1, or NaN*")]
    [InlineData(new float[] { 1, 2 }, new float[] { 0, 0.5f }, "*row 0, column 1 is 0.5; it must be 0, 1, or NaN*")]
    public void A_bad_batch_is_refused_and_nothing_of_it_added(float[] logits, float[] targets, string message)
    {
        var metrics = Fill([3, 1], [0, 1], 2);
        Action add = () => metrics.Add(logits, targets);

        add.Should().Throw<ArgumentException>().WithMessage(message);

        metrics.Should().BeEquivalentTo(Fill([3, 1], [0, 1], 2));
        metrics.PerLabel(0f).Select(score => score.Support).Should().Equal(0, 1);
    }

    [Fact]
    public void Arguments_out_of_range_are_refused()
    {
        var metrics = new MultilabelMetrics(2);
        Action none = () => _ = new MultilabelMetrics(0);
        Action high = () => metrics.PerLabel(1.5f);
        Action nan = () => metrics.PerLabel(float.NaN);
        Action few = () => metrics.PerLabel([0.5f]);

        none.Should().Throw<ArgumentOutOfRangeException>().WithParameterName("labels");
        high.Should().Throw<ArgumentOutOfRangeException>().WithParameterName("threshold");
        nan.Should().Throw<ArgumentOutOfRangeException>().WithParameterName("threshold");
        few.Should().Throw<ArgumentException>().WithMessage("*1 thresholds for 2 labels*");
    }

    private static IEnumerable<double> Figures(IEnumerable<ClassScores> scores) =>
        scores.SelectMany(score => new[] { score.Precision, score.Recall, score.F1, score.Support });

    // In two batches, the first of which can be empty.
    private static MultilabelMetrics Fill(float[] logits, float[] targets, int labels)
    {
        var metrics = new MultilabelMetrics(labels);
        var split = logits.Length / labels / 3 * labels;
        metrics.Add(logits.AsSpan(0, split), targets.AsSpan(0, split));
        metrics.Add(logits.AsSpan(split), targets.AsSpan(split));
        return metrics;
    }
}
