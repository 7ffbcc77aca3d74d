using DenseNetSharp.Images;

namespace DenseNetSharp.Core.Tests.Images.Formats.Png;

[Collection(PillowCollection.Name)]
public class PngWriterTests(PillowReference pillow)
{
    [SkippableTheory]
    [InlineData(1, 1)]
    [InlineData(28, 28)]
    [InlineData(300, 200)]
    [InlineData(3, 1000)]
    public void Pillow_reads_the_same_pixels_back(int width, int height)
    {
        foreach (var image in new[] { TestImages.Photo(width, height), TestImages.Noise(width, height) })
        {
            var path = pillow.NewPath(".png");
            image.SavePng(path);

            pillow.RunText($"result = Image.open('{path}').mode").Should().Be("RGB");
            pillow.Run($"image = Image.open('{path}'); image.load(); result = image.tobytes()")
                .ShouldEqual(image.Pixels, $"{width}x{height}");
        }
    }

    [SkippableFact]
    public void Gray_pixels_become_a_gray_file()
    {
        var gray = TestImages.Noise(28, 28).ToGray();
        var image = RgbImage.FromGray(28, 28, gray);
        var path = pillow.NewPath(".png");

        image.SavePng(path);

        pillow.RunText($"result = Image.open('{path}').mode").Should().Be("L");
        pillow.Run($"result = Image.open('{path}').tobytes()").ShouldEqual(gray, "gray");
        RgbImage.Load(path).Pixels.ShouldEqual(image.Pixels, "read back");
    }

    [Fact]
    public void A_file_appears_complete_or_not_at_all()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        Directory.CreateDirectory(Path.Combine(folder, "taken.png"));

        Action save = () => TestImages.Noise(4, 4).SavePng(Path.Combine(folder, "taken.png"));

        save.Should().Throw<Exception>();
        Directory.GetFiles(folder).Should().BeEmpty();
        Directory.Delete(folder, recursive: true);
    }
}
