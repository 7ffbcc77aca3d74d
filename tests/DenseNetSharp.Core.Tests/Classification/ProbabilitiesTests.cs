using System.Runtime.InteropServices;
using DenseNetSharp.Classification;
using DenseNetSharp.Core.Tests.Images;

namespace DenseNetSharp.Core.Tests.Classification;

[Collection(PillowCollection.Name)]
public class ProbabilitiesTests(PillowReference reference)
{
    [SkippableFact]
    public void Softmax_agrees_with_PyTorch()
    {
        var random = new Random(1);
        float[] logits = [.. Enumerable.Range(0, 1000).Select(_ => (float)(random.NextDouble() * 60 - 30)), 500f, 499f];
        var bytes = reference.Run($"""
            logits = torch.tensor([{string.Join(", ", logits)}], dtype=torch.float32)
            result = torch.softmax(logits, 0).numpy().tobytes()
            """);
        var expected = MemoryMarshal.Cast<byte, float>(bytes);

        var actual = Probabilities.Softmax(logits);

        for (var i = 0; i < actual.Length; i++)
        {
            actual[i].Should().BeApproximately(expected[i], 1e-7f);
        }
    }

    [Fact]
    public void Softmax_of_huge_logits_sums_to_one()
    {
        Probabilities.Softmax([1e30f, -1e30f, 1e30f]).Should().Equal(0.5f, 0f, 0.5f);
        Probabilities.Softmax([]).Should().BeEmpty();
    }

    [Fact]
    public void The_likeliest_come_first_and_of_equals_the_lower_index()
    {
        Probabilities.Top([0.1f, 0.3f, 0.2f, 0.3f, 0.1f], 4, ["a", "b", "c", "d", "e"]).Should().Equal(
            new Prediction(1, "b", 0.3f), new Prediction(3, "d", 0.3f), new Prediction(2, "c", 0.2f), new Prediction(0, "a", 0.1f));
    }

    [Fact]
    public void Not_a_number_comes_last_in_the_order_of_the_indices()
    {
        float[] values = [.. Enumerable.Repeat(float.NaN, 30), 0.5f, .. Enumerable.Repeat(float.NaN, 30)];

        Probabilities.Top(values, 61).Select(prediction => prediction.Index)
            .Should().Equal([30, .. Enumerable.Range(0, 30), .. Enumerable.Range(31, 30)]);
    }

    [Fact]
    public void More_than_there_are_gives_all()
    {
        Probabilities.Top([0.4f, 0.6f], 5).Should().Equal(new Prediction(1, null, 0.6f), new Prediction(0, null, 0.4f));
    }

    [Fact]
    public void Another_number_of_labels_is_refused()
    {
        Action top = () => Probabilities.Top([0.4f, 0.6f], 1, ["only one"]);

        top.Should().Throw<ArgumentException>().WithMessage("*1 labels for 2 classes*");
    }
}
