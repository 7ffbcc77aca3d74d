using DenseNetSharp.Core.Tests.Images;
using DenseNetSharp.Metrics;

namespace DenseNetSharp.Core.Tests.Metrics;

[Collection(PillowCollection.Name)]
public class MulticlassMetricsTests(PillowReference reference)
{
    // Scores of few levels are full of ties; a spread of 60 makes the softmax saturate.
    [SkippableTheory]
    [InlineData(1, 4, 3, 3)]
    [InlineData(997, 10, 4, 3)]
    [InlineData(500, 7, 1, 10)]
    [InlineData(800, 6, 100_000, 60)]
    [InlineData(300, 1000, 50, 30)]
    [InlineData(20, 1, 5, 3)]
    public void Every_figure_agrees_with_scikit_learn_and_PyTorch(int images, int classes, int levels, int spread)
    {
        var random = new Random(images);
        var logits = Logits(random, images * classes, levels, spread);
        // Low classes are common and high ones rare or absent, as targets and as predictions.
        int[] targets = [.. Enumerable.Range(0, images).Select(_ => random.Next(1 + random.Next(classes)))];
        var expected = ScikitLearn.Run(reference, logits, classes, targets, """
            everything = np.arange(columns)
            predicted = logits.argmax(1)
            order = np.argsort(-logits, axis=1, kind='stable')
            hits = order == targets[:, None]
            loss = functional.cross_entropy(torch.from_numpy(logits).double(), torch.from_numpy(targets).long()).item()
            confusion = sklearn.metrics.confusion_matrix(targets, predicted, labels=everything)
            scores = sklearn.metrics.precision_recall_fscore_support(
                targets, predicted, labels=everything, zero_division=0)
            result = np.concatenate([
                [loss, sklearn.metrics.accuracy_score(targets, predicted)],
                [hits[:, :k].any(1).mean() for k in (1, 2, 5, 2000)],
                *scores, confusion.ravel()])
            """);

        var metrics = Fill(logits, targets, classes);

        var scores = metrics.PerClass();
        double[] actual =
        [
            metrics.Loss, metrics.Accuracy,
            metrics.TopAccuracy(1), metrics.TopAccuracy(2), metrics.TopAccuracy(5), metrics.TopAccuracy(2000),
            .. scores.Select(score => score.Precision), .. scores.Select(score => score.Recall),
            .. scores.Select(score => score.F1), .. scores.Select(score => (double)score.Support),
            .. metrics.ConfusionMatrix().Cast<long>().Select(count => (double)count),
        ];
        actual.ShouldEqual(expected, 1e-13);
        metrics.Count.Should().Be(images);
    }

    [SkippableFact]
    public void Without_ties_the_likeliest_five_are_those_of_torch_topk()
    {
        var random = new Random(5);
        const int classes = 40;
        int[] order = [.. Enumerable.Range(0, classes)];
        float[] logits = [.. Enumerable.Range(0, 400).SelectMany(_ =>
        {
            random.Shuffle(order);
            return order.Select(place => place * 0.37f - 5);
        })];
        int[] targets = [.. Enumerable.Range(0, 400).Select(_ => random.Next(classes))];
        // The function of torchvision's references/classification/utils.py, which the package does not hold.
        var expected = ScikitLearn.Run(reference, logits, classes, targets, """
            found = torch.from_numpy(logits).topk(20, 1)[1]
            correct = found.t().eq(torch.from_numpy(targets)[None])
            result = [correct[:k].flatten().sum(dtype=torch.float64) / len(targets) for k in (1, 5, 20)]
            """);

        var metrics = Fill(logits, targets, classes);

        new[] { metrics.TopAccuracy(1), metrics.TopAccuracy(5), metrics.TopAccuracy(20) }.ShouldEqual(expected, 1e-15);
    }

    [SkippableFact]
    public void The_loss_of_a_confident_network_keeps_its_digits()
    {
        float[] logits = [50, 0, -3, -50, 50, 0, 1e30f, -1e30f, 0];
        var loss = new double[3];
        for (var row = 0; row < loss.Length; row++)
        {
            var metrics = new MulticlassMetrics(3);
            metrics.Add(logits.AsSpan(row * 3, 3), [row == 1 ? 1 : 0]);
            loss[row] = metrics.Loss;
        }

        var expected = ScikitLearn.Run(reference, logits, 3, new[] { 0, 1, 0 }, """
            result = [np.log1p(np.exp(np.delete(row.astype(np.float64), target) - row[target].astype(np.float64)).sum())
                      for row, target in zip(logits, targets)]
            """);

        loss[0].Should().BeGreaterThan(0).And.BeApproximately(expected[0], expected[0] * 1e-12);
        loss[1].Should().BeGreaterThan(0).And.BeApproximately(expected[1], expected[1] * 1e-12);
        loss[2].Should().Be(expected[2]);
    }

    [Fact]
    public void A_network_that_scores_all_classes_alike_is_right_only_where_the_first_class_is()
    {
        var metrics = new MulticlassMetrics(4);

        metrics.Add(new float[16], [0, 1, 2, 3]);

        metrics.Accuracy.Should().Be(0.25);
        metrics.TopAccuracy(3).Should().Be(0.75);
    }

    [Fact]
    public void Without_images_there_are_no_means()
    {
        var metrics = new MulticlassMetrics(2);
        metrics.Add([], []);

        new[] { metrics.Loss, metrics.Accuracy, metrics.TopAccuracy(5) }.Should().OnlyContain(mean => double.IsNaN(mean));
        metrics.PerClass().Should().Equal(default(ClassScores), default(ClassScores));
    }

    [Fact]
    public void After_a_reset_only_what_follows_counts()
    {
        float[] logits = [1, 2, 0, 4, 5, 6];
        var used = Fill(logits, [0, 1], 3);
        used.Reset();
        used.Count.Should().Be(0);
        used.Add(logits.AsSpan(3), [2]);

        var fresh = Fill(logits[3..], [2], 3);
        used.Should().BeEquivalentTo(fresh);
        used.ConfusionMatrix().Should().BeEquivalentTo(fresh.ConfusionMatrix());
        used.PerClass().Should().Equal(fresh.PerClass());
    }

    [Fact]
    public void A_confusion_matrix_is_the_callers_own()
    {
        var metrics = Fill([1, 2], [1], 2);

        metrics.ConfusionMatrix()[1, 1] = 100;

        metrics.ConfusionMatrix()[1, 1].Should().Be(1);
    }

    [Theory]
    [InlineData(new float[] { 1, 2, 3 }, new[] { 0, 1 }, "*[2, 2] are 4 values, not 3*")]
    [InlineData(new float[] { 1, 2, 3, float.NaN }, new[] { 0, 1 }, "*row 1, column 1 is NaN*")]
    [InlineData(new float[] { 1, 2, float.NegativeInfinity, 3 }, new[] { 0, 1 }, "*row 1, column 0 is -Infinity*")]
    [InlineData(new float[] { 1, 2, 3, 4 }, new[] { 0, 2 }, "*target of row 1 is 2, but the classes are 0 to 1*")]
    [InlineData(new float[] { 1, 2, 3, 4 }, new[] { 0, -1 }, "*target of row 1 is -1, but the classes are 0 to 1*")]
    public void A_bad_batch_is_refused_and_nothing_of_it_added(float[] logits, int[] targets, string message)
    {
        var metrics = Fill([3, 1], [0], 2);
        Action add = () => metrics.Add(logits, targets);

        add.Should().Throw<ArgumentException>().WithMessage(message);

        metrics.Should().BeEquivalentTo(Fill([3, 1], [0], 2));
        metrics.ConfusionMatrix().Cast<long>().Should().Equal(1, 0, 0, 0);
    }

    [Fact]
    public void Numbers_out_of_range_are_refused()
    {
        Action none = () => _ = new MulticlassMetrics(0);
        Action tooMany = () => _ = new MulticlassMetrics(50_000);
        Action top = () => _ = new MulticlassMetrics(2).TopAccuracy(0);

        none.Should().Throw<ArgumentOutOfRangeException>().WithParameterName("classes");
        tooMany.Should().Throw<ArgumentOutOfRangeException>().WithParameterName("classes");
        top.Should().Throw<ArgumentOutOfRangeException>().WithParameterName("k");
    }

    private static float[] Logits(Random random, int count, int levels, int spread) =>
        [.. Enumerable.Range(0, count).Select(_ => (random.Next(levels) / (float)levels - 0.5f) * spread)];

    // In two batches, the first of which can be empty.
    private static MulticlassMetrics Fill(float[] logits, int[] targets, int classes)
    {
        var metrics = new MulticlassMetrics(classes);
        var split = targets.Length / 3;
        metrics.Add(logits.AsSpan(0, split * classes), targets.AsSpan(0, split));
        metrics.Add(logits.AsSpan(split * classes), targets.AsSpan(split));
        return metrics;
    }
}
