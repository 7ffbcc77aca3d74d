using DenseNetSharp.Classification;
using DenseNetSharp.Core.Tests.Images;
using DenseNetSharp.Images;

namespace DenseNetSharp.Core.Tests.Classification;

public class ImageClassifierTests
{
    private static readonly ImagePreset Small = new() { Name = "small", FixedSize = 8, Mean = [0, 0, 0], Std = [1, 1, 1] };

    [Fact]
    public void A_file_a_stream_bytes_and_pixels_give_the_same()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "photo.png");
        var image = TestImages.Photo(40, 30);
        image.SavePng(path);
        var classifier = new ImageClassifier(new ChannelMeans(), Small, ["red", "green", "blue"]);

        ClassificationResult[] results =
        [
            classifier.Classify(path),
            classifier.Classify(File.OpenRead(path)),
            classifier.Classify(File.ReadAllBytes(path)),
            classifier.Classify(image),
            classifier.Classify([TestImages.Noise(9, 9), image])[1],
            classifier.ClassifyFiles([path]).Single().Result!,
        ];

        var pixels = Small.Apply(image);
        float[] means = [.. Enumerable.Range(0, 3).Select(c => pixels.AsSpan(64 * c, 64).ToArray().Average())];
        foreach (var result in results)
        {
            result.Logits.Zip(means, (logit, mean) => Math.Abs(logit - mean)).Max().Should().BeLessThan(1e-6f);
            result.Best.Label.Should().NotBeNull();
        }
    }

    [Fact]
    public void Many_files_come_back_in_order_with_the_bad_ones_in_their_places()
    {
        using var folder = new TemporaryFolder();
        var paths = Enumerable.Range(0, 23).Select(i => Path.Combine(folder.Path, $"{i}.png")).ToArray();
        for (var i = 0; i < paths.Length; i++)
        {
            var pixels = new byte[3 * 4 * 4];
            // The network's first score is the mean of red: it tells which image this was.
            for (var p = 0; p < pixels.Length; p += 3)
            {
                pixels[p] = (byte)(10 * i);
            }

            new RgbImage(4, 4, pixels).SavePng(paths[i]);
        }

        File.WriteAllText(paths[0], "no image");
        File.Delete(paths[9]);
        File.WriteAllBytes(paths[22], []);
        var classifier = new ImageClassifier(new ChannelMeans(), Small);

        var files = classifier.ClassifyFiles(paths, new ImageBatchOptions { BatchSize = 5, Workers = 3 }).ToArray();

        files.Select(file => file.Path).Should().Equal(paths);
        for (var i = 0; i < files.Length; i++)
        {
            files[i].IsClassified.Should().Be(i is not (0 or 9 or 22));
            if (files[i].IsClassified)
            {
                files[i].Result!.Logits[0].Should().BeApproximately(10 * i / 255f, 1e-6f);
            }
        }

        files[0].Error.Should().BeOfType<ImageFormatException>();
        files[9].Error.Should().BeOfType<FileNotFoundException>();
        files[22].Error!.Message.Should().Contain("22.png").And.Contain("empty");
    }

    [Fact]
    public void Images_of_their_own_sizes_are_classified_one_by_one_and_those_too_small_reported()
    {
        using var folder = new TemporaryFolder();
        string[] paths = ["a.png", "b.png", "c.png"];
        paths = paths.Select(name => Path.Combine(folder.Path, name)).ToArray();
        TestImages.Noise(12, 9).SavePng(paths[0]);
        TestImages.Noise(2, 2).SavePng(paths[1]);
        TestImages.Noise(7, 15).SavePng(paths[2]);
        var classifier = new ImageClassifier(new ChannelMeans(), Small with { FixedSize = null });

        var files = classifier.ClassifyFiles(paths).ToArray();

        files.Select(file => file.IsClassified).Should().Equal(true, false, true);
        files[1].Error!.Message.Should().Contain("at least 4x4");
    }

    [Fact]
    public void Multilabel_thresholds_reach_the_results()
    {
        var classifier = new ImageClassifier(
            new ChannelMeans(), Small, ["red", "green", "blue"], ClassificationTask.Multilabel, [0.9f, 0.4f, 0.9f]);

        var result = classifier.Classify(TestImages.Photo(20, 20));

        result.Task.Should().Be(ClassificationTask.Multilabel);
        result.Found().Select(prediction => prediction.Label).Should().Equal("green");
    }

    [Fact]
    public void What_does_not_fit_together_is_refused()
    {
        Action labels = () => _ = new ImageClassifier(new ChannelMeans(), Small, ["one"]);
        Action thresholds = () => _ = new ImageClassifier(new ChannelMeans(), Small, thresholds: [1, 2]);
        Action channels = () => _ = new ImageClassifier(new ChannelMeans(), ImagePreset.ChestXray);

        labels.Should().Throw<ArgumentException>().WithMessage("*1 labels*3 classes*");
        thresholds.Should().Throw<ArgumentException>().WithMessage("*2 thresholds*3 classes*");
        channels.Should().Throw<ArgumentException>().WithMessage("*'chest-xray' makes images of 1 channels*takes 3*");
    }

    [Fact]
    public void No_images_give_no_results()
    {
        var classifier = new ImageClassifier(new ChannelMeans());

        classifier.Preset.Should().Be(ImagePreset.TorchvisionImageNet);
        classifier.Classify(Array.Empty<RgbImage>()).Should().BeEmpty();
        classifier.ClassifyFiles([]).Should().BeEmpty();
    }
}
