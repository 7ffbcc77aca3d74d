using System.Buffers.Binary;
using DenseNetSharp.Images;

namespace DenseNetSharp.Core.Tests.Images.Formats.Gif;

[Collection(PillowCollection.Name)]
public class GifDecoderTests(PillowReference pillow)
{
    [SkippableFact]
    public void Every_kind_of_GIF_gives_Pillows_pixels_or_is_refused_as_by_Pillow()
    {
        var (equal, refused) = pillow.CompareFiles("Gif/gif_files.py");

        equal.Should().BeGreaterThan(1000);
        refused.Should().BeGreaterThan(200);
    }

    [Fact]
    public void Damage_is_named()
    {
        // 2x1 pixels of two colors: clear, 0, 1, end.
        byte[] sound = [.. "GIF89a"u8, 2, 0, 1, 0, 0x80, 0, 0, 9, 8, 7, 6, 5, 4, 0x2C, 0, 0, 0, 0, 2, 0, 1, 0, 0, 2, 2, 0x44, 0x0A, 0, 0x3B];
        (byte[] File, string Message)[] damaged =
        [
            (sound[..25], "*truncated before its first frame*"),
            ([.. sound[..19], 0x3B], "*no frame*"),
            (sound[..^4], "*image data end too early*"),
            ([.. sound[..^4], 0x2C, 0, 0, 0x3B], "*image data end after 0 of 2 pixels*"),
            ([.. sound[..^4], 0xFC, 0x0A, 0, 0x3B], "*image data are corrupt*"),
            ([.. sound[..29], 13, .. sound[30..]], "*13 bits, which GIF does not allow*"),
            ([.. sound[..24], 0, 0, .. sound[26..]], "*0x1 pixels, which is no image*"),
        ];
        RgbImage.Decode(sound).Pixels.Should().Equal(9, 8, 7, 6, 5, 4);
        foreach (var (file, message) in damaged)
        {
            Action decode = () => RgbImage.Decode(file);

            decode.Should().Throw<ImageFormatException>().WithMessage(message);
        }
    }

    [Fact]
    public void A_few_bytes_that_claim_a_huge_image_cost_no_memory()
    {
        byte[] file = [.. "GIF89a"u8, 2, 0, 1, 0, 0, 0, 0, 0x2C, 0, 0, 0, 0, 2, 0, 1, 0, 0, 2, 2, 0x44, 0x0A, 0, 0x3B];
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(18), 13_000);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(20), 13_000);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Action decode = () => RgbImage.Decode(file);

        decode.Should().Throw<ImageFormatException>().WithMessage("*cannot hold 13000x13000 pixels*");
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1_000_000);
    }
}
