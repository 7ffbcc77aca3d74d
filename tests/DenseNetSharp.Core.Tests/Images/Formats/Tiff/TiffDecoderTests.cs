using System.Buffers.Binary;
using DenseNetSharp.Images;

namespace DenseNetSharp.Core.Tests.Images.Formats.Tiff;

[Collection(PillowCollection.Name)]
public class TiffDecoderTests(PillowReference pillow)
{
    private const ushort Short = 3, Long = 4;

    [SkippableFact]
    public void Every_kind_of_TIFF_gives_Pillows_pixels_or_is_refused_as_by_Pillow()
    {
        var (equal, refused) = pillow.CompareFiles("Tiff/tiff_files.py");

        equal.Should().BeGreaterThan(2000);
        refused.Should().BeGreaterThan(500);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    public void An_image_is_turned_once_as_its_orientation_says_whether_or_not_that_is_asked_for(long orientation)
    {
        var file = Tiff((256, Short, 3), (257, Short, 1), (258, Short, 8), (262, Short, 1), (273, Long, 0), (274, Short, orientation), (279, Long, 3));

        var image = RgbImage.Decode(file);
        var upright = RgbImage.Decode(file, new ImageDecodeOptions { ApplyExifOrientation = true });

        (image.Width, image.Height).Should().Be(orientation == 6 ? (1, 3) : (3, 1));
        (upright.Width, upright.Height).Should().Be((image.Width, image.Height));
        upright.Pixels.Should().Equal(image.Pixels);
    }

    [Fact]
    public void Gray_of_16_bits_keeps_its_upper_8_on_request_and_else_its_clipping_is_told()
    {
        // The samples are numbers of the directory itself: a type and a count, or the number of fields and the first tag.
        var dark = Tiff((256, Short, 2), (257, Short, 1), (258, Short, 16), (262, Short, 1), (273, Long, 12), (279, Long, 4));
        var light = Tiff((256, Short, 2), (257, Short, 1), (258, Short, 16), (262, Short, 1), (273, Long, 8), (279, Long, 4));
        var losses = new List<GrayLoss>();
        var options = new ImageDecodeOptions { GrayLost = losses.Add };

        RgbImage.Decode(dark, options).Pixels.Should().Equal(3, 3, 3, 1, 1, 1);
        losses.Should().BeEmpty();
        RgbImage.Decode(light, options).Pixels.Should().Equal(6, 6, 6, 255, 255, 255);
        losses.Should().Equal(GrayLoss.Clipped);
        RgbImage.Decode(light, options with { KeepUpperBitsOfGray = true }).Pixels.Should().Equal(0, 0, 0, 1, 1, 1);
        losses.Should().Equal(GrayLoss.Clipped, GrayLoss.UpperBitsUnused);
    }

    [SkippableTheory]
    [InlineData("np.int32", "[0, 255]", null)]
    [InlineData("np.int32", "[0, 256]", GrayLoss.WideClipped)]
    [InlineData("np.int32", "[-1, 3]", GrayLoss.WideClipped)]
    [InlineData("np.float32", "[0, 0.5]", GrayLoss.Fractions)]
    [InlineData("np.float32", "[0, 1]", null)]
    [InlineData("np.float32", "[0.25, 200.5]", null)]
    [InlineData("np.float32", "[0.25, 300]", GrayLoss.WideClipped)]
    [InlineData("np.uint16", "[0, 4095]", GrayLoss.Clipped, GrayLoss.UpperBitsUnused)]
    [InlineData("np.uint16", "[0, 4096]", GrayLoss.Clipped, null)]
    public void What_gray_of_more_bits_loses_in_Pillow_is_told(string type, string values, GrayLoss? expected, GrayLoss? kept = null)
    {
        var path = pillow.NewPath(".tif");
        var pixels = pillow.Run($"""
            import numpy as np
            Image.fromarray(np.array([{values}], dtype={type})).save("{path}")
            result = Image.open("{path}").convert("RGB").tobytes()
            """);
        var losses = new List<GrayLoss>();
        var options = new ImageDecodeOptions { GrayLost = losses.Add };

        RgbImage.Load(path, options).Pixels.Should().Equal(pixels);
        losses.Should().Equal(expected is { } one ? [one] : []);
        losses.Clear();
        RgbImage.Load(path, options with { KeepUpperBitsOfGray = true });
        losses.Should().Equal((type == "np.uint16" ? kept : expected) is { } other ? [other] : []);
    }

    [Fact]
    public void Damage_is_named()
    {
        (byte[] File, string Message)[] damaged =
        [
            (Tiff((256, Short, 3))[..9], "*truncated*"),
            (Tiff((256, Short, 3), (257, Short, 0)), "*3x0 pixels, which is no image*"),
            (Tiff((256, Long, 60000), (257, Long, 60000)), "*60000x60000 pixels, more than the limit*"),
            (Gray((259, Short, 34925)), "*compressed by LZMA, which is not read; save it as a PNG, or as a TIFF of *"),
            (Gray((259, Short, 6)), "*old JPEG, which is not read*"),
            (Gray((262, Short, 8)), "*photometric interpretation 8 (CIE L*a*b*), 1 samples of 8 bits, sample format 1, which is not read*"),
            (Gray((259, Short, 4)), "*samples of 8 bits cannot have compression CcittGroup4*"),
            (Gray((278, Long, 0)), "*strips have no pixels*"),
            (Gray((278, Long, 1)), "*has 1 strips, and its 4x4 pixels take 4*"),
            (Gray((273, Long, 1000)), "*truncated: strip 0 takes 16 bytes from byte 1000 on*"),
            (Gray((256, Long, 13000), (257, Long, 13000), (259, Short, 8), (279, Long, 9)), "*9 bytes of strip 0 cannot hold 13000x13000 pixels*"),
            (Gray((259, Short, 8), (279, Long, 9)), "*image data are corrupt or end too early*"),
            (Gray((262, Short, 3)), "*palette of at most 256 colors, which it does not have*"),
        ];
        foreach (var (file, message) in damaged)
        {
            Action decode = () => RgbImage.Decode(file);

            decode.Should().Throw<ImageFormatException>().WithMessage(message);
        }

        RgbImage.Decode(Gray()).Pixels.Should().HaveCount(48);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(32773)]
    public void A_few_bytes_that_claim_a_huge_image_cost_no_memory(long compression)
    {
        var file = Gray((256, Long, 13000), (257, Long, 13000), (259, Short, compression), (279, Long, 50));
        var before = GC.GetAllocatedBytesForCurrentThread();

        Action decode = () => RgbImage.Decode(file);

        decode.Should().Throw<ImageFormatException>();
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1_000_000);
    }

    /// <summary>4x4 gray pixels with other or more fields.</summary>
    private static byte[] Gray(params (ushort Tag, ushort Type, long Value)[] fields)
    {
        var all = new SortedDictionary<ushort, (ushort Tag, ushort Type, long Value)>
        {
            [256] = (256, Short, 4),
            [257] = (257, Short, 4),
            [258] = (258, Short, 8),
            [262] = (262, Short, 1),
            [273] = (273, Long, 8),
        };
        foreach (var field in fields)
        {
            all[field.Tag] = field;
        }

        return Tiff([.. all.Values]);
    }

    /// <summary>A header and a directory of fields that have one value each.</summary>
    private static byte[] Tiff(params (ushort Tag, ushort Type, long Value)[] fields)
    {
        var file = new byte[8 + 2 + 12 * fields.Length + 4];
        "II*\0"u8.CopyTo(file);
        file[4] = 8;
        file[8] = (byte)fields.Length;
        for (var i = 0; i < fields.Length; i++)
        {
            var entry = file.AsSpan(10 + 12 * i, 12);
            BinaryPrimitives.WriteUInt16LittleEndian(entry, fields[i].Tag);
            BinaryPrimitives.WriteUInt16LittleEndian(entry[2..], fields[i].Type);
            entry[4] = 1;
            BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], (uint)fields[i].Value);
        }

        return file;
    }
}
