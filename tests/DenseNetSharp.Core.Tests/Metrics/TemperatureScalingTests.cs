using DenseNetSharp.Classification;
using DenseNetSharp.Core.Tests.Images;
using DenseNetSharp.Datasets;
using DenseNetSharp.Metrics;

namespace DenseNetSharp.Core.Tests.Metrics;

[Collection(PillowCollection.Name)]
public class TemperatureScalingTests(PillowReference reference)
{
    private const string Root = """
        from scipy import optimize
        scores = torch.from_numpy(logits).double()
        def slope(inverse):
            inverse = torch.tensor(inverse, dtype=torch.float64, requires_grad=True)
            loss(scores * inverse).backward()
            return inverse.grad.item()
        inverse = optimize.brentq(slope, 1e-9, 1e6, xtol=1e-15, rtol=1e-14, maxiter=1000)
        result = [1 / inverse, loss(scores).item(), loss(scores * inverse).item()]
        """;

    // Networks that say too much, and too little; a temperature far from 1; one image that is wrong among many.
    [SkippableTheory]
    [InlineData(400, 5, 12, 0.5)]
    [InlineData(300, 10, 0.3, 1.2)]
    [InlineData(50, 2, 40_000, 0.4)]
    [InlineData(200, 3, 0.001, 2)]
    [InlineData(2000, 4, 8, 5)]
    public void Of_classes_it_is_where_the_slope_of_PyTorchs_cross_entropy_is_0(int images, int classes, double scale, double signal)
    {
        var random = new Random(images);
        int[] targets = [.. Enumerable.Range(0, images).Select(_ => random.Next(classes))];
        float[] logits =
        [
            .. targets.SelectMany(target => Enumerable.Range(0, classes).Select(i => (float)(scale * (Normal(random) + (i == target ? signal : 0))))),
        ];
        var expected = ScikitLearn.Run(reference, logits, classes, targets, $"""
            right = torch.from_numpy(targets).long()
            loss = lambda scores: functional.cross_entropy(scores, right)
            {Root}
            """);

        var fit = TemperatureScaling.Fit(logits, targets);

        ((double[])[fit.Temperature!.Value, fit.LossBefore, fit.LossAfter]).ShouldEqual(expected, 1e-9);
        fit.Fault.Should().BeNull();
        fit.LossAfter.Should().BeLessThanOrEqualTo(fit.LossBefore);
    }

    [SkippableTheory]
    [InlineData(300, 4, 9, 0.6)]
    [InlineData(100, 1, 0.2, 1.5)]
    public void Of_labels_it_is_where_the_slope_of_the_known_targets_binary_cross_entropy_is_0(int images, int labels, double scale, double signal)
    {
        var random = new Random(images);
        float[] targets = [.. Enumerable.Range(0, images * labels).Select(_ => random.Next(5) switch { 0 => float.NaN, < 3 => 1f, _ => 0f })];
        float[] logits = [.. targets.Select(target => (float)(scale * (Normal(random) + (target == 1 ? signal : -signal))))];
        var expected = ScikitLearn.Run(reference, logits, labels, targets, $"""
            known = ~np.isnan(targets)
            right = torch.from_numpy(targets[known]).double()
            logits = logits[known]
            loss = lambda scores: functional.binary_cross_entropy_with_logits(scores, right)
            {Root}
            """);

        var fit = TemperatureScaling.Fit(logits, targets);

        ((double[])[fit.Temperature!.Value, fit.LossBefore, fit.LossAfter]).ShouldEqual(expected, 1e-9);
    }

    [Fact]
    public void Where_no_temperature_is_the_best_it_is_said_why()
    {
        Expect(TemperatureScaling.Fit([3, 1, 0, 2], [0, 1]), "*decided rightly*nears 0*");
        Expect(TemperatureScaling.Fit([2, 2, 0, 0], [0, 1]), "*equal*");
        Expect(TemperatureScaling.Fit([1, 3, 2, 0], [0, 1]), "*nothing of the truth*grows*");
        Expect(TemperatureScaling.Fit([4, -1, 5], [1, 0, float.NaN]), "*decided rightly*");
        Expect(TemperatureScaling.Fit([0, 0], [1f, 0]), "*equal*");
        Expect(TemperatureScaling.Fit([-4, 1], [1f, 0]), "*nothing of the truth*");

        static void Expect(TemperatureFit fit, string fault)
        {
            fit.Temperature.Should().BeNull();
            fit.Fault.Should().Match(fault);
            fit.LossAfter.Should().Be(fit.LossBefore);
        }
    }

    [Fact]
    public void What_is_no_set_of_scores_is_refused()
    {
        Refused(() => TemperatureScaling.Fit([], Array.Empty<int>()), "*one image at least*");
        Refused(() => TemperatureScaling.Fit([1, 2, 3], [0, 1]), "*3 logits*2 images*");
        Refused(() => TemperatureScaling.Fit([1, float.NaN], [0]), "*NaN*finite*");
        Refused(() => TemperatureScaling.Fit([1, 2], [2]), "*target*2*");
        Refused(() => TemperatureScaling.Fit([1, 2], [float.NaN, float.NaN]), "*No target is known*");
        Refused(() => TemperatureScaling.Fit([1, 2], [0.5f, 1]), "*must be 0, 1*");
        Refused(() => _ = new MulticlassMetrics(2) { Temperature = 0 }, "*finite number above 0*");
        Refused(() => _ = new Evaluation(new ImageDataset(["a", "b"], []), double.NaN), "*finite number above 0*");

        static void Refused(Action action, string message) => action.Should().Throw<ArgumentException>().WithMessage(message);
    }

    [Theory]
    [InlineData(1, 2.5)]
    [InlineData(1.7, 0.4)]
    public void Converted_thresholds_find_the_same_labels_also_where_a_threshold_is_an_images_own_probability(double from, double to)
    {
        var random = new Random(4);
        float[] logits = [.. Enumerable.Range(0, 3000).Select(_ => (float)(3 * Normal(random)))];
        var before = Probabilities.Sigmoid(logits, from);
        var after = Probabilities.Sigmoid(logits, to);
        foreach (var chosen in before.Where((_, i) => i % 40 == 0).Append(0.5f).ToArray())
        {
            var converted = TemperatureScaling.ConvertThresholds([chosen], from, to)[0];

            for (var i = 0; i < logits.Length; i++)
            {
                // Near 1 single precision may give what was below the threshold the threshold itself.
                var isFound = after[i] > converted || (after[i] == converted && (to > from || before[i] >= chosen));
                isFound.Should().Be(before[i] >= chosen, $"{chosen} is {converted} then, and {before[i]} is {after[i]}");
            }
        }

        TemperatureScaling.ConvertThresholds([float.NaN, 0, 1.5f, -1, float.PositiveInfinity], from, to)
            .Should().Equal(float.NaN, 0, 1.5f, -1, float.PositiveInfinity);
    }

    [SkippableFact]
    public void An_evaluation_at_another_temperature_has_its_probabilities_loss_and_Brier_score_and_the_same_decisions()
    {
        var random = new Random(8);
        int[] targets = [.. Enumerable.Range(0, 200).Select(_ => random.Next(4))];
        float[] logits = [.. targets.SelectMany(target => Enumerable.Range(0, 4).Select(i => (float)(4 * (Normal(random) + (i == target ? 1 : 0)))))];
        var expected = ScikitLearn.Run(reference, logits, 4, targets, """
            scores = torch.from_numpy(logits).double() / 2.5
            right = torch.from_numpy(targets).long()
            brier = (torch.softmax(scores, 1) - functional.one_hot(right, 4)).square().sum(1).mean().item()
            result = [functional.cross_entropy(scores, right).item(), brier, (scores.argmax(1) == right).double().mean().item()]
            """);
        var evaluation = new Evaluation(new ImageDataset(["a", "b", "c", "d"], []));
        evaluation.Add(logits, [.. targets.Select(target => new LabelledImage("image", [target]))]);

        var other = evaluation.At(2.5);

        ((double[])[other.Loss, other.BrierScore, other.Multiclass.Accuracy]).ShouldEqual(expected, 1e-6);
        (other.Temperature, other.Count).Should().Be((2.5, 200));
        other.Scored()[3].Probabilities.Should().Equal(Probabilities.Softmax(logits.AsSpan(12, 4), 2.5));
        other.At(1).Loss.Should().Be(evaluation.Loss);
        evaluation.FitTemperature().Should().Be(TemperatureScaling.Fit(logits, targets)).And.Be(other.FitTemperature());
    }

    [SkippableFact]
    public void Of_labels_the_known_targets_count_and_thresholds_go_with_the_temperature()
    {
        float[] logits = [2, -1, 0.5f, -3, 4, 1];
        float[] targets = [1, 0, float.NaN, 0, 0, 1];
        var expected = ScikitLearn.Run(reference, logits, 1, targets, """
            known = ~np.isnan(targets.ravel())
            probabilities = torch.sigmoid(torch.from_numpy(logits).double().ravel() / 2).numpy()
            result = [sklearn.metrics.brier_score_loss(targets.ravel()[known], probabilities[known])]
            """);
        var evaluation = new Evaluation(new ImageDataset(["a"], [], ClassificationTask.Multilabel));
        evaluation.Multilabel.Add(logits, targets);
        evaluation.Multilabel.Thresholds = [Probabilities.Sigmoid([1])[0]];

        var other = evaluation.At(2);

        ((double[])[other.BrierScore]).ShouldEqual(expected, 1e-6);
        other.Multilabel.PerLabel().Should().Equal(evaluation.Multilabel.PerLabel());
        other.Multilabel.Thresholds![0].Should().BeApproximately(Probabilities.Sigmoid([0.5f])[0], 1e-6f);
        new Evaluation(new ImageDataset(["a"], [])).Invoking(empty => empty.FitTemperature()).Should().Throw<InvalidOperationException>();
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
