using System.Buffers.Binary;
using DenseNetSharp.Images;

namespace DenseNetSharp.Core.Tests.Images.Formats.Bmp;

[Collection(PillowCollection.Name)]
public class BmpDecoderTests(PillowReference pillow)
{
    [SkippableFact]
    public void Every_kind_of_bitmap_gives_Pillows_pixels_or_is_refused_as_by_Pillow()
    {
        var (equal, refused) = pillow.CompareFiles("Bmp/bmp_files.py");

        equal.Should().BeGreaterThan(1000);
        refused.Should().BeGreaterThan(1000);
    }

    [Fact]
    public void Damage_is_named()
    {
        (byte[] File, string Message)[] damaged =
        [
            (Bitmap(10, 10, 24, 0)[..40], "*truncated inside its headers*"),
            (Bitmap(10, 10, 24, 0)[..^1], "*truncated: its 10x10 pixels take 318 bytes from byte 54 on, and it has 371 in all*"),
            (Bitmap(10, 10, 24, 4), "*24 bits a pixel with compression Jpeg, which is not read*"),
            (Bitmap(10, 10, 2, 0), "*2 bits a pixel, which is not read*"),
            (Bitmap(10, 10, 24, 0, headerLength: 52), "*header of 52 bytes, which is not read*"),
            (Bitmap(10, 10, 8, 1), "*run lengths end after 0 of 10x10 pixels*"),
            (Bitmap(0, 10, 24, 0), "*0x10 pixels, which is no image*"),
        ];
        foreach (var (file, message) in damaged)
        {
            Action decode = () => RgbImage.Decode(file);

            decode.Should().Throw<ImageFormatException>().WithMessage(message);
        }
    }

    [Theory]
    [InlineData(24, 0)]
    [InlineData(8, 1)]
    public void A_few_bytes_that_claim_a_huge_image_cost_no_memory(int bits, int compression)
    {
        var file = Bitmap(13_000, 13_000, bits, compression);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Action decode = () => RgbImage.Decode(file);

        decode.Should().Throw<ImageFormatException>().WithMessage("*13000x13000 pixels*");
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1_000_000);
    }

    /// <summary>A header, and pixels of at most 318 bytes, all of them zero.</summary>
    private static byte[] Bitmap(int width, int height, int bits, int compression, int headerLength = 40)
    {
        var offset = 14 + headerLength + (bits <= 8 ? 4 << bits : 0);
        var file = new byte[offset + 318];
        "BM"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10), offset);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(14), headerLength);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), width);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), height);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(28), bits);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(30), compression);
        if (compression == 1)
        {
            // The end of the bitmap.
            file[offset + 1] = 1;
        }

        return file;
    }
}
