using System.Globalization;
using System.Runtime.InteropServices;
using DenseNetSharp.Classification;
using DenseNetSharp.Core.Tests.Images;

namespace DenseNetSharp.Core.Tests.Classification;

[Collection(PillowCollection.Name)]
public class ClassificationResultTests(PillowReference reference)
{
    private static readonly string[] Findings = ["Atelectasis", "Edema", "Effusion", "Pneumonia"];

    [SkippableFact]
    public void Softmax_top_k_agrees_with_PyTorch()
    {
        var logits = RandomLogits(1000);
        var (values, indices) = TorchTopFive($"{Torch(logits)}.softmax(0)");

        var result = new ClassificationResult(logits);

        result.Top(5).Select(prediction => prediction.Index).Should().Equal(indices);
        result.Top(5).Zip(values, (prediction, value) => Math.Abs(prediction.Probability - value)).Max().Should().BeLessThan(1e-6f);
        result.Top().Should().Equal(result.Top(5));
        result.Best.Should().Be(result.Top(1)[0]);
        result.Probabilities.Sum().Should().BeApproximately(1, 1e-5f);
    }

    [SkippableFact]
    public void Sigmoid_top_k_agrees_with_PyTorch()
    {
        float[] logits = [.. RandomLogits(300), -200, 80, 0];
        var (values, indices) = TorchTopFive($"{Torch(logits)}.double().sigmoid()");

        var result = new ClassificationResult(logits, task: ClassificationTask.Multilabel);

        result.Top(5).Zip(values, (prediction, value) => Math.Abs(prediction.Probability - value)).Max().Should().BeLessThan(1e-7f);
        result.Best.Index.Should().Be(indices[0]).And.Be(301);
        result.Probabilities[300].Should().Be(0);
        result.Probabilities[302].Should().Be(0.5f);
    }

    [Fact]
    public void Found_are_the_classes_that_reach_their_own_threshold()
    {
        // Sigmoids: 0.269, 0.5, 0.731, 0.881.
        ReadOnlySpan<float> logits = [-1, 0, 1, 2];

        new ClassificationResult(logits, Findings, ClassificationTask.Multilabel).Found()
            .Select(prediction => prediction.Label).Should().Equal("Pneumonia", "Effusion", "Edema");
        new ClassificationResult(logits, Findings, ClassificationTask.Multilabel, [0.2f, 0.51f, 0.7f, 0.9f]).Found()
            .Select(prediction => prediction.Label).Should().Equal("Effusion", "Atelectasis");
        new ClassificationResult(logits, Findings, ClassificationTask.Multilabel, [float.NaN, float.NaN, 0.7f, float.NaN]).Found()
            .Select(prediction => prediction.Label).Should().Equal("Effusion");
        new ClassificationResult(logits, Findings, ClassificationTask.Multilabel).AtLeast(0.7f)
            .Select(prediction => prediction.Label).Should().Equal("Pneumonia", "Effusion");
    }

    [Fact]
    public void A_probability_is_found_by_its_label()
    {
        var result = new ClassificationResult([0, 0, 0, 0], Findings, ClassificationTask.Multilabel);

        result["Edema"].Should().Be(0.5f);
        result.Invoking(r => r["Oedema"]).Should().Throw<KeyNotFoundException>().WithMessage("*'Oedema' among Atelectasis, Edema*");
        new ClassificationResult([1]).Invoking(r => r["Edema"]).Should().Throw<KeyNotFoundException>().WithMessage("*no labels*");
    }

    [Fact]
    public void An_output_that_is_not_a_number_shows()
    {
        new ClassificationResult([1, float.NaN]).IsValid.Should().BeFalse();
        new ClassificationResult([1, float.PositiveInfinity]).IsValid.Should().BeFalse();
        new ClassificationResult([1, 2]).IsValid.Should().BeTrue();
    }

    [Fact]
    public void Another_number_of_labels_or_thresholds_is_refused()
    {
        Action labels = () => _ = new ClassificationResult([1, 2], Findings);
        Action thresholds = () => _ = new ClassificationResult([1, 2], thresholds: [0.5f]);

        labels.Should().Throw<ArgumentException>().WithMessage("*4 labels*2 classes*");
        thresholds.Should().Throw<ArgumentException>().WithMessage("*1 thresholds*2 classes*");
    }

    [Fact]
    public void The_logits_are_kept_as_they_were()
    {
        float[] logits = [3, 1];
        var result = new ClassificationResult(logits);
        logits[0] = 0;

        result.Logits.Should().Equal(3, 1);
        result.Best.Index.Should().Be(0);
    }

    private static float[] RandomLogits(int count)
    {
        var random = new Random(4);
        return Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() * 20 - 10)).ToArray();
    }

    private static string Torch(float[] logits) =>
        $"torch.tensor([{string.Join(", ", logits.Select(value => value.ToString("R", CultureInfo.InvariantCulture)))}])";

    private (float[] Values, int[] Indices) TorchTopFive(string probabilities)
    {
        var bytes = reference.Run($"""
            values, indices = {probabilities}.topk(5)
            result = values.float().numpy().tobytes() + indices.int().numpy().tobytes()
            """);
        return (MemoryMarshal.Cast<byte, float>(bytes.AsSpan(0, 20)).ToArray(), MemoryMarshal.Cast<byte, int>(bytes.AsSpan(20)).ToArray());
    }

    [Fact]
    public void Values_that_are_no_probabilities_are_given_as_they_are()
    {
        var result = new ClassificationResult([1.5f, -2], ["age", "weight"], ClassificationTask.None);

        result.Logits.Should().Equal(1.5f, -2);
        result["weight"].Should().Be(-2);
        result.IsValid.Should().BeTrue();
        result.ToString().Should().Be("age 1.5, weight -2");
        foreach (var ask in new Action<ClassificationResult>[] { it => _ = it.Probabilities, it => _ = it.Best, it => it.Found(), it => it.AtLeast(0) })
        {
            result.Invoking(ask).Should().Throw<InvalidOperationException>().WithMessage("*Logits*");
        }
    }

    [Fact]
    public void A_classifier_of_one_output_has_a_sigmoid_where_nothing_else_is_said()
    {
        using var network = new ChannelMeans { NumClasses = 1 };

        new ImageClassifier(network).Task.Should().Be(ClassificationTask.Multilabel);
        new ImageClassifier(network, task: ClassificationTask.Multiclass).Task.Should().Be(ClassificationTask.Multiclass);
    }
}
