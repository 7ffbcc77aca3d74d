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

    [Theory]
    [InlineData(100, 0.2)]
    [InlineData(1000, 0.1)]
    [InlineData(40, 0.5)]
    public void Of_images_of_several_classes_each_class_has_its_share_on_both_sides(int count, double fraction)
    {
        var data = Findings(count, labels: 14);

        var (training, heldOut) = data.Split(fraction, seed: 1);

        // Images of several classes have no Class to compare.
        training.Images.Concat(heldOut.Images).Select(image => image.Path).Should().BeEquivalentTo(data.Images.Select(image => image.Path));
        heldOut.Images.Count.Should().BeInRange((int)(fraction * count) - 2, (int)(fraction * count) + 2);
        foreach (var (held, all) in heldOut.CountPerClass().Zip(data.CountPerClass()))
        {
            Math.Abs(held - (fraction * all)).Should().BeLessThan(2, $"{all} images have the class");
        }
    }

    [Fact]
    public void What_is_grouped_is_never_divided_and_the_classes_have_their_shares_as_far_as_groups_allow()
    {
        var data = Findings(600, labels: 5, perGroup: 4);

        var (training, heldOut) = data.Split(0.2, seed: 1, image => image.Group);

        training.Images.Select(image => image.Group).Intersect(heldOut.Images.Select(image => image.Group)).Should().BeEmpty();
        heldOut.Images.Count.Should().BeInRange(112, 128);
        foreach (var (held, all) in heldOut.CountPerClass().Zip(data.CountPerClass()))
        {
            ((double)held / all).Should().BeApproximately(0.2, 0.03);
        }
    }

    [Theory]
    [InlineData(0.05, 3)]
    [InlineData(0.95, 9)]
    public void No_side_is_left_without_a_group(double fraction, int heldOut)
    {
        var data = new ImageDataset(["a", "b"], Enumerable.Range(0, 12).Select(i => new LabelledImage($"{i:00}", [i / 6]) { Group = $"{i / 3}" }));

        var (training, validation) = data.Split(fraction, seed: 2, image => image.Group);

        validation.Images.Should().HaveCount(heldOut);
        training.Images.Should().HaveCount(12 - heldOut);
        training.Images.Select(image => image.Group).Intersect(validation.Images.Select(image => image.Group)).Should().BeEmpty();
    }

    [SkippableFact]
    public void Folds_by_group_are_no_less_even_than_scikit_learns()
    {
        var random = new Random(4);
        var sizes = Enumerable.Range(0, 80).Select(_ => random.Next(1, 9)).ToArray();
        var images = sizes.SelectMany((size, patient) => Enumerable.Range(0, size).Select(i =>
            new LabelledImage($"{patient:00}/{i}", [random.NextDouble() < 0.6 ? 0 : random.NextDouble() < 0.7 ? 1 : 2]) { Group = $"{patient}" })).ToArray();
        var data = new ImageDataset(["a", "b", "c"], images);

        var folds = data.Folds(5, seed: 1, image => image.Group);

        // BeEquivalentTo would compare each with each.
        folds.SelectMany(fold => fold.HeldOut.Images).OrderBy(image => image.Path, StringComparer.Ordinal).Should()
            .Equal(data.Images.OrderBy(image => image.Path, StringComparer.Ordinal));
        folds.Should().OnlyContain(fold => !fold.Training.Images.Select(image => image.Group).Intersect(fold.HeldOut.Images.Select(image => image.Group)).Any());
        var expected = double.Parse(PythonReference.RunCode($"""
            import numpy as np
            from sklearn.model_selection import StratifiedGroupKFold
            classes = np.array([{string.Join(", ", images.Select(image => image.Class))}])
            groups = np.array([{string.Join(", ", images.Select(image => image.Group))}])
            print(max(
                abs((classes[held] == c).sum() / (classes == c).sum() - 0.2)
                for _, held in StratifiedGroupKFold(5).split(classes, classes, groups) for c in range(3)))
            """), System.Globalization.CultureInfo.InvariantCulture);
        var uneven = folds.Max(fold => fold.HeldOut.CountPerClass().Zip(data.CountPerClass(), (held, all) => Math.Abs(((double)held / all) - 0.2)).Max());
        uneven.Should().BeLessThanOrEqualTo(expected);
    }

    [Fact]
    public void Folds_hold_each_image_out_once_and_there_are_no_more_than_images()
    {
        var data = Data([30, 12, 3]);

        var folds = data.Folds(3, seed: 2);

        folds.SelectMany(fold => fold.HeldOut.Images).Should().BeEquivalentTo(data.Images);
        folds.Select(fold => string.Join(' ', fold.HeldOut.CountPerClass())).Should().AllBe("10 4 1");
        data.Invoking(it => it.Folds(1, 0)).Should().Throw<ArgumentOutOfRangeException>();
        data.Invoking(it => it.Folds(46, 0)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*from 2 to 45 folds*");
    }

    [Fact]
    public void What_is_unknown_is_no_number_among_the_indicators_and_must_be_a_class_that_the_image_does_not_have()
    {
        var image = new LabelledImage("x", [1]) { Unknown = [0, 2] };
        var data = new ImageDataset(["a", "b", "c"], [image], ClassificationTask.Multilabel);

        data.Indicators([image]).Should().Equal(float.NaN, 1, float.NaN);
        data.CountPerClass().Should().Equal(0, 1, 0);
        foreach (var wrong in new[] { image with { Unknown = [1] }, image with { Unknown = [3] }, image with { Unknown = [2, 0] } })
        {
            FluentActions.Invoking(() => new ImageDataset(["a", "b", "c"], [wrong], ClassificationTask.Multilabel)).Should().Throw<ArgumentException>();
        }

        data.Invoking(it => it.WithTask(ClassificationTask.Multiclass)).Should().Throw<ArgumentException>();
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

    /// <summary>Images of rarer and rarer labels, most of several.</summary>
    private static ImageDataset Findings(int count, int labels, int perGroup = 1)
    {
        var random = new Random(7);
        return new(
            Enumerable.Range(0, labels).Select(i => $"finding {i}"),
            Enumerable.Range(0, count).Select(i => new LabelledImage($"{i:0000}", Some()) { Group = $"{i / perGroup}" }),
            ClassificationTask.Multilabel);

        int[] Some() => [.. Enumerable.Range(0, labels).Where(label => random.NextDouble() < 0.4 / (1 + (label / 2.0)))];
    }

    private static ImageDataset Data(int[] sizes) => new(
        sizes.Select((_, i) => $"class {i}"),
        sizes.SelectMany((size, i) => Enumerable.Range(0, size).Select(n => new LabelledImage($"{i}/{n:000}", [i]))));

    [Fact]
    public void Outputs_that_are_no_classes_have_no_data_set_of_classes() =>
        FluentActions.Invoking(() => new ImageDataset(["a", "b"], [], ClassificationTask.None))
            .Should().Throw<ArgumentException>().WithMessage("*task none*");
}
