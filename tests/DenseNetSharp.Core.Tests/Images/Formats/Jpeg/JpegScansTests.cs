using DenseNetSharp.Images;

namespace DenseNetSharp.Core.Tests.Images.Formats.Jpeg;

/// <summary>Scans, sampling factors and tables that Pillow reads but does not write.</summary>
[Collection(PillowCollection.Name)]
public class JpegScansTests(PillowReference pillow)
{
    private const string Sequential = "quality=80", Progressive = "quality=80, progressive=True";

    [SkippableTheory]
    [InlineData(0x11, 0x11, 0x11)]
    [InlineData(0x21, 0x11, 0x11)]
    [InlineData(0x12, 0x11, 0x11)]
    [InlineData(0x22, 0x11, 0x11)]
    [InlineData(0x41, 0x11, 0x11)]
    [InlineData(0x14, 0x11, 0x11)]
    [InlineData(0x42, 0x11, 0x21)]
    [InlineData(0x44, 0x41, 0x14)]
    [InlineData(0x44, 0x22, 0x11)]
    [InlineData(0x22, 0x21, 0x12)]
    [InlineData(0x21, 0x12, 0x11)]
    [InlineData(0x11, 0x22, 0x22)]
    [InlineData(0x31, 0x11, 0x11)]
    [InlineData(0x33, 0x13, 0x31)]
    public void Components_in_scans_of_their_own_give_Pillows_pixels(byte luma, byte blue, byte red)
    {
        foreach (var (width, height) in new[] { (61, 77), (16, 16), (33, 9), (3, 5), (1, 1) })
        {
            foreach (var options in new[] { Sequential, Progressive })
            {
                var file = Compose(width, height, options, 0, luma, blue, red);
                var what = $"{width}x{height}, {options}, {luma:x} {blue:x} {red:x}";

                pillow.CompareDecoded(file, what);
                foreach (var size in new[] { 1, 2, 5, 12, 20 })
                {
                    pillow.CompareDecoded(file, $"{what}, at least {size}", $"image.draft('RGB', ({size}, {size}))", new ImageDecodeOptions { AtLeast = size });
                }
            }
        }
    }

    [SkippableTheory]
    [InlineData(0x32, 0x22, 0x11)]
    [InlineData(0x31, 0x21, 0x11)]
    [InlineData(0x14, 0x13, 0x11)]
    public void Ratios_of_samples_that_are_not_whole_are_refused_as_by_Pillow(byte luma, byte blue, byte red)
    {
        var file = Compose(61, 77, Sequential, 0, luma, blue, red);

        Action decode = () => RgbImage.Decode(file);

        pillow.TryDecode(file).Should().BeNull();
        decode.Should().Throw<ImageFormatException>().WithMessage("*no whole ratio*");
    }

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void What_a_progressive_file_lacks_is_guessed_as_by_Pillow(int scansLeftOut)
    {
        foreach (var (width, height) in new[] { (97, 61), (64, 90), (200, 40), (5, 5) })
        {
            var file = Compose(width, height, Progressive, scansLeftOut, 0x22, 0x11, 0x11);

            pillow.CompareDecoded(file, $"{width}x{height}, {scansLeftOut} scans less");
            pillow.CompareDecoded(
                file, $"{width}x{height}, {scansLeftOut} scans less, reduced", "image.draft('RGB', (20, 20))", new ImageDecodeOptions { AtLeast = 20 });
        }
    }

    [SkippableFact]
    public void A_component_without_a_scan_is_gray_as_in_Pillow()
    {
        var file = Compose(61, 77, Sequential, 1, 0x11, 0x11, 0x11);
        var gray = pillow.Encode(TestImages.Photo(61, 77), "JPEG", Sequential, "L");
        var scan = gray[gray.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA])..^2];
        scan[5] = 2;

        pillow.CompareDecoded([.. file[..^2], .. scan, .. file[^2..]], "blue only");
    }

    [SkippableFact]
    public void Every_quality_gives_Pillows_pixels()
    {
        for (var quality = 1; quality <= 100; quality++)
        {
            var options = $"quality={quality}, subsampling={quality % 3}, progressive={(quality % 2 == 0 ? "True" : "False")}";

            pillow.CompareDecoded(pillow.Encode(TestImages.Photo(41, 35, seed: quality), "JPEG", options), options);
        }
    }

    [SkippableTheory]
    [InlineData(Sequential)]
    [InlineData(Progressive)]
    public void Quantization_tables_of_16_bits_give_Pillows_pixels(string options)
    {
        var file = pillow.Encode(TestImages.Photo(61, 77), "JPEG", options, "L");
        var place = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xDB]);
        var values = file.AsSpan(place + 5, 64).ToArray();
        foreach (var factor in new[] { 1, 30, 300 })
        {
            byte[] table = [0xFF, 0xDB, 0, 131, 0x10, .. values.SelectMany(value => new[] { (byte)(value * factor >> 8), (byte)(value * factor) })];

            // Pillow expects what it needs; the file's own table is replaced by the later one.
            pillow.CompareDecoded([.. file[..(place + 69)], .. table, .. file[(place + 69)..]], $"{options}, {factor} times as coarse");
        }
    }

    [SkippableFact]
    public void Small_files_are_reduced_like_any_other()
    {
        foreach (var (width, height) in new[] { (7, 7), (4, 6), (2, 2), (7, 1) })
        {
            foreach (var size in new[] { 1, 2, 3 })
            {
                pillow.CompareDecoded(
                    pillow.Encode(TestImages.Noise(width, height), "JPEG", Sequential), $"{width}x{height} at least {size}",
                    $"image.draft('RGB', ({size}, {size}))", new ImageDecodeOptions { AtLeast = size });
            }
        }
    }

    [SkippableFact]
    public void Lost_doubled_and_exchanged_restart_markers_are_passed_over_as_by_Pillow()
    {
        // A restart interval of one MCU of a gray file whose blocks are all alike: each segment is the same few bytes.
        var file = pillow.Encode(new RgbImage(160, 80, Enumerable.Repeat((byte)200, 3 * 160 * 80).ToArray()), "JPEG", Sequential, "L");
        int frame = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]), data = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA]) + 10;
        var block = pillow.Encode(new RgbImage(8, 8, Enumerable.Repeat((byte)200, 3 * 64).ToArray()), "JPEG", Sequential, "L");
        var segment = block[(block.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA]) + 10)..^2];
        byte[] head = [.. file[..frame], 0xFF, 0xDD, 0, 4, 0, 1, .. file[frame..data]];
        var random = new Random(4);
        for (var i = 0; i < 100; i++)
        {
            List<byte> damaged = [.. head];
            for (var number = 0; number < 200; number++)
            {
                damaged.AddRange(segment);
                var wrong = i > 0 && random.Next(20) == 0;
                switch (wrong ? random.Next(5) : 0)
                {
                    case 0:
                        damaged.AddRange([0xFF, (byte)(0xD0 + number % 8)]);
                        break;
                    case 1:
                        damaged.AddRange([0xFF, (byte)(0xD0 + random.Next(8))]);
                        break;
                    case 2:
                        damaged.AddRange([0xFF, (byte)(0xD0 + number % 8), 0xFF, (byte)(0xD0 + number % 8)]);
                        break;
                    case 3:
                        damaged.AddRange([0xFF, (byte)random.Next(1, 0xC0), .. segment]);
                        break;
                }
            }

            byte[] whole = [.. damaged, 0xFF, 0xD9];
            var expected = pillow.TryDecode(whole);

            PillowDecoding.Accepts(whole).Should().Be(expected is not null, $"damage {i}");
            if (expected is not null)
            {
                RgbImage.Decode(whole).Pixels.ShouldEqual(expected.Pixels, $"damage {i}");
            }
        }
    }

    private byte[] Compose(int width, int height, string options, int scansLeftOut, params byte[] sampling)
    {
        int horizontal = sampling.Max(factors => factors >> 4), vertical = sampling.Max(factors => factors & 15);
        var components = sampling.Select((factors, i) =>
        {
            int across = (width * (factors >> 4) + horizontal - 1) / horizontal, down = (height * (factors & 15) + vertical - 1) / vertical;
            return (factors, pillow.Encode(TestImages.Photo(across, down, seed: i), "JPEG", options, "L"));
        });
        return JpegComposer.Compose(width, height, [.. components], scansLeftOut);
    }
}
