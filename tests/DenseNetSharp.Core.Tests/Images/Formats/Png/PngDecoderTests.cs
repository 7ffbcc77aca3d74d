using System.IO.Compression;
using DenseNetSharp.Images;

namespace DenseNetSharp.Core.Tests.Images.Formats.Png;

[Collection(PillowCollection.Name)]
public class PngDecoderTests(PillowReference pillow)
{
    private static readonly (int Width, int Height)[] Sizes =
        [(1, 1), (2, 2), (3, 1), (1, 5), (4, 4), (5, 3), (7, 9), (8, 8), (9, 17), (33, 31), (100, 3), (2, 50)];

    public static readonly TheoryData<int, int> Kinds = new()
    {
        { 0, 1 }, { 0, 2 }, { 0, 4 }, { 0, 8 }, { 0, 16 }, { 2, 8 }, { 2, 16 }, { 3, 1 }, { 3, 2 }, { 3, 4 }, { 3, 8 },
        { 4, 8 }, { 4, 16 }, { 6, 8 }, { 6, 16 },
    };

    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void Every_color_type_and_depth_gives_Pillows_pixels(int colorType, int bitDepth)
    {
        foreach (var (width, height) in Sizes)
        {
            var encoder = new PngEncoder(width, height, bitDepth, colorType, interlaced: false, seed: width * height);
            CompareWithPillow(encoder.Encode(PaletteFor(encoder, colorType, bitDepth)), $"{width}x{height}");
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void Every_interlaced_color_type_and_depth_gives_Pillows_pixels(int colorType, int bitDepth)
    {
        foreach (var (width, height) in Sizes)
        {
            var encoder = new PngEncoder(width, height, bitDepth, colorType, interlaced: true, seed: width * height);
            CompareWithPillow(encoder.Encode(PaletteFor(encoder, colorType, bitDepth)), $"{width}x{height}");
        }
    }

    [SkippableTheory]
    [InlineData(0, 1, 2)]
    [InlineData(0, 8, 2)]
    [InlineData(0, 16, 2)]
    [InlineData(2, 8, 6)]
    [InlineData(2, 16, 6)]
    [InlineData(3, 2, 3)]
    [InlineData(3, 8, 100)]
    public void Transparency_is_dropped_as_in_Pillow(int colorType, int bitDepth, int transparencyLength)
    {
        var encoder = new PngEncoder(20, 10, bitDepth, colorType, interlaced: false, seed: 4);
        var transparency = Enumerable.Range(0, transparencyLength).Select(i => (byte)(i % 2)).ToArray();

        CompareWithPillow(encoder.Encode(PaletteFor(encoder, colorType, bitDepth), transparency), "with tRNS");
    }

    [SkippableFact]
    public void Colors_that_a_short_palette_lacks_are_those_that_Pillow_gives()
    {
        // Such a file is invalid, and Pillow's versions differ.
        Skip.IfNot(pillow.Versions.StartsWith("Pillow 9."), "Later versions than Pillow 9 give black.");
        var encoder = new PngEncoder(40, 20, 8, 3, interlaced: false, seed: 5);

        CompareWithPillow(encoder.Encode(encoder.Palette(colors: 10)), "10 colors for 256 indices");
    }

    [SkippableTheory]
    [InlineData("1")]
    [InlineData("L")]
    [InlineData("LA")]
    [InlineData("P")]
    [InlineData("RGB")]
    [InlineData("RGBA")]
    [InlineData("I")]
    public void Files_that_Pillow_writes_give_Pillows_pixels(string mode)
    {
        foreach (var image in new[] { TestImages.Photo(211, 97), TestImages.Noise(64, 64), TestImages.Stripes(31, 200) })
        {
            var path = pillow.NewPath(".png");
            pillow.Run($"{image.ToPython(pillow)}.convert('{mode}').save('{path}')");

            CompareWithPillow(File.ReadAllBytes(path), mode);
        }
    }

    [SkippableFact]
    public void Empty_and_tiny_data_chunks_are_joined()
    {
        var encoder = new PngEncoder(30, 20, 8, 2, interlaced: false, seed: 6);

        CompareWithPillow(encoder.Encode(chunkLength: 1), "chunks of one byte");
    }

    [SkippableFact]
    public void A_cut_file_is_refused_or_has_Pillows_pixels()
    {
        var file = new PngEncoder(13, 11, 8, 2, interlaced: false, seed: 8).Encode();
        var path = pillow.NewPath(".png");
        var accepted = 0;
        for (var length = 0; length < file.Length; length++)
        {
            RgbImage image;
            try
            {
                image = RgbImage.Decode(file.AsSpan(0, length));
            }
            catch (ImageFormatException)
            {
                continue;
            }

            File.WriteAllBytes(path, file[..length]);
            image.Pixels.ShouldEqual(pillow.Run($"result = Image.open('{path}').convert('RGB').tobytes()"), $"{length} bytes");
            accepted++;
        }

        accepted.Should().Be(12, "only the end chunk may be missing or cut");
    }

    [Fact]
    public void Damage_is_named()
    {
        var good = new PngEncoder(30, 20, 8, 2, interlaced: false, seed: 7).Encode();
        byte[] signature = good[..8], header = good[8..33], rest = good[33..];
        (byte[] File, string Message)[] cases =
        [
            ([], "*it is empty*"),
            ("GIF90a..."u8.ToArray(), "*none of JPEG, PNG, WebP*starts with 47 49 46*"),
            (signature, "*does not start with an IHDR chunk*"),
            (good[..20], "*truncated inside its IHDR chunk*"),
            (good[..33], "*truncated before its image data*"),
            (good[..60], "*truncated inside its IDAT chunk*"),
            ([.. signature, .. header, .. PngEncoder.Chunk("IEND", [])], "*has no image data*"),
            ([.. signature, .. header, .. PngEncoder.Chunk("ABCD", []), .. rest], "*critical chunk ABCD*"),
            ([.. signature, .. header, .. header, .. rest], "*critical chunk IHDR*"),
            ([.. signature, .. header, .. PngEncoder.Chunk("IDAT", [1, 2, 3]), .. PngEncoder.Chunk("IEND", [])], "*corrupt or ends too early*"),
            ([.. signature, .. header, .. PngEncoder.Chunk("IDAT", new byte[90])], "*corrupt or ends too early*"),
            (Flip(good, 50), "*checksum of its IDAT chunk*"),
            (Flip(good, 20), "*checksum of its IHDR chunk*"),
            (Header(30, 20, 3, 2), "*no color type 2 with 3 bits*"),
            (Header(0, 20, 8, 2), "*0x20 pixels*no image*"),
            (Header(30, 20, 8, 2, 2), "*interlace 2*"),
            (Header(60000, 60000, 8, 2), "*60000x60000 pixels, more than the limit of 178956970*"),
            (new PngEncoder(8, 8, 8, 3, false, 1).Encode(), "*has no*"),
            (new PngEncoder(8, 8, 8, 3, false, 1).Encode(new byte[4]), "*palette has 4 bytes*"),
        ];
        foreach (var (file, message) in cases)
        {
            Action decode = () => RgbImage.Decode(file);

            decode.Should().Throw<ImageFormatException>().WithMessage(message);
        }
    }

    [Fact]
    public void A_few_bytes_that_claim_a_huge_image_cost_no_memory()
    {
        byte[] file = [.. Header(13_000, 13_000, 8, 2), .. PngEncoder.Chunk("IDAT", new byte[100]), .. PngEncoder.Chunk("IEND", [])];
        var before = GC.GetAllocatedBytesForCurrentThread();

        Action decode = () => RgbImage.Decode(file);

        decode.Should().Throw<ImageFormatException>().WithMessage("*cannot hold 13000x13000 pixels*");
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1_000_000);
    }

    [SkippableFact]
    public void Gray_of_16_bits_that_is_clipped_is_told_once_an_image_and_only_then()
    {
        var (clipped, dark) = (pillow.NewPath(".png"), pillow.NewPath(".png"));
        // Pillow's own clipping says which of the two has values above 255.
        var differ = pillow.RunText($"""
            values = np.full((5, 4), 255, dtype=np.uint16)
            Image.fromarray(values).save("{dark}")
            values[2:] = 256
            Image.fromarray(values).save("{clipped}")
            result = [str(int(np.asarray(Image.open(path), dtype=np.int64).max() > np.asarray(Image.open(path).convert("RGB")).max()))
                for path in ("{dark}", "{clipped}")]
            """);
        differ.Should().Be("['0', '1']");
        var losses = new List<GrayLoss>();
        var options = new ImageDecodeOptions { GrayLost = losses.Add };

        RgbImage.Load(dark, options);
        losses.Should().BeEmpty();
        RgbImage.Load(clipped, options);
        losses.Should().Equal(GrayLoss.Clipped);
        RgbImage.Load(clipped, options with { KeepUpperBitsOfGray = true });
        losses.Should().Equal(GrayLoss.Clipped, GrayLoss.UpperBitsUnused);
    }

    [SkippableFact]
    public void Gray_of_16_bits_keeps_its_upper_8_on_request()
    {
        var path = pillow.NewPath(".png");
        var expected = pillow.Run($"""
            values = np.arange(0, 65536, 37, dtype=np.uint16)[:1750].reshape(35, 50)
            Image.fromarray(values.astype(np.int32)).save('{path}')
            assert (np.asarray(Image.open('{path}')) == values).all()
            result = np.repeat((values >> 8).astype(np.uint8)[..., None], 3, axis=2).tobytes()
            """);

        RgbImage.Load(path, new ImageDecodeOptions { KeepUpperBitsOfGray = true }).Pixels.ShouldEqual(expected, "upper bits");
        RgbImage.Load(path).Pixels.Count(value => value == 255).Should().BeGreaterThan(5000);
    }

    [Theory]
    [InlineData(0, 16, 1)]
    [InlineData(0, 8, 0)]
    [InlineData(2, 16, 0)]
    public void That_gray_of_16_bits_is_clipped_is_told_once(int colorType, int bitDepth, int expected)
    {
        var file = new PngEncoder(23, 19, bitDepth, colorType, interlaced: false, seed: 9).Encode();
        var count = 0;

        RgbImage.Decode(file, new ImageDecodeOptions { GrayLost = _ => count++ });
        RgbImage.Decode(file, new ImageDecodeOptions { GrayLost = _ => count++, KeepUpperBitsOfGray = true });

        count.Should().Be(expected);
    }

    [SkippableFact]
    public void Data_that_want_a_dictionary_are_an_error()
    {
        var compressed = pillow.Run("""
            compressor = zlib.compressobj(zdict=b"known beforehand")
            result = compressor.compress(bytes(9 * 8)) + compressor.flush()
            """);
        byte[] file = [.. Header(8, 8, 8, 0), .. PngEncoder.Chunk("IDAT", compressed), .. PngEncoder.Chunk("IEND", [])];

        Action decode = () => RgbImage.Decode(file);

        decode.Should().Throw<ImageFormatException>().WithMessage("*image data is corrupt*");
    }

    [Fact]
    public void Fewer_rows_than_promised_are_an_error()
    {
        var tall = new PngEncoder(10, 40, 8, 0, false, 1).Encode();
        byte[] file = [.. Header(10, 41, 8, 0), .. tall[33..]];

        Action decode = () => RgbImage.Decode(file);

        decode.Should().Throw<ImageFormatException>().WithMessage("*ends too early*");
    }

    [SkippableFact]
    public void What_follows_the_image_data_does_not_matter()
    {
        var file = new PngEncoder(13, 11, 8, 2, interlaced: false, seed: 8).Encode();
        byte[] text = PngEncoder.Chunk("tEXt", [.. "Title"u8, 0, .. "flower"u8]), end = file[^12..];
        (byte[] Tail, string What)[] tails =
        [
            ([.. end, 1, 2, 3], "bytes after the end"),
            ([.. new byte[50]], "zeros instead of the end"),
            ([.. text, .. end], "a text"),
            ([.. text[..^1], 77, .. end], "a text whose checksum is wrong"),
            ([.. end, .. file], "another image"),
        ];
        foreach (var (tail, what) in tails)
        {
            pillow.CompareDecoded([.. file[..^12], .. tail], what);
        }

        PillowDecoding.Accepts([.. file[..^12], .. text[..^6]]).Should().BeFalse("a text that is cut shows that the file is");
        pillow.TryDecode([.. file[..^12], .. text[..^6]]).Should().BeNull("and Pillow refuses it too");
    }

    [SkippableFact]
    public void Chunks_before_the_image_data_change_nothing()
    {
        var file = new PngEncoder(13, 11, 8, 2, interlaced: false, seed: 8).Encode();
        var profile = pillow.Run("""
            from PIL import ImageCms
            result = b"name\0\0" + zlib.compress(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
            """);
        (string Type, byte[] Data)[] chunks =
        [
            ("gAMA", [0, 0, 0x40, 0]), ("bKGD", [0, 9, 0, 9, 0, 9]), ("sBIT", [5, 5, 5]), ("pHYs", [0, 0, 1, 0, 0, 0, 2, 0, 1]),
            ("iCCP", profile), ("tIME", new byte[7]), ("abCd", [1, 2, 3]), ("PLTE", [1, 2, 3, 4, 5, 6]), ("IDAT", []),
            ("acTL", [0, 0, 0, 1, 0, 0, 0, 0]),
        ];
        foreach (var (type, data) in chunks)
        {
            pillow.CompareDecoded([.. file[..33], .. PngEncoder.Chunk(type, data), .. file[33..]], type);
        }
    }

    [SkippableFact]
    public void An_animation_is_its_first_picture()
    {
        var file = pillow.Run($"""
            file = io.BytesIO()
            {TestImages.Photo(50, 40).ToPython(pillow)}.save(file, "PNG", save_all=True,
                append_images=[{TestImages.Noise(50, 40).ToPython(pillow)}])
            result = file.getvalue()
            """);

        pillow.CompareDecoded(file, "APNG");
    }

    [Fact]
    public void Compressed_texts_and_profiles_are_never_inflated()
    {
        var file = new PngEncoder(13, 11, 8, 2, interlaced: false, seed: 8).Encode();
        var bomb = new MemoryStream();
        using (var zlib = new ZLibStream(bomb, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            for (var i = 0; i < 100; i++)
            {
                zlib.Write(new byte[1 << 20]);
            }
        }

        var text = PngEncoder.Chunk("zTXt", [.. "Comment"u8, 0, 0, .. bomb.ToArray()]);
        var profile = PngEncoder.Chunk("iCCP", [.. "name"u8, 0, 0, .. bomb.ToArray()]);
        byte[] bombs = [.. file[..33], .. text, .. profile, .. file[33..]];
        var before = GC.GetAllocatedBytesForCurrentThread();

        RgbImage.Decode(bombs).Pixels.ShouldEqual(RgbImage.Decode(file).Pixels, "with bombs");

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1_000_000);
    }

    private void CompareWithPillow(byte[] file, string what)
    {
        var path = pillow.NewPath(".png");
        File.WriteAllBytes(path, file);
        var expected = pillow.Run($"result = Image.open('{path}').convert('RGB').tobytes()");

        RgbImage.Load(path).Pixels.ShouldEqual(expected, what);
    }

    private static byte[]? PaletteFor(PngEncoder encoder, int colorType, int bitDepth) =>
        colorType == 3 ? encoder.Palette(1 << bitDepth) : null;

    private static byte[] Header(int width, int height, byte depth, byte colorType, byte interlace = 0) =>
    [
        0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A,
        .. PngEncoder.Chunk("IHDR",
        [
            (byte)(width >> 24), (byte)(width >> 16), (byte)(width >> 8), (byte)width,
            (byte)(height >> 24), (byte)(height >> 16), (byte)(height >> 8), (byte)height, depth, colorType, 0, 0, interlace,
        ]),
    ];

    private static byte[] Flip(byte[] file, int index)
    {
        byte[] flipped = [.. file];
        flipped[index] ^= 0x10;
        return flipped;
    }
}
