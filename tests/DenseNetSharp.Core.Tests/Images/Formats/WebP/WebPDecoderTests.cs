using System.Buffers.Binary;
using DenseNetSharp.Images;
using DenseNetSharp.Images.Formats.WebP;

namespace DenseNetSharp.Core.Tests.Images.Formats.WebP;

[Collection(PillowCollection.Name)]
public class WebPDecoderTests(PillowReference pillow)
{
    [SkippableTheory]
    [InlineData("RGB", "quality=80")]
    [InlineData("RGB", "quality=5, method=6")]
    [InlineData("RGB", "quality=100, method=0")]
    [InlineData("RGB", "lossless=True")]
    [InlineData("RGBA", "quality=75")]
    [InlineData("RGBA", "lossless=True")]
    [InlineData("RGBA", "lossless=True, exact=True")]
    [InlineData("RGBA", "quality=60, alpha_quality=10")]
    [InlineData("L", "quality=70")]
    [InlineData("P", "lossless=True")]
    [InlineData("RGB", "quality=80, exif=b'Exif\\0\\0II*\\0\\x08\\0\\0\\0\\x01\\0\\x12\\x01\\x03\\0\\x01\\0\\0\\0\\x06\\0\\0\\0\\0\\0\\0\\0', icc_profile=b'abc', xmp=b'<x/>'")]
    public void Every_kind_of_WebP_gives_Pillows_pixels(string mode, string options)
    {
        foreach (var image in TestImages.OfManyKinds())
        {
            pillow.CompareDecoded(pillow.Encode(image, "WEBP", options, mode), $"{image.Width}x{image.Height}, {mode}, {options}");
        }
    }

    [SkippableTheory]
    [InlineData("quality=80")]
    [InlineData("lossless=True")]
    [InlineData("quality=70, minimize_size=True, allow_mixed=True")]
    public void Of_an_animation_the_first_frame_is_taken(string options)
    {
        var path = pillow.NewPath(".webp");
        var expected = pillow.Run($"""
            first = {TestImages.Photo(70, 50).ToPython(pillow)}.convert("RGBA")
            first.putalpha(Image.linear_gradient("L").resize(first.size))
            second = {TestImages.Noise(70, 50).ToPython(pillow)}
            first.save('{path}', save_all=True, append_images=[second, first], duration=50, {options})
            assert Image.open('{path}').n_frames == 3
            result = Image.open('{path}').convert('RGB').tobytes()
            """);

        RgbImage.Load(path).Pixels.ShouldEqual(expected, options);
    }

    [SkippableTheory]
    [InlineData("quality=80", 0, 0)]
    [InlineData("lossless=True", 12, 30)]
    [InlineData("quality=80", 30, 8)]
    public void A_first_frame_that_is_smaller_than_the_canvas_lies_where_Pillow_puts_it(string options, int x, int y)
    {
        string still = pillow.NewPath(".webp"), path = pillow.NewPath(".webp");
        pillow.Run($"{TestImages.Photo(33, 21).ToPython(pillow)}.save('{still}', {options})");
        File.WriteAllBytes(path, Animation(new ImageSize(Height: 60, Width: 70), x, y, new ImageSize(Height: 21, Width: 33), File.ReadAllBytes(still)[12..]));
        var expected = pillow.Run($"result = Image.open('{path}').convert('RGB').tobytes()");

        var image = RgbImage.Load(path);

        (image.Width, image.Height).Should().Be((70, 60));
        image.Pixels.ShouldEqual(expected, $"{options} at {x}, {y}");
    }

    [SkippableTheory]
    [InlineData("quality=80")]
    [InlineData("lossless=True")]
    [InlineData("quality=80, exif=b'Exif\\0\\0II*\\0'")]
    public void A_file_cut_anywhere_is_refused(string options)
    {
        var file = pillow.Encode(TestImages.Photo(40, 30), "WEBP", options);
        for (var length = 0; length < file.Length; length++)
        {
            Action decode = () => RgbImage.Decode(file.AsSpan(0, length));

            decode.Should().Throw<ImageFormatException>($"{length} of {file.Length} bytes");
        }

        RgbImage.Decode((byte[])[.. file, 1, 2, 3]).Pixels.Should().Equal(RgbImage.Decode(file).Pixels);

        // The end is where the header says, whatever follows.
        byte[] shorter = [.. file];
        BinaryPrimitives.WriteInt32LittleEndian(shorter.AsSpan(4), file.Length - 8 - 40);
        PillowDecoding.Accepts(shorter).Should().BeFalse();
    }

    [SkippableFact]
    public void Damage_is_named()
    {
        var file = pillow.Encode(TestImages.Photo(40, 30), "WEBP", "quality=80");
        var frame = file[12..];
        var canvas = new ImageSize(60, 70);
        var size = new ImageSize(30, 40);
        var noFrame = Animation(canvas, 0, 0, size, []);
        (byte[] File, string Message)[] damaged =
        [
            (file[..^5], "*truncated: it has*"),
            ([.. file[..12], .. "ABCD"u8, .. file[16..]], "*no valid header*"),
            ([.. file[..23], 0, .. file[24..]], "*no valid header*"),
            ([.. file[..20], (byte)(file[20] | 1), .. file[21..]], "*libwebp cannot decode it*"),
            (noFrame[..44], "*truncated*"),
            (noFrame, "*first frame has no image*"),
            (Animation(canvas, 32, 0, size, frame), "*does not lie inside its 70x60*"),
            (Animation(canvas, 0, 0, new ImageSize(30, 41), frame), "*first frame is 40x30 pixels in place of 41x30*"),
            (Animation(new ImageSize(16_000, 16_000), 0, 0, size, frame), "*16000x16000 pixels, more than the limit*"),
        ];
        foreach (var (bytes, message) in damaged)
        {
            Action decode = () => RgbImage.Decode(bytes);

            decode.Should().Throw<ImageFormatException>().WithMessage(message);
        }
    }

    [SkippableFact]
    public void A_few_bytes_that_claim_a_huge_image_cost_no_memory()
    {
        var file = pillow.Encode(TestImages.Photo(40, 30), "WEBP", "quality=80");
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(26), 0x3FFF);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(28), 0x3FFF);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Action decode = () => RgbImage.Decode(file);

        decode.Should().Throw<ImageFormatException>().WithMessage("*16383x16383 pixels, more than the limit*");
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1 << 20);
    }

    [SkippableFact]
    public void Without_the_library_the_message_says_what_to_install()
    {
        var file = pillow.Encode(TestImages.Photo(40, 30), "WEBP", "quality=80");
        var decoder = new WebPDecoder(new(() => new LibWebP(["libabsent.so.7"])));

        Action decode = () => decoder.Decode(file, ImageDecodeOptions.Default);

        decode.Should().Throw<DllNotFoundException>().WithMessage("*needs libwebp*libwebp7 (Debian*ImageDecoders.Register*");
    }

    /// <summary>An animation of one frame (RFC 9649, 2.7.1).</summary>
    private static byte[] Animation(ImageSize canvas, int x, int y, ImageSize frame, byte[] image)
    {
        byte[] file =
        [
            .. "RIFF"u8, 0, 0, 0, 0, .. "WEBP"u8,
            .. Chunk("VP8X", [0x12, 0, 0, 0, .. UInt24(canvas.Width - 1), .. UInt24(canvas.Height - 1)]),
            .. Chunk("ANIM", [1, 2, 3, 255, 0, 0]),
            .. Chunk("ANMF", [.. UInt24(x / 2), .. UInt24(y / 2), .. UInt24(frame.Width - 1), .. UInt24(frame.Height - 1), 100, 0, 0, 0, .. image]),
        ];
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), file.Length - 8);
        return file;
    }

    private static byte[] Chunk(string type, byte[] data)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, data.Length);
        return [.. type.Select(letter => (byte)letter), .. length, .. data, .. new byte[data.Length % 2]];
    }

    private static byte[] UInt24(int value) => [(byte)value, (byte)(value >> 8), (byte)(value >> 16)];
}
