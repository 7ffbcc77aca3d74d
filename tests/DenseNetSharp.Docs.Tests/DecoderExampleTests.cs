using System.Reflection;
using DenseNetSharp.Images;

namespace DenseNetSharp.Docs.Tests;

/// <summary>The decoder in the article on images, beside the built-in one.</summary>
public sealed class DecoderExampleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly IImageDecoder _decoder;

    public DecoderExampleTests()
    {
        var snippet = Snippet.All.Single(snippet => snippet.Code.Contains("class SkiaDecoder", StringComparison.Ordinal));
        SnippetCompiler.Compile(snippet.Code, _folder.File("SkiaDecoder.dll")).Should().BeEmpty();
        var types = Assembly.Load(File.ReadAllBytes(_folder.File("SkiaDecoder.dll"))).GetTypes();
        _decoder = (IImageDecoder)Activator.CreateInstance(types.Single(type => type.Name == "SkiaDecoder"), nonPublic: true)!;
    }

    [Theory]
    [InlineData(64, 48, 95)]
    [InlineData(63, 47, 90)]
    [InlineData(17, 33, 80)]
    [InlineData(200, 150, 75)]
    [InlineData(8, 8, 60)]
    [InlineData(121, 77, 100)]
    public void Its_pixels_are_ours(int width, int height, int quality)
    {
        var file = ReaderFiles.Jpeg(width, height, seed: width, quality);

        var image = _decoder.Decode(file, ImageDecodeOptions.Default);

        (image.Width, image.Height).Should().Be((width, height));
        image.Pixels.Should().Equal(RgbImage.Decode(file, ImageDecodeOptions.Default).Pixels);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void It_turns_photos_upright_where_that_is_asked_for(byte orientation)
    {
        var file = WithOrientation(ReaderFiles.Jpeg(40, 24, seed: 5), orientation);
        var upright = new ImageDecodeOptions { ApplyExifOrientation = true };

        var (image, expected) = (_decoder.Decode(file, upright), RgbImage.Decode(file, upright));
        (image.Width, image.Height).Should().Be((expected.Width, expected.Height));
        image.Pixels.Should().Equal(expected.Pixels);
        _decoder.Decode(file, ImageDecodeOptions.Default).Pixels.Should().Equal(RgbImage.Decode(file, ImageDecodeOptions.Default).Pixels);
    }

    [Fact]
    public void It_refuses_more_pixels_than_are_allowed()
    {
        var file = ReaderFiles.Jpeg(40, 24, seed: 5);

        _decoder.Decode(file, new ImageDecodeOptions { MaxPixels = 40 * 24 }).Width.Should().Be(40);
        Refused(file, new ImageDecodeOptions { MaxPixels = (40 * 24) - 1 });
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(20)]
    [InlineData(150)]
    [InlineData(400)]
    public void A_damaged_file_ends_in_an_ImageFormatException(int length)
    {
        Refused(ReaderFiles.Jpeg(64, 48, seed: 1)[..length], ImageDecodeOptions.Default);
        Refused([0xFF, 0xD8, 0xFF, .. new byte[length]], ImageDecodeOptions.Default);
    }

    [Fact]
    public void A_file_that_ends_in_the_picture_is_refused()
    {
        var file = ReaderFiles.Jpeg(200, 150, seed: 1);

        Refused(file[..(file.Length * 3 / 4)], ImageDecodeOptions.Default);
    }

    public void Dispose() => _folder.Dispose();

    private void Refused(byte[] file, ImageDecodeOptions options)
    {
        var decode = () => _decoder.Decode(file, options);
        decode.Should().Throw<ImageFormatException>();
    }

    /// <summary>EXIF data with that one tag, after the file's first two bytes.</summary>
    private static byte[] WithOrientation(byte[] jpeg, byte orientation) =>
    [
        .. jpeg[..2], 0xFF, 0xE1, 0, 34, .. "Exif\0\0II*\0"u8, 8, 0, 0, 0,
        1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0,
        .. jpeg[2..],
    ];
}
