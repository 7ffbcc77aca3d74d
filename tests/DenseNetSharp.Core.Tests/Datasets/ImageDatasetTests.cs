using DenseNetSharp.Classification;
using DenseNetSharp.Datasets;

namespace DenseNetSharp.Core.Tests.Datasets;

public class ImageDatasetTests
{
    [Theory]
    [InlineData(0.2)]
    [InlineData(0.5)]
    [InlineData(0.99)]
    [InlineData(0.001)]
    public void A_split_gives_each_class_its_share_on_both_sides(double fraction)
    {
        int[] sizes = [100, 37, 2, 1];
        var data = Data(sizes);

        var (training, heldOut) = data.Split(fraction, seed: 3);

        training.Images.Concat(heldOut.Images).Should().BeEquivalentTo(data.Images).And.HaveCount(data.Images.Count);
        for (var i = 0; i < sizes.Length; i++)
        {
            var held = heldOut.CountPerClass()[i];
            held.Should().Be(sizes[i] == 1 ? 0 : Math.Clamp((int)Math.Round(fraction * sizes[i], MidpointRounding.AwayFromZero), 1, sizes[i] - 1));
        }

        training.Images.Select(image => image.Path).Should().BeInAscendingOrder(StringComparer.Ordinal);
    }

    [Fact]
    public void The_seed_chooses_the_split()
    {
        var data = Data([50, 50]);
        string[] HeldOut(long seed) => data.Split(0.3, seed).HeldOut.Images.Select(image => image.Path).ToArray();

        HeldOut(1).Should().Equal(HeldOut(1));
        HeldOut(1).Should().NotEqual(HeldOut(2));
    }

    [Fact]
    public void Images_of_several_classes_are_divided_by_their_combination()
    {
        var images = Enumerable.Range(0, 40)
            .Select(i => new LabelledImage($"{i:00}", i % 4 == 0 ? [] : i % 4 == 1 ? [0] : i % 4 == 2 ? [1] : new[] { 0, 1 })).ToArray();
        var data = new ImageDataset(["a", "b"], images, ClassificationTask.Multilabel);

        (_, var heldOut) = data.Split(0.2, seed: 1);

        heldOut.Images.GroupBy(image => string.Join(' ', image.Classes)).Select(group => group.Count()).Should().Equal(2, 2, 2, 2);
        heldOut.CountPerClass().Should().Equal(4, 4);
        data.Images[3].Invoking(image => image.Class).Should().Throw<InvalidOperationException>().WithMessage("03 belongs to 2 classes*");
    }

    [Fact]
    public void What_does_not_fit_together_is_refused()
    {
        Action Make(string[] classes, int[] own, ClassificationTask task = ClassificationTask.Multiclass) =>
            () => _ = new ImageDataset(classes, [new LabelledImage("x.png", own)], task);

        Make([], [0]).Should().Throw<ArgumentException>().WithMessage("*at least one class*");
        Make(["a", "a"], [0]).Should().Throw<ArgumentException>().WithMessage("*named 'a'*");
        Make(["a", "b"], [2]).Should().Throw<ArgumentException>().WithMessage("x.png belongs to class 2, but there are 2*");
        Make(["a", "b"], [0, 1]).Should().Throw<ArgumentException>().WithMessage("x.png belongs to 2 classes*");
        Make(["a", "b"], []).Should().Throw<ArgumentException>().WithMessage("x.png belongs to 0 classes*");
        Make(["a", "b"], [1, 0], ClassificationTask.Multilabel).Should().Throw<ArgumentException>().WithMessage("*out of order or twice*");
        Data([3]).Invoking(data => data.Split(1, 1)).Should().Throw<ArgumentOutOfRangeException>();
        Data([3]).Invoking(data => data.Split(double.NaN, 1)).Should().Throw<ArgumentOutOfRangeException>();
    }

    private static ImageDataset Data(int[] sizes) => new(
        sizes.Select((_, i) => $"class {i}"),
        sizes.SelectMany((size, i) => Enumerable.Range(0, size).Select(n => new LabelledImage($"{i}/{n:000}", [i]))));

    [Fact]
    public void Outputs_that_are_no_classes_have_no_data_set_of_classes() =>
        FluentActions.Invoking(() => new ImageDataset(["a", "b"], [], ClassificationTask.None))
            .Should().Throw<ArgumentException>().WithMessage("*task none*");
}
