using System.Globalization;
using DenseNetSharp.Images;

namespace DenseNetSharp.Inference.Tests;

/// <summary><c>samples/SimilarImages</c> as a user runs it.</summary>
public sealed class SimilarImagesTests
{
    private static readonly string _shipped = Path.Combine(AppContext.BaseDirectory, "shipped");
    private static readonly string _checkpoint = Path.Combine(_shipped, "fashion-mnist.pth");

    [SkippableFact]
    public void The_shipped_images_have_the_neighbours_that_PyTorch_and_NumPy_find()
    {
        PythonReference.Require();
        using var folder = new TemporaryFolder();
        var (sheet, table) = (folder.File("sheet.png"), folder.File("neighbours.csv"));

        var (status, output) = Run("--out", sheet, "--csv", table, "--neighbours", "5", "--rows", "6", "--threads", "2");

        status.Should().Be(0, output);
        var expected = PythonReference.Run(Path.Combine("Reference", "similar_images.py"), _shipped, table, "0.999").TrimEnd().Split('\n');
        expected[0].Should().Be($"{400 * 5}");
        double.Parse(expected[1], CultureInfo.InvariantCulture).Should().BeLessThan(1e-5, "each pair's cosine is PyTorch's");
        double.Parse(expected[2], CultureInfo.InvariantCulture).Should().BeLessThan(1e-5, "no image is nearer than those that were found");
        expected[3..].Should().HaveCount(5).And.AllSatisfy(line => output.Should().Contain(line));
        var drawn = RgbImage.Load(sheet);
        (drawn.Width, drawn.Height).Should().Be((8 + 6 * (96 + 8), 8 + 6 * (96 + 8)));
    }

    [Fact]
    public void Near_duplicates_are_named_and_framed_and_a_bad_file_stops_nothing()
    {
        using var folder = new TemporaryFolder();
        var images = Path.Combine(folder.Path, "images");
        Directory.CreateDirectory(images);
        foreach (var (source, name) in new[]
            { ("Bag/00018.png", "bag.png"), ("Bag/00018.png", "bag, again.png"), ("Shirt/00004.png", "shirt.png"), ("Sandal/00008.png", "sandal.png") })
        {
            File.Copy(Path.Combine(_shipped, "images", source), Path.Combine(images, name));
        }

        File.WriteAllText(Path.Combine(images, "broken.png"), "no image");

        var (status, output) = Run(_checkpoint, images, "--out", folder.File("sheet.png"), "--csv", folder.File("neighbours.csv"));

        status.Should().Be(0, output);
        output.Should().Contain("Pairs of near-duplicates (cosine 0.999 or more): 1\n")
            .And.Contain("bag, again.png and bag.png: 1.0000")
            .And.Contain("Left out broken.png: ")
            .And.NotContain("Copies").And.NotContain("same folder");
        File.ReadLines(folder.File("neighbours.csv")).Should().HaveCount(1 + 4 * 3).And.Contain(line => line.StartsWith("\"bag, again.png\",1,\"bag.png\","));

        // The first two rows are the two bags, each with the other in a red frame: 28 pixels, three times as large, in the middle.
        var sheet = RgbImage.Load(folder.File("sheet.png"));
        var leftOfSecond = 3 * (60 * sheet.Width + 8 + (96 + 8) + 6 - 2);
        sheet.Pixels[leftOfSecond..(leftOfSecond + 3)].Should().Equal(214, 39, 40);
    }

    [Fact]
    public void What_cannot_be_compared_is_said_in_a_sentence()
    {
        using var folder = new TemporaryFolder();

        Run(_checkpoint, folder.Path).Should().Be((1, $"{folder.Path} has 0 images that can be read; two are the least to be compared.\n"));
        Run(_checkpoint, folder.File("none")).Output.Should().Contain(folder.File("none"));
        var (status, output) = Run(_checkpoint);
        status.Should().Be(1);
        output.Should().Contain("A CHECKPOINT needs a FOLDER of images.");
        Run("--rows", "0").Output.Should().Contain("--rows must be at least 1.");
    }

    private static (int Status, string Output) Run(params string[] arguments) =>
        PublishedProgram.Run("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "SimilarImages.dll"), .. arguments]);
}
