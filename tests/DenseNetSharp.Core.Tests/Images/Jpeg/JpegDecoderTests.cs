using DenseNetSharp.Images;
using DenseNetSharp.Images.Jpeg;

namespace DenseNetSharp.Tests.Images.Jpeg;

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
        RgbImage[] images =
        [
            TestImages.Photo(1, 1), TestImages.Photo(16, 16), TestImages.Photo(17, 33), TestImages.Photo(1, 40), TestImages.Photo(301, 199),
            TestImages.Noise(64, 47), TestImages.Stripes(50, 51),
        ];
        foreach (RgbImage image in images)
        {
            string path = pillow.NewPath(".jpg");
            pillow.Run($"{image.ToPython(pillow)}.convert('{mode}').save('{path}', {options})");
            byte[] expected = pillow.Run($"result = Image.open('{path}').convert('RGB').tobytes()");

            RgbImage.Load(path).Pixels.ShouldEqual(expected, $"{image.Width}x{image.Height}, {mode}, {options}");
        }
    }

    [SkippableTheory]
    [InlineData("RGB", "quality=90")]
    [InlineData("RGB", "quality=75, subsampling=0")]
    [InlineData("RGB", "quality=75, subsampling=1")]
    [InlineData("RGB", "quality=80, progressive=True")]
    [InlineData("L", "quality=85")]
    [InlineData("CMYK", "quality=85")]
    public void Where_a_smaller_size_suffices_the_pixels_are_those_of_Pillows_draft(string mode, string options)
    {
        (int Width, int Height)[] sizes = [(640, 480), (301, 199), (99, 512), (64, 64), (17, 16), (33, 130)];
        foreach ((int width, int height) in sizes)
        {
            string path = pillow.NewPath(".jpg");
            pillow.Run($"{TestImages.Photo(width, height).ToPython(pillow)}.convert('{mode}').save('{path}', {options})");
            foreach ((int w, int h) in new[] { (1, 1), (8, 8), (30, 30), (60, 40), (width / 2, height / 2), (width / 4, 1), (width, height), (2000, 3) })
            {
                byte[] expected = pillow.Run($"""
                    image = Image.open('{path}')
                    image.draft("RGB", ({w}, {h}))
                    image = image.convert("RGB")
                    result = struct.pack("<i", image.width) + image.tobytes()
                    """);

                RgbImage image = RgbImage.Load(path, new ImageDecodeOptions { AtLeast = new ImageSize(Height: h, Width: w) });

                image.Width.Should().Be(BitConverter.ToInt32(expected), $"{width}x{height}, at least {w}x{h}");
                image.Pixels.ShouldEqual(expected[4..], $"{width}x{height}, at least {w}x{h}, {mode}, {options}");
            }
        }
    }

    [SkippableFact]
    public void The_size_that_suffices_is_that_of_the_upright_image()
    {
        string path = pillow.NewPath(".jpg");
        pillow.Run($"""
            exif = Image.Exif()
            exif[0x0112] = 6
            {TestImages.Photo(800, 400).ToPython(pillow)}.save('{path}', exif=exif)
            """);
        var options = new ImageDecodeOptions { AtLeast = new ImageSize(Height: 400, Width: 100), ApplyExifOrientation = true };

        RgbImage image = RgbImage.Load(path, options);

        (image.Width, image.Height).Should().Be((200, 400));
        RgbImage.Load(path, options with { ApplyExifOrientation = false }).Width.Should().Be(800);
    }

    [SkippableFact]
    public void Without_the_library_the_message_says_what_to_install()
    {
        string path = pillow.NewPath(".jpg");
        pillow.Run($"{TestImages.Photo(40, 30).ToPython(pillow)}.save('{path}')");
        var decoder = new JpegDecoder(new(() => new TurboJpeg(["libabsent.so.0"])));

        Action decode = () => decoder.Decode(File.ReadAllBytes(path), ImageDecodeOptions.Default);

        decode.Should().Throw<DllNotFoundException>().WithMessage("*needs libjpeg-turbo*libturbojpeg0 (Debian)*ImageDecoders.Register*");
    }

    [SkippableTheory]
    [InlineData("4:2:2", 1, "")]
    [InlineData("4:4:0", 4, "")]
    [InlineData("4:1:1", 5, "")]
    [InlineData("restart markers", 2, "TJ_RESTART")]
    [InlineData("arithmetic coding", 2, "TJ_ARITHMETIC")]
    public void Kinds_that_Pillow_reads_but_does_not_write_give_its_pixels(string kind, int subsampling, string setting)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "The library's name below is Linux's.");
        foreach (RgbImage image in new[] { TestImages.Photo(97, 61), TestImages.Noise(16, 40), TestImages.Photo(5, 3) })
        {
            string path = pillow.NewPath(".jpg");
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
            byte[] expected = pillow.Run($"result = Image.open('{path}').convert('RGB').tobytes()");

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
        string path = pillow.NewPath(".jpg");
        pillow.Run($"{TestImages.Photo(50, 40).ToPython(pillow)}.convert('{mode}').save('{path}', subsampling=0)");
        byte[] file = File.ReadAllBytes(path);

        // Adobe's marker instead of whatever stands before the quantisation tables.
        byte[] adobe = [0xFF, 0xEE, 0, 14, .. "Adobe"u8, 0, 100, 0, 0, 0, 0, transform];
        File.WriteAllBytes(path, [0xFF, 0xD8, .. adobe, .. file[IndexOfMarker(file, 0xDB)..]]);
        byte[] expected = pillow.Run($"result = Image.open('{path}').convert('RGB').tobytes()");

        RgbImage.Load(path).Pixels.ShouldEqual(expected, $"{mode}, transform {transform}");
    }

    [SkippableFact]
    public void A_file_cut_anywhere_is_refused_where_Pillow_refuses_it()
    {
        foreach (string options in new[] { "quality=70", "quality=70, progressive=True", "quality=70, subsampling=0" })
        {
            byte[] file = Encode(TestImages.Photo(60, 50), options);
            int[] lengths = [.. Enumerable.Range(3, file.Length - 2)];
            string verdicts = Verdicts(lengths.Select(length => file[..length]));

            for (int i = 0; i < lengths.Length; i++)
            {
                string what = $"{options}, the first {lengths[i]} of {file.Length} bytes";
                Accepts(file[..lengths[i]]).Should().Be(verdicts[i] == '1', what);
            }
        }
    }

    [SkippableFact]
    public void A_cut_file_whose_data_is_damaged_too_is_refused()
    {
        byte[] file = Encode(TestImages.Photo(200, 160), "quality=70");
        byte[] damaged = [.. file[..^900]];
        (damaged[900], damaged[901]) = (0xFF, 0xD3);

        Action decode = () => RgbImage.Decode(damaged);

        decode.Should().Throw<ImageFormatException>().WithMessage("*libjpeg-turbo cannot decode it (Corrupt JPEG data*)*");
    }

    [SkippableFact]
    public void Damaged_data_gives_Pillows_pixels_where_Pillow_goes_on()
    {
        byte[] file = Encode(TestImages.Photo(90, 70), "quality=70");
        int data = IndexOfMarker(file, 0xDA) + 14;
        var random = new Random(8);
        int compared = 0;
        for (int i = 0; i < 200; i++)
        {
            byte[] damaged = [.. file];
            damaged[random.Next(data, damaged.Length - 2)] ^= (byte)(1 << random.Next(8));
            string path = pillow.NewPath(".jpg");
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
        byte[] file = Encode(TestImages.Photo(40, 30), "quality=80");

        RgbImage.Decode([.. file, 1, 2, 3, 0xFF, 0xD8, 0xFF]).Pixels.ShouldEqual(RgbImage.Decode(file).Pixels, "with a tail");
    }

    [SkippableFact]
    public void A_frame_that_is_not_supported_is_named()
    {
        byte[] file = Encode(TestImages.Photo(40, 30), "quality=80");
        int frame = IndexOfMarker(file, 0xC0);
        (int Offset, byte Value, string Message)[] cases =
        [
            (1, 0xC3, "*JPEG process 3*"),
            (4, 12, "*12 bits a sample*"),
            (9, 2, "*2 components*"),
        ];
        foreach ((int offset, byte value, string message) in cases)
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
        byte[] file = Encode(TestImages.Photo(40, 30), "quality=80");
        int frame = IndexOfMarker(file, 0xC0);
        (file[frame + 5], file[frame + 7]) = (50, 50);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Action decode = () => RgbImage.Decode(file);

        decode.Should().Throw<ImageFormatException>().WithMessage("*cannot hold 12840x12830 pixels*");
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1_000_000);
    }

    private byte[] Encode(RgbImage image, string options)
    {
        string path = pillow.NewPath(".jpg");
        pillow.Run($"{image.ToPython(pillow)}.save('{path}', {options})");
        return File.ReadAllBytes(path);
    }

    private static int IndexOfMarker(byte[] file, byte marker) => file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, marker]);

    /// <summary>One digit a file: 1 where Pillow decodes it.</summary>
    private string Verdicts(IEnumerable<byte[]> files)
    {
        string path = pillow.NewPath(".bin");
        using (var writer = new BinaryWriter(File.Create(path)))
        {
            foreach (byte[] file in files)
            {
                writer.Write(file.Length);
                writer.Write(file);
            }
        }
        return pillow.RunText($$"""
            result = ""
            with open("{{path}}", "rb") as all:
                while length := all.read(4):
                    file = io.BytesIO(all.read(struct.unpack("<I", length)[0]))
                    try:
                        Image.open(file).convert("RGB")
                        result += "1"
                    except Exception:
                        result += "0"
            """);
    }

    private static bool Accepts(byte[] file)
    {
        try
        {
            RgbImage.Decode(file);
            return true;
        }
        catch (ImageFormatException)
        {
            return false;
        }
    }
}
