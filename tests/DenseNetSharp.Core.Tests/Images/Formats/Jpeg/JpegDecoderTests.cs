using System.Runtime.InteropServices;
using DenseNetSharp.Images;

namespace DenseNetSharp.Core.Tests.Images.Formats.Jpeg;

[Collection(PillowCollection.Name)]
public class JpegDecoderTests(PillowReference pillow)
{
    [SkippableTheory]
    [InlineData("RGB", "quality=90")]
    [InlineData("RGB", "quality=75, subsampling=0")]
    [InlineData("RGB", "quality=75, subsampling=1")]
    [InlineData("RGB", "quality=75, subsampling=2")]
    [InlineData("RGB", "quality=20")]
    [InlineData("RGB", "quality=100, subsampling=0, optimize=True")]
    [InlineData("RGB", "quality=80, progressive=True")]
    [InlineData("RGB", "quality=30, progressive=True, subsampling=0")]
    [InlineData("L", "quality=85")]
    [InlineData("L", "quality=85, progressive=True")]
    [InlineData("CMYK", "quality=85")]
    [InlineData("CMYK", "quality=85, progressive=True")]
    [InlineData("RGB", "quality=85, exif=b'Exif\\0\\0II*\\0\\x08\\0\\0\\0\\x01\\0\\x12\\x01\\x03\\0\\x01\\0\\0\\0\\x06\\0\\0\\0\\0\\0\\0\\0'")]
    public void Every_kind_of_JPEG_gives_Pillows_pixels(string mode, string options)
    {
        foreach (var image in TestImages.OfManyKinds())
        {
            pillow.CompareDecoded(pillow.Encode(image, "JPEG", options, mode), $"{image.Width}x{image.Height}, {mode}, {options}");
        }
    }

    [SkippableTheory]
    [InlineData("4:2:2", 1, "")]
    [InlineData("4:4:0", 4, "")]
    [InlineData("4:1:1", 5, "")]
    [InlineData("restart markers", 2, "TJ_RESTART")]
    [InlineData("arithmetic coding", 2, "TJ_ARITHMETIC")]
    public void Kinds_that_Pillow_reads_but_does_not_write_give_its_pixels(string kind, int subsampling, string setting)
    {
        Skip.IfNot(NativeLibrary.TryLoad("libturbojpeg.so.0", out _), "Such files are written by Linux's libturbojpeg.so.0, which is absent.");
        foreach (var image in new[] { TestImages.Photo(97, 61), TestImages.Noise(16, 40), TestImages.Photo(5, 3) })
        {
            var path = pillow.NewPath(".jpg");
            pillow.Run($"""
                import ctypes
                turbo = ctypes.CDLL("libturbojpeg.so.0")
                turbo.tjInitCompress.restype = ctypes.c_void_p
                if "{setting}":
                    os.environ["{setting}"] = "1"
                pixels = {image.ToPython(pillow)}.tobytes()
                size, out, handle = ctypes.c_ulong(0), ctypes.c_void_p(), ctypes.c_void_p(turbo.tjInitCompress())
                failed = turbo.tjCompress2(handle, pixels, {image.Width}, 0, {image.Height}, 0,
                    ctypes.byref(out), ctypes.byref(size), {subsampling}, 80, 0)
                os.environ.pop("{setting}", None)
                assert not failed
                open("{path}", "wb").write(ctypes.string_at(out, size.value))
                """);
            var expected = pillow.Run($"result = Image.open('{path}').convert('RGB').tobytes()");

            RgbImage.Load(path).Pixels.ShouldEqual(expected, $"{image.Width}x{image.Height}, {kind}");
        }
    }

    [SkippableTheory]
    [InlineData("RGB", 0)]
    [InlineData("RGB", 1)]
    [InlineData("CMYK", 0)]
    [InlineData("CMYK", 2)]
    public void Adobes_color_transforms_give_Pillows_pixels(string mode, byte transform)
    {
        var path = pillow.NewPath(".jpg");
        pillow.Run($"{TestImages.Photo(50, 40).ToPython(pillow)}.convert('{mode}').save('{path}', subsampling=0)");
        var file = File.ReadAllBytes(path);

        // Adobe's marker instead of whatever stands before the quantisation tables.
        byte[] adobe = [0xFF, 0xEE, 0, 14, .. "Adobe"u8, 0, 100, 0, 0, 0, 0, transform];
        File.WriteAllBytes(path, [0xFF, 0xD8, .. adobe, .. file[IndexOfMarker(file, 0xDB)..]]);
        var expected = pillow.Run($"result = Image.open('{path}').convert('RGB').tobytes()");

        RgbImage.Load(path).Pixels.ShouldEqual(expected, $"{mode}, transform {transform}");
    }

    [SkippableFact]
    public void A_file_cut_anywhere_is_refused_where_Pillow_refuses_it()
    {
        foreach (var options in new[] { "quality=70", "quality=70, progressive=True", "quality=70, subsampling=0" })
        {
            pillow.CompareVerdictsOfCuts(Encode(TestImages.Photo(60, 50), options), options);
        }
    }

    [SkippableFact]
    public void A_cut_file_whose_data_is_damaged_too_is_refused()
    {
        var file = Encode(TestImages.Photo(200, 160), "quality=70");
        byte[] damaged = [.. file[..^900]];
        (damaged[900], damaged[901]) = (0xFF, 0xD3);

        Action decode = () => RgbImage.Decode(damaged);

        decode.Should().Throw<ImageFormatException>().WithMessage("*it is truncated: its data ends before its picture does*");
    }

    [SkippableFact]
    public void Damaged_data_gives_Pillows_pixels_where_Pillow_goes_on()
    {
        var file = Encode(TestImages.Photo(90, 70), "quality=70");
        var data = IndexOfMarker(file, 0xDA) + 14;
        var random = new Random(8);
        var compared = 0;
        for (var i = 0; i < 200; i++)
        {
            byte[] damaged = [.. file];
            damaged[random.Next(data, damaged.Length - 2)] ^= (byte)(1 << random.Next(8));
            var path = pillow.NewPath(".jpg");
            File.WriteAllBytes(path, damaged);
            byte[] expected;
            try
            {
                expected = pillow.Run($"result = Image.open('{path}').convert('RGB').tobytes()");
            }
            catch (PythonException)
            {
                continue;
            }

            RgbImage.Load(path).Pixels.ShouldEqual(expected, $"damage {i}");
            compared++;
        }

        compared.Should().BeGreaterThan(100);
    }

    [SkippableFact]
    public void Bytes_after_the_picture_do_not_matter()
    {
        var file = Encode(TestImages.Photo(40, 30), "quality=80");

        RgbImage.Decode([.. file, 1, 2, 3, 0xFF, 0xD8, 0xFF]).Pixels.ShouldEqual(RgbImage.Decode(file).Pixels, "with a tail");
    }

    [SkippableFact]
    public void A_frame_that_is_not_supported_is_named()
    {
        var file = Encode(TestImages.Photo(40, 30), "quality=80");
        var frame = IndexOfMarker(file, 0xC0);
        (int Offset, byte Value, string Message)[] cases =
        [
            (1, 0xC3, "*JPEG process 3*"),
            (4, 12, "*12 bits a sample*"),
            (9, 2, "*2 components*"),
        ];
        foreach (var (offset, value, message) in cases)
        {
            byte[] changed = [.. file];
            changed[frame + offset] = value;

            Action decode = () => RgbImage.Decode(changed);

            decode.Should().Throw<ImageFormatException>().WithMessage(message);
        }
    }

    [SkippableFact]
    public void A_few_bytes_that_claim_a_huge_picture_cost_no_memory()
    {
        var file = Encode(TestImages.Photo(40, 30), "quality=80");
        var frame = IndexOfMarker(file, 0xC0);
        (file[frame + 5], file[frame + 7]) = (50, 50);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Action decode = () => RgbImage.Decode(file);

        decode.Should().Throw<ImageFormatException>().WithMessage("*cannot hold 12840x12830 pixels*");
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1_000_000);
    }

    [SkippableTheory]
    [InlineData("RGB", "quality=90")]
    [InlineData("RGB", "quality=75, subsampling=0")]
    [InlineData("RGB", "quality=75, subsampling=1")]
    [InlineData("RGB", "quality=60, progressive=True")]
    [InlineData("L", "quality=85")]
    [InlineData("CMYK", "quality=85")]
    public void A_reduced_JPEG_has_the_size_and_pixels_of_Pillows_draft(string mode, string options)
    {
        (RgbImage Image, ImageSize AtLeast)[] cases =
        [
            (TestImages.Photo(301, 199), 24), (TestImages.Photo(301, 199), 25), (TestImages.Photo(301, 199), 49),
            (TestImages.Photo(301, 199), 50), (TestImages.Photo(301, 199), 99), (TestImages.Photo(301, 199), 100),
            (TestImages.Photo(301, 199), 1000), (TestImages.Noise(64, 47), 1), (TestImages.Stripes(50, 51), 7),
            (TestImages.Photo(301, 199), new ImageSize(20, 150)), (TestImages.Photo(301, 199), new ImageSize(150, 20)),
            (TestImages.Photo(16, 8), 1), (TestImages.Noise(9, 8), 1), (TestImages.Noise(9, 3), 1), (TestImages.Noise(1, 40), 1),
            (TestImages.Noise(17, 33), new ImageSize(4, 4)), (TestImages.Noise(13, 11), 2), (TestImages.Noise(8, 3), 1),
            (TestImages.Noise(5, 9), 1), (TestImages.Noise(10, 10), 2),
        ];
        foreach (var (image, size) in cases)
        {
            pillow.CompareDecoded(
                pillow.Encode(image, "JPEG", options, mode), $"{image.Width}x{image.Height} at least {size}, {mode}, {options}",
                $"image.draft('RGB', ({size.Width}, {size.Height}))", new ImageDecodeOptions { AtLeast = size });
        }
    }

    [SkippableFact]
    public void A_reduced_JPEG_that_is_cut_is_refused()
    {
        var file = Encode(TestImages.Photo(200, 160), "quality=70");

        Action decode = () => RgbImage.Decode(file.AsSpan()[..^300], new ImageDecodeOptions { AtLeast = 20 });

        decode.Should().Throw<ImageFormatException>();
    }

    [SkippableFact]
    public void The_pixel_limit_goes_by_the_size_in_the_file()
    {
        var file = Encode(TestImages.Photo(200, 160), "quality=70");

        Action decode = () => RgbImage.Decode(file, new ImageDecodeOptions { AtLeast = 20, MaxPixels = 31_999 });

        decode.Should().Throw<ImageFormatException>().WithMessage("*200x160 pixels, more than the limit of 31999*");
    }

    [SkippableFact]
    public void Components_named_R_G_B_without_any_marker_are_that()
    {
        var file = Encode(TestImages.Photo(50, 40), "quality=80, subsampling=0");
        int frame = IndexOfMarker(file, 0xC0), scan = IndexOfMarker(file, 0xDA);
        for (var i = 0; i < 3; i++)
        {
            file[frame + 10 + 3 * i] = file[scan + 5 + 2 * i] = (byte)"RGB"[i];
        }

        // JFIF's marker says YCbCr, so it must go.
        pillow.CompareDecoded([0xFF, 0xD8, .. file[IndexOfMarker(file, 0xDB)..]], "RGB by component names");
        pillow.CompareDecoded(file, "RGB by component names, YCbCr by JFIF");
    }

    [SkippableFact]
    public void Four_components_without_a_marker_are_inverted_as_in_Pillow()
    {
        var file = pillow.Encode(TestImages.Photo(50, 40), "JPEG", "quality=80", "CMYK");

        pillow.CompareDecoded([0xFF, 0xD8, .. file[IndexOfMarker(file, 0xDB)..]], "CMYK without Adobe's marker");
    }

    [SkippableTheory]
    [InlineData(0x41, 0x11, 0x11)]
    [InlineData(0x14, 0x11, 0x11)]
    [InlineData(0x31, 0x11, 0x11)]
    [InlineData(0x42, 0x11, 0x11)]
    [InlineData(0x22, 0x21, 0x12)]
    [InlineData(0x11, 0x22, 0x22)]
    [InlineData(0x22, 0x22, 0x11)]
    public void Rare_sampling_factors_give_Pillows_pixels(byte luma, byte blue, byte red)
    {
        // A flat picture stays decodable under other factors if the data suffices, which that of a larger one does.
        var file = Encode(TestImages.Noise(200, 200), "quality=80, subsampling=0");
        var frame = IndexOfMarker(file, 0xC0);
        (file[frame + 11], file[frame + 14], file[frame + 17]) = (luma, blue, red);
        (file[frame + 5], file[frame + 6], file[frame + 7], file[frame + 8]) = (0, 61, 0, 77);

        pillow.CompareDecoded(file, $"{luma:x} {blue:x} {red:x}");
        pillow.CompareDecoded(file, $"reduced {luma:x} {blue:x} {red:x}", "image.draft('RGB', (20, 20))",
            new ImageDecodeOptions { AtLeast = 20 });
    }

    [SkippableFact]
    public void Comments_and_unknown_segments_are_passed_over()
    {
        var file = Encode(TestImages.Photo(50, 40), "quality=80");
        byte[] comment = [0xFF, 0xFE, 0xFF, 0xFF, .. new byte[0xFFFD]];
        byte[] unknown = [0xFF, 0xE9, 0, 6, 1, 2, 3, 4];

        pillow.CompareDecoded(
            [0xFF, 0xD8, .. comment, 0xFF, 0xFF, .. unknown, .. comment, .. file[2..]], "three segments and a fill byte more");
    }

    [SkippableFact]
    public void The_first_picture_of_several_is_decoded()
    {
        var file = pillow.Run($"""
            file = io.BytesIO()
            {TestImages.Photo(50, 40).ToPython(pillow)}.save(file, "MPO", save_all=True,
                append_images=[{TestImages.Noise(50, 40).ToPython(pillow)}])
            result = file.getvalue()
            """);

        pillow.CompareDecoded(file, "MPO");
    }

    [SkippableTheory]
    [InlineData("quality=85")]
    [InlineData("quality=85, progressive=True")]
    public void Headers_that_are_damaged_beyond_use_are_refused_as_by_Pillow_and_give_no_black_picture(string options)
    {
        var file = Encode(TestImages.Photo(90, 70), options);
        int quantisation = IndexOfMarker(file, 0xDB), huffman = IndexOfMarker(file, 0xC4), scan = IndexOfMarker(file, 0xDA);
        (int Place, byte Value)[] damages = [(quantisation + 1, 0xFE), (huffman + 1, 0xFE), (huffman + 5, 0xFF), (scan + 5, 9)];
        foreach (var (place, value) in damages)
        {
            byte[] damaged = [.. file];
            damaged[place] = value;

            // A missing Huffman table has a default.
            var isSound = pillow.TryDecode(damaged) is not null;
            isSound.Should().Be(place == huffman + 1 && !options.Contains("progressive"));
            PillowDecoding.Accepts(damaged).Should().Be(isSound, $"{value:x2} at {place}");
        }
    }

    [SkippableTheory]
    [InlineData("quality=85")]
    [InlineData("quality=85, progressive=True")]
    [InlineData("quality=85, subsampling=0")]
    public void Bytes_between_the_data_and_the_end_are_passed_over(string options)
    {
        var file = Encode(TestImages.Photo(90, 70), options);
        foreach (var count in new[] { 1, 2, 5, 28, 100, 5000 })
        {
            pillow.CompareDecoded([.. file[..^2], .. new byte[count], .. file[^2..]], $"{count} bytes before the end");
        }
    }

    [SkippableTheory]
    [InlineData("quality=85", 1)]
    [InlineData("quality=85, progressive=True", 2)]
    public void Damaged_data_are_refused_or_decoded_as_by_Pillow(string options, int seed)
    {
        var file = Encode(TestImages.Photo(90, 70), options);
        var random = new Random(seed);
        for (var i = 0; i < 150; i++)
        {
            byte[] damaged = [.. file];
            for (var count = random.Next(1, 4); count > 0; count--)
            {
                damaged[random.Next(IndexOfMarker(file, 0xDB), file.Length - 2)] = (byte)random.Next(256);
            }

            var expected = pillow.TryDecode(damaged);

            PillowDecoding.Accepts(damaged).Should().Be(expected is not null, $"damage {i}");
            if (expected is not null)
            {
                RgbImage.Decode(damaged).Pixels.ShouldEqual(expected.Pixels, $"damage {i}");
            }
        }
    }

    [SkippableFact]
    public void Hundreds_of_scans_are_refused()
    {
        var file = Encode(TestImages.Photo(50, 40), "quality=80, progressive=True");
        int scan = IndexOfMarker(file, 0xDA), next = scan + 2 + file.AsSpan(scan + 2).IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC4]);
        byte[] WithScans(int count) =>
            [.. file[..scan], .. Enumerable.Repeat(file[scan..next], count).SelectMany(one => one), .. file[scan..]];

        // The same scan again is a fault that can be passed over.
        pillow.CompareDecoded(WithScans(480), "480 scans more");
        PillowDecoding.Accepts(WithScans(510)).Should().BeFalse();
    }

    [SkippableFact]
    public void The_size_that_suffices_is_that_of_the_upright_image()
    {
        var path = pillow.NewPath(".jpg");
        pillow.Run($"""
            exif = Image.Exif()
            exif[0x0112] = 6
            {TestImages.Photo(800, 400).ToPython(pillow)}.save('{path}', exif=exif)
            """);
        var options = new ImageDecodeOptions { AtLeast = new ImageSize(Height: 400, Width: 100), ApplyExifOrientation = true };

        var image = RgbImage.Load(path, options);

        (image.Width, image.Height).Should().Be((200, 400));
        RgbImage.Load(path, options with { ApplyExifOrientation = false }).Width.Should().Be(800);
    }

    private byte[] Encode(RgbImage image, string options) => pillow.Encode(image, "JPEG", options);

    private static int IndexOfMarker(byte[] file, byte marker) => file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, marker]);
}
