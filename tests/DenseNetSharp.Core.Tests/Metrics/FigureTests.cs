using DenseNetSharp.Classification;
using DenseNetSharp.Core.Tests.Images;
using DenseNetSharp.Datasets;
using DenseNetSharp.Metrics;

namespace DenseNetSharp.Core.Tests.Metrics;

[Collection(PillowCollection.Name)]
public class FigureTests(PillowReference reference)
{
    // torchmetrics' and Guo's definition, which scikit-learn lacks: bins with their upper ends.
    private const string Calibration = """
        def calibration_error(confidence, truth):
            if len(confidence) == 0:
                return np.nan
            confidence, truth, error = np.asarray(confidence, np.float64), np.asarray(truth, np.float64), 0
            bounds = np.linspace(0, 1, 16)
            for low, high in zip(bounds[:-1], bounds[1:]):
                inside = (confidence > low) & (confidence <= high) | (low == 0) & (confidence == 0)
                if inside.any():
                    error += inside.mean() * abs(truth[inside].mean() - confidence[inside].mean())
            return error
        def or_nan(figure, truth, *arguments, **named):
            return figure(truth, *arguments, **named) if len(np.unique(truth)) == 2 else np.nan
        """;

    // Scores of few levels are full of ties; low classes are common and high ones rare or absent, as targets and as predictions.
    [SkippableTheory]
    [InlineData(1, 4, 3, 3)]
    [InlineData(997, 10, 4, 3)]
    [InlineData(500, 7, 1, 10)]
    [InlineData(800, 6, 100_000, 60)]
    [InlineData(300, 2, 50, 8)]
    [InlineData(60, 100, 50, 8)]
    public void Figures_of_classes_are_scikit_learns(int images, int classes, int levels, int spread)
    {
        var random = new Random(images);
        var logits = Logits(random, images * classes, levels, spread);
        int[] targets = [.. Enumerable.Range(0, images).Select(_ => random.Next(1 + random.Next(classes)))];
        var expected = ScikitLearn.Run(reference, logits, classes, targets, Calibration + "\n" + """
            from sklearn import metrics
            predicted = logits.argmax(1)
            probabilities = torch.from_numpy(logits).double().softmax(1).float().numpy()
            order = np.argsort(-logits, axis=1, kind='stable')
            areas = [or_nan(metrics.roc_auc_score, targets == c, probabilities[:, c]) for c in range(columns)]
            precisions = [metrics.average_precision_score(targets == c, probabilities[:, c]) if (targets == c).any() else np.nan
                          for c in range(columns)]
            result = [
                metrics.accuracy_score(targets, predicted), (order == targets[:, None])[:, :5].any(1).mean(),
                metrics.balanced_accuracy_score(targets, predicted), metrics.f1_score(targets, predicted, average='macro'),
                metrics.f1_score(targets, predicted, average='micro'), metrics.f1_score(targets, predicted, average='weighted'),
                metrics.cohen_kappa_score(targets, predicted), np.nanmean(areas), np.nanmean(precisions),
                functional.cross_entropy(torch.from_numpy(logits).double(), torch.from_numpy(targets).long()).item(),
                calibration_error(probabilities[np.arange(len(targets)), predicted], predicted == targets), *areas, *precisions]
            """);

        var evaluation = Evaluate(logits, targets, classes);

        var metrics = evaluation.Multiclass;
        double[] actual =
        [
            .. EvaluationMetric.All.Select(metric => metric.Of(evaluation)), .. metrics.Auroc(), .. metrics.AveragePrecision(),
        ];
        actual.ShouldEqual(expected, 1e-12);
        new[]
        {
            metrics.Accuracy, metrics.TopAccuracy(5), metrics.BalancedAccuracy, metrics.MacroF1, metrics.MicroF1, metrics.WeightedF1,
            metrics.CohenKappa, metrics.MeanAuroc(), metrics.MeanAveragePrecision(), metrics.Loss, metrics.CalibrationError,
        }.ShouldEqual(actual.Take(11), 1e-12);
    }

    // Every label has its own frequency, from none to all.
    [SkippableTheory]
    [InlineData(1, 5, 3, 4, 0)]
    [InlineData(1000, 14, 4, 6, 0.3)]
    [InlineData(500, 6, 1, 4, 0)]
    [InlineData(2000, 14, 100_000, 12, 0.1)]
    [InlineData(400, 1, 1000, 200, 0.1)]
    [InlineData(30, 3, 10, 4, 1)]
    [InlineData(50, 3, 1000, 4, 0.95)]
    public void Figures_of_labels_are_scikit_learns(int images, int labels, int levels, int spread, double unknown)
    {
        var (logits, targets) = Labels(images, labels, levels, spread, unknown);
        var expected = ScikitLearn.Run(reference, logits, labels, targets, Calibration + "\n" + """
            from sklearn import metrics
            known = ~np.isnan(targets)
            probabilities = torch.from_numpy(logits).double().sigmoid().float().numpy()
            found = probabilities >= np.float32(0.3)
            def each(figure):
                return [figure(targets[known[:, c], c], c) for c in range(columns) if known[:, c].any()]
            def mean(values):
                return np.nanmean(values) if len(values) else np.nan
            def of_labels(figure, scores):
                return [or_nan(figure, targets[known[:, c], c], scores[known[:, c], c]) for c in range(columns)]
            all_targets, all_found = targets[known], found[known]
            areas = of_labels(metrics.roc_auc_score, logits)
            precisions = [metrics.average_precision_score(targets[known[:, c], c], logits[known[:, c], c])
                          if (targets[known[:, c], c] == 1).any() else np.nan for c in range(columns)]
            f1 = lambda truth, c: metrics.f1_score(truth, found[known[:, c], c], zero_division=0)
            supports = each(lambda truth, c: truth.sum())
            result = [
                metrics.accuracy_score(all_targets, all_found) if len(all_targets) else np.nan, np.nan,
                mean(each(lambda truth, c: metrics.balanced_accuracy_score(truth, found[known[:, c], c]))), mean(each(f1)),
                metrics.f1_score(all_targets, all_found) if len(all_targets) else np.nan,
                np.average(each(f1), weights=supports) if sum(supports) else np.nan,
                mean(each(lambda truth, c: metrics.cohen_kappa_score(truth, found[known[:, c], c]))), mean(areas), mean(precisions),
                functional.binary_cross_entropy_with_logits(
                    torch.from_numpy(logits[known]).double(), torch.from_numpy(all_targets).double()).item(),
                mean(each(lambda truth, c: calibration_error(probabilities[known[:, c], c], truth))), *areas, *precisions]
            if not unknown_labels:
                assert abs(result[3] - metrics.f1_score(targets, found, average='macro', zero_division=0)) < 1e-12
                assert abs(result[0] - 1 + metrics.hamming_loss(targets, found)) < 1e-12
            """.Replace("unknown_labels", unknown == 0 ? "False" : "True"));

        var evaluation = Evaluate(logits, targets, labels);
        evaluation.Multilabel.Thresholds = [.. Enumerable.Repeat(0.3f, labels)];

        var metrics = evaluation.Multilabel;
        double[] actual =
        [
            .. EvaluationMetric.All.Select(metric => metric.Of(evaluation)), .. metrics.Auroc(), .. metrics.AveragePrecision(),
        ];
        actual.ShouldEqual(expected, 1e-12);
        new[]
        {
            metrics.Accuracy, double.NaN, metrics.BalancedAccuracy, metrics.MacroF1, metrics.MicroF1, metrics.WeightedF1,
            metrics.CohenKappa, metrics.MeanAuroc(), metrics.MeanAveragePrecision(), metrics.Loss, metrics.CalibrationError,
        }.ShouldEqual(actual.Take(11), 1e-12);
    }

    [SkippableTheory]
    [InlineData(300, 4, 0)]
    [InlineData(500, 100_000, 0.2)]
    public void Curves_are_scikit_learns(int images, int levels, double unknown)
    {
        var (logits, targets) = Labels(images, 3, levels, 6, unknown);
        var expected = ScikitLearn.Run(reference, logits, 3, targets, """
            known = ~np.isnan(targets[:, 1])
            truth, scores = targets[known, 1], torch.from_numpy(logits[known, 1]).double().sigmoid().float().numpy()
            negative, positive, thresholds = sklearn.metrics.roc_curve(truth, scores, drop_intermediate=False)
            precision, recall, rising = sklearn.metrics.precision_recall_curve(truth, scores)
            result = np.concatenate([negative, positive, thresholds[1:], precision, recall, rising])
            """);
        int[] columns = [.. Enumerable.Range(0, images).Where(i => !float.IsNaN(targets[(i * 3) + 1])).Select(i => (i * 3) + 1)];

        // Class 1 of two, by the softmax that equals the sigmoid.
        var evaluation = Evaluate(
            [.. columns.SelectMany(i => new[] { 0, logits[i] })], [.. columns.Select(i => (int)targets[i])], 2).Multiclass;
        var labels = Evaluate(logits, targets, 3).Multilabel;

        foreach (var (roc, recall) in new[] { (labels.Roc(1), labels.PrecisionRecall(1)), (evaluation.Roc(1), evaluation.PrecisionRecall(1)) })
        {
            double[] actual =
            [
                .. roc.FalsePositiveRates, .. roc.TruePositiveRates, .. roc.Thresholds.Skip(1).Select(threshold => (double)threshold),
                .. recall.Precisions, .. recall.Recalls, .. recall.Thresholds.Select(threshold => (double)threshold),
            ];
            actual.ShouldEqual(expected, 1e-6);
            (roc.IsDefined, recall.IsDefined, roc.Thresholds[0]).Should().Be((true, true, float.PositiveInfinity));
        }

        labels.Roc(0).IsDefined.Should().BeFalse();
        labels.PrecisionRecall(0).IsDefined.Should().BeFalse();
        labels.PrecisionRecall(2).IsDefined.Should().BeTrue();
        labels.Invoking(metrics => metrics.Roc(3)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [SkippableTheory]
    [InlineData(200, 5, 0)]
    [InlineData(1000, 100_000, 0.2)]
    [InlineData(40, 3, 0.5)]
    public void Thresholds_are_those_where_scikit_learns_curves_are_best(int images, int levels, double unknown)
    {
        const int labels = 6;
        var (logits, targets) = Labels(images, labels, levels, 6, unknown);
        var expected = ScikitLearn.Run(reference, logits, labels, targets, """
            result = []
            for rule in ('youden', 'f1'):
                for c in range(columns):
                    known = ~np.isnan(targets[:, c])
                    truth, scores = targets[known, c], torch.from_numpy(logits[known, c]).double().sigmoid().float().numpy()
                    if len(np.unique(truth)) < 2:
                        result.append(np.nan)
                    elif rule == 'youden':
                        negative, positive, thresholds = sklearn.metrics.roc_curve(truth, scores, drop_intermediate=False)
                        better = np.isclose(positive - negative, (positive - negative)[1:].max(), rtol=0, atol=1e-12)
                        result.append(thresholds[1:][better[1:]].max())
                    else:
                        figures = [sklearn.metrics.f1_score(truth, scores >= threshold) for threshold in np.unique(scores)]
                        result.append(np.unique(scores)[np.isclose(figures, max(figures), rtol=0, atol=1e-12)].max())
            """);

        var metrics = Evaluate(logits, targets, labels).Multilabel;

        float?[] chosen = [.. metrics.ChooseThresholds(ThresholdRule.Youden), .. metrics.ChooseThresholds(ThresholdRule.F1)];
        chosen.Select(threshold => (double?)threshold ?? double.NaN).ShouldEqual(expected, 0);
        chosen[0].Should().BeNull("no image has the first label");
        expected.Should().Contain(value => !double.IsNaN(value));
    }

    [SkippableTheory]
    [InlineData(40, 3, 0)]
    [InlineData(128, 50, 0.3)]
    [InlineData(1, 3, 0)]
    public void Intervals_of_labels_are_those_of_scikit_learns_resamples(int images, int levels, double unknown)
    {
        const int labels = 4;
        var (logits, targets) = Labels(images, labels, levels, 6, unknown);
        var expected = ScikitLearn.Run(reference, logits, labels, targets, """
            from sklearn import metrics, utils
            random = np.random.RandomState(7)
            found = torch.from_numpy(logits).double().sigmoid().float().numpy() >= 0.5
            areas, kappas, precisions, accuracies = [], [], [], []
            for _ in range(50):
                t, s, f = utils.resample(targets, logits, found, random_state=random)
                known = ~np.isnan(t)
                parts = [(t[known[:, c], c], s[known[:, c], c], f[known[:, c], c]) for c in range(columns)]
                areas.append([metrics.roc_auc_score(truth, scores) if len(np.unique(truth)) == 2 else np.nan for truth, scores, _ in parts])
                precisions.append([metrics.average_precision_score(truth, scores) if (truth == 1).any() else np.nan for truth, scores, _ in parts])
                kappas.append([metrics.cohen_kappa_score(truth, hits) if len(truth) else np.nan for truth, _, hits in parts])
                accuracies.append(metrics.accuracy_score(t[known], f[known]))
            def interval(values):
                values = np.asarray(values)[~np.isnan(values)]
                return [*np.percentile(values, [2.5, 97.5]), len(values)] if len(values) else [np.nan, np.nan, 0]
            result = [*interval(accuracies), *interval(np.nanmean(kappas, axis=1)), *interval(np.nanmean(areas, axis=1))]
            for c in range(columns):
                result += [*interval(np.array(areas)[:, c]), *interval(np.array(precisions)[:, c])]
            """);

        var intervals = Evaluate(logits, targets, labels).Bootstrap(50, 7);

        ConfidenceInterval[] actual =
        [
            intervals.Of(EvaluationMetric.Accuracy), intervals.Of(EvaluationMetric.Kappa), intervals.Of(EvaluationMetric.Auroc),
            .. intervals.Auroc.Zip(intervals.AveragePrecision).SelectMany(pair => new[] { pair.First, pair.Second }),
        ];
        actual.SelectMany(interval => new[] { interval.Low, interval.High, interval.Resamples }).ShouldEqual(expected, 1e-12);
        (intervals.Resamples, intervals.Seed).Should().Be((50, 7L));
        intervals.Invoking(all => all.Of(EvaluationMetric.TopFiveAccuracy)).Should().Throw<KeyNotFoundException>().WithMessage("*top-5*");
    }

    [SkippableFact]
    public void Intervals_of_classes_are_those_of_scikit_learns_resamples()
    {
        const int classes = 5;
        var random = new Random(9);
        var logits = Logits(random, 90 * classes, 6, 5);
        int[] targets = [.. Enumerable.Range(0, 90).Select(_ => random.Next(1 + random.Next(classes)))];
        var expected = ScikitLearn.Run(reference, logits, classes, targets, """
            from sklearn import metrics, utils
            random = np.random.RandomState(0)
            probabilities = torch.from_numpy(logits).double().softmax(1).float().numpy()
            figures = []
            for _ in range(200):
                t, s, p = utils.resample(targets, logits.argmax(1), probabilities, random_state=random)
                figures.append([metrics.accuracy_score(t, s), metrics.balanced_accuracy_score(t, s), metrics.f1_score(t, s, average='macro'),
                    metrics.cohen_kappa_score(t, s), np.mean([metrics.roc_auc_score(t == c, p[:, c]) for c in np.unique(t)]),
                    -np.log(np.float64(p[np.arange(len(t)), t])).mean()])
            result = np.percentile(figures, [2.5, 97.5], axis=0).T.ravel()
            """);

        var intervals = Evaluate(logits, targets, classes).Bootstrap(200);

        new[]
        {
            EvaluationMetric.Accuracy, EvaluationMetric.BalancedAccuracy, EvaluationMetric.MacroF1, EvaluationMetric.Kappa, EvaluationMetric.Auroc,
            EvaluationMetric.Loss,
        }.Select(intervals.Of).SelectMany(interval => new[] { interval.Low, interval.High }).ShouldEqual(expected, 1e-6);
    }

    [Fact]
    public void The_worst_mistakes_come_first_with_what_was_wrong()
    {
        var labels = Evaluate([4, -4, -2, 3, 9, -9], [1, 0, 1, float.NaN, float.NaN, float.NaN], 2);
        var classes = Evaluate([1, 2, 5, 0, 0, 1], [0, 0, 0], 2);

        labels.WorstFirst().Select(image => image.Image.Path).Should().Equal("image 1", "image 0", "image 2");
        var worst = labels.WorstFirst()[0];
        worst.Loss.Should().BeApproximately(Math.Log(1 + Math.Exp(2)), 1e-12);
        worst.Found.Should().Equal(1);
        worst.Wrong.Should().Equal(0);
        worst.Targets.Should().Equal(1, float.NaN);
        labels.WorstFirst()[2].Loss.Should().Be(double.NaN);
        classes.WorstFirst().Select(image => image.Image.Path).Should().Equal("image 0", "image 2", "image 1");
        classes.WorstFirst().Select(image => image.Wrong.Count).Should().Equal(1, 1, 0);
        classes.Scored()[0].Found.Should().Equal(1);
        classes.Scored()[0].Probabilities[1].Should().BeApproximately(1 / (1 + MathF.Exp(-1)), 1e-6f);
    }

    [Fact]
    public void A_metric_is_known_by_its_name_and_says_what_is_better()
    {
        EvaluationMetric.Parse("Balanced-Accuracy").Should().BeSameAs(EvaluationMetric.BalancedAccuracy);
        EvaluationMetric.All.Select(metric => EvaluationMetric.Parse(metric.Name)).Should().Equal(EvaluationMetric.All);
        ((Action)(() => EvaluationMetric.Parse("acc"))).Should().Throw<ArgumentException>()
            .WithMessage("There is no metric 'acc'; known are accuracy, *ece.*");
        EvaluationMetric.All.Where(metric => !metric.HigherIsBetter).Select(metric => metric.Name).Should().Equal("loss", "ece");
        EvaluationMetric.For(ClassificationTask.Multilabel).Should().NotContain(EvaluationMetric.TopFiveAccuracy).And.HaveCount(10);
        EvaluationMetric.For(ClassificationTask.None).Should().BeEmpty();

        var (loss, kappa) = (EvaluationMetric.Loss, EvaluationMetric.Kappa);
        (loss.IsBetter(1, 2), loss.IsBetter(2, 1), kappa.IsBetter(2, 1), kappa.IsBetter(1, 1)).Should().Be((true, false, true, false));
        (kappa.IsBetter(double.NaN, -1), kappa.IsBetter(-1, double.NaN), kappa.IsBetter(double.NaN, double.NaN)).Should().Be((false, true, false));
    }

    [Fact]
    public void Nothing_to_draw_from_or_no_draws_are_refused()
    {
        var nothing = Evaluate([], Array.Empty<int>(), 2);
        nothing.Invoking(evaluation => evaluation.Bootstrap()).Should().Throw<InvalidOperationException>();
        nothing.Invoking(evaluation => evaluation.Bootstrap(0)).Should().Throw<ArgumentOutOfRangeException>();
        EvaluationMetric.All.Select(metric => metric.Of(nothing)).Should().OnlyContain(value => double.IsNaN(value));
        new MultilabelMetrics(2).Invoking(metrics => metrics.Thresholds = [0.5f]).Should().Throw<ArgumentException>().WithMessage("*1 thresholds for 2*");
    }

    private static float[] Logits(Random random, int count, int levels, int spread) =>
        [.. Enumerable.Range(0, count).Select(_ => (random.Next(levels) / (float)levels - 0.5f) * spread)];

    private static (float[] Logits, float[] Targets) Labels(int images, int labels, int levels, int spread, double unknown)
    {
        var random = new Random(images);
        var logits = Logits(random, images * labels, levels, spread);
        return (logits, [.. Enumerable.Range(0, images * labels).Select(i =>
            random.NextDouble() < unknown ? float.NaN
            : random.NextDouble() < (labels == 1 ? 0.02 : i % labels / (labels - 1.0)) ? 1f : 0f)]);
    }

    private static Evaluation Evaluate(float[] logits, int[] targets, int classes)
    {
        var evaluation = new Evaluation(new ImageDataset(Names(classes), []));
        evaluation.Add(logits, [.. targets.Select((target, i) => new LabelledImage($"image {i}", [target]))]);
        return evaluation;
    }

    private static Evaluation Evaluate(float[] logits, float[] targets, int labels)
    {
        var evaluation = new Evaluation(new ImageDataset(Names(labels), [], ClassificationTask.Multilabel));
        evaluation.Add(
            logits, targets, [.. Enumerable.Range(0, logits.Length / labels).Select(i => new LabelledImage($"image {i}", []))]);
        return evaluation;
    }

    private static IEnumerable<string> Names(int count) => Enumerable.Range(0, count).Select(i => $"class {i}");
}
