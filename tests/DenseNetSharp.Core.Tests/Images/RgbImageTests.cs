using DenseNetSharp.Images;

namespace DenseNetSharp.Core.Tests.Images;

public class RgbImageTests
{
    [Fact]
    public void A_path_a_stream_and_bytes_give_the_same_pixels()
    {
        var image = TestImages.Photo(50, 30);
        var path = Path.GetTempFileName();
        image.SavePng(path);
        var file = File.ReadAllBytes(path);

        RgbImage.Load(path).Pixels.ShouldEqual(image.Pixels, "path");
        RgbImage.Load(new MemoryStream(file)).Pixels.ShouldEqual(image.Pixels, "stream");
        RgbImage.Decode(file).Pixels.ShouldEqual(image.Pixels, "bytes");
        File.Delete(path);
    }

    [Fact]
    public void A_file_that_is_no_image_is_named_in_one_sentence()
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.png");
        File.WriteAllText(path, "not an image");

        Action load = () => RgbImage.Load(path);

        var exception = load.Should().Throw<ImageFormatException>().Which;
        exception.FileName.Should().Be(path);
        exception.Message.Should().Be(
            $"{path}: it is none of JPEG, PNG, WebP, BMP, GIF, TIFF and PNM, nor anything a registered decoder knows (it starts with 6e 6f 74 20 61 6e 20 69).");
        File.Delete(path);
    }

    [Theory]
    [InlineData("DICM", 128, "a DICOM file")]
    [InlineData("ftypheic", 4, "a HEIC file")]
    [InlineData("ftypmif1\0\0\0\0mif1heic", 4, "a HEIC file")]
    [InlineData("ftypavif", 4, "an AVIF file")]
    [InlineData("ftypmif1\0\0\0\0mif1avif", 4, "an AVIF file")]
    public void A_kind_that_is_not_built_in_is_named_and_where_its_decoder_goes(string sign, int place, string name)
    {
        var file = new byte[200];
        file[3] = 24;
        System.Text.Encoding.ASCII.GetBytes(sign).CopyTo(file, place);
        Action[] reads = [() => RgbImage.Decode(file), () => RgbImage.Load(new MemoryStream(file))];
        foreach (var read in reads)
        {
            read.Should().Throw<ImageFormatException>().WithMessage($"*it is {name}, which is not built in: *ImageDecoders.Register*");
        }
    }

    [Theory]
    [InlineData("000000186674797069736f6d", "it is a video*")]
    [InlineData("000000186674797071742020", "it is a video*")]
    [InlineData("000000186674797063727820", "it is a camera's raw file*save it as a PNG")]
    [InlineData("00000018667479707a7a7a7a", "it is none of JPEG*")]
    [InlineData("0000000c6a5020200d0a870a", "it is a JPEG 2000 file*ImageDecoders.Register*")]
    [InlineData("0000000c4a584c200d0a870a", "it is a JPEG XL file*ImageDecoders.Register*")]
    [InlineData("1f8b0800", "it is compressed by gzip; unpack it first")]
    [InlineData("504b0304", "it is a zip archive; unpack it first")]
    [InlineData("00000100010010100000", "it is a Windows icon*")]
    [InlineData("000002000000000000000000", "it is a Targa file*")]
    [InlineData("000000000000000000000000", "it is none of JPEG*")]
    public void What_is_no_image_is_named_by_its_first_bytes(string start, string reason) => ReasonOf(Convert.FromHexString(start)).Should().Match(reason);

    [Theory]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:1", "it is a Git LFS pointer*git lfs pull*")]
    [InlineData("<?xml version='1.0'?>\n<!-- a -->\n<svg xmlns='http://www.w3.org/2000/svg'/>", "it is an SVG drawing*save it as a PNG")]
    [InlineData("\ufeff<svg/>", "it is an SVG drawing*")]
    [InlineData("\n<!DOCTYPE HTML><title>404</title>", "it is a web page, not an image*")]
    [InlineData("<?xml version='1.0'?><note/>", "it is none of JPEG*")]
    [InlineData("%PDF-1.7", "it is a PDF document*")]
    [InlineData("P7\nWIDTH 1", "it is a Netpbm PAM file*")]
    [InlineData("8BPS\u0001", "it is a Photoshop file*")]
    public void What_is_text_instead_is_named_by_its_first_words(string text, string reason) =>
        ReasonOf(System.Text.Encoding.UTF8.GetBytes(text)).Should().Match(reason);

    private static string ReasonOf(byte[] start)
    {
        Action decode = () => RgbImage.Decode([.. start, .. new byte[100]]);

        return decode.Should().Throw<ImageFormatException>().Which.Reason;
    }

    [Fact]
    public void A_file_that_is_missing_gives_the_usual_exception()
    {
        Action load = () => RgbImage.Load("no-such-file.png");

        load.Should().Throw<FileNotFoundException>();
    }

    [Fact]
    public void An_image_beyond_the_pixel_limit_is_refused()
    {
        var file = new MemoryStream();
        TestImages.Noise(20, 10).SavePng(file);

        Action tooMany = () => RgbImage.Decode(file.ToArray(), new ImageDecodeOptions { MaxPixels = 199 });

        tooMany.Should().Throw<ImageFormatException>().WithMessage("*20x10 pixels, more than the limit of 199*");
        RgbImage.Decode(file.ToArray(), new ImageDecodeOptions { MaxPixels = 200 }).Width.Should().Be(20);
    }

    [Fact]
    public void A_registered_decoder_is_found_by_content()
    {
        ImageDecoders.Register(new OneGrayPixelDecoder());

        RgbImage.Decode([.. "one-gray-pixel"u8, 77]).Pixels.Should().Equal(77, 77, 77);
        ImageDecoders.All[0].Should().BeOfType<OneGrayPixelDecoder>();
    }

    [Fact]
    public void A_folder_is_said_to_be_one()
    {
        Action load = () => RgbImage.Load(Path.GetTempPath());

        load.Should().Throw<UnauthorizedAccessException>().WithMessage("*is a folder*");
    }

    [Fact]
    public void A_file_or_stream_beyond_the_byte_limit_is_refused_before_it_is_all_read()
    {
        using var png = new MemoryStream();
        TestImages.Noise(100, 100).SavePng(png);
        var options = new ImageDecodeOptions { MaxFileBytes = 20_000 };
        Action seekable = () => RgbImage.Load(new MemoryStream(png.ToArray()), options);
        using var endless = new EndlessStream(png.ToArray());
        Action unseekable = () => RgbImage.Load(endless, options);

        seekable.Should().Throw<ImageFormatException>().WithMessage("*more than 20000 bytes*MaxFileBytes*");
        unseekable.Should().Throw<ImageFormatException>().WithMessage("*more than 20000 bytes*MaxFileBytes*");
        endless.BytesRead.Should().BeLessThan(200_000);
    }

    [Fact]
    public void Limits_of_nothing_are_refused_and_the_largest_work()
    {
        ((Action)(() => _ = new ImageDecodeOptions { MaxPixels = 0 })).Should().Throw<ArgumentOutOfRangeException>();
        ((Action)(() => _ = new ImageDecodeOptions { MaxFileBytes = 0 })).Should().Throw<ArgumentOutOfRangeException>();
        byte[] header = [.. BitConverter.GetBytes(int.MaxValue).Reverse(), .. BitConverter.GetBytes(int.MaxValue).Reverse(), 8, 2, 0, 0, 0];
        Action decode = () => RgbImage.Decode(
            (byte[])[0x89, .. "PNG\r\n\u001a\n"u8, .. Formats.Png.PngEncoder.Chunk("IHDR", header)], new ImageDecodeOptions { MaxPixels = long.MaxValue });

        decode.Should().Throw<ImageFormatException>().WithMessage("*2147483647x2147483647 pixels*");
    }

    /// <summary>Starts like a file and never ends.</summary>
    private sealed class EndlessStream(byte[] start) : Stream
    {
        public long BytesRead { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            for (var i = 0; i < count; i++)
            {
                buffer[offset + i] = start[BytesRead++ % start.Length];
            }

            return count;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(5, -1)]
    public void A_least_size_of_nothing_is_refused(int height, int width)
    {
        Action make = () => _ = new ImageDecodeOptions { AtLeast = new ImageSize(height, width) };

        make.Should().Throw<ArgumentOutOfRangeException>();
    }

    [Theory]
    [InlineData(0, 1, 0)]
    [InlineData(2, 2, 11)]
    public void Pixels_of_another_number_are_refused(int width, int height, int length)
    {
        Action make = () => _ = new RgbImage(width, height, new byte[length]);

        make.Should().Throw<ArgumentException>();
    }

    private sealed class OneGrayPixelDecoder : IImageDecoder
    {
        public bool CanDecode(ReadOnlySpan<byte> header) => header.StartsWith("one-gray-pixel"u8);

        public RgbImage Decode(ReadOnlySpan<byte> file, ImageDecodeOptions options) => RgbImage.FromGray(1, 1, file[^1..]);
    }
}
