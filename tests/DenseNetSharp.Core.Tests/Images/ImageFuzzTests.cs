using System.Diagnostics;
using DenseNetSharp.Core.Tests.Images.Formats.Jpeg;
using DenseNetSharp.Core.Tests.Images.Formats.Png;
using DenseNetSharp.Images;
using Xunit.Abstractions;

namespace DenseNetSharp.Core.Tests.Images;

/// <summary>
/// Damages small image files of every kind. Each either decodes or is refused as no usable image; nothing else, in little
/// time and with little memory.
/// </summary>
[Collection(PillowCollection.Name)]
public class ImageFuzzTests(PillowReference pillow, ITestOutputHelper output)
{
    private const int UsualMutations = 4_000;

    /// <summary>What a damaged header may claim: the largest image then takes 3 MB, and 8 MB more for a progressive CMYK's coefficients.</summary>
    private const int MaxPixels = 1_000_000;

    private const long MostAllocatedBytes = 12_000_000;

    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(20);

    private static readonly ImageDecodeOptions[] Options =
    [
        new() { MaxPixels = MaxPixels },
        new() { MaxPixels = MaxPixels, AtLeast = 10 },
        new() { MaxPixels = MaxPixels, ApplyExifOrientation = true },
    ];

    [Fact]
    public void A_damaged_PNG_decodes_or_is_refused_and_nothing_else() => Fuzz(PngFiles());

    [Fact]
    public void A_damaged_PNG_whose_checksums_are_right_decodes_or_is_refused_and_nothing_else() =>
        Fuzz(PngFiles(), RepairChecksums);

    [SkippableFact]
    public void A_damaged_JPEG_decodes_or_is_refused_and_nothing_else() => Fuzz(
    [
        Save(".jpg", "RGB", "quality=80"),
        Save(".jpg", "RGB", "quality=80, progressive=True"),
        Save(".jpg", "L", "quality=80"),
        Save(".jpg", "CMYK", "quality=80"),
        Save(".jpg", "RGB", "quality=80, exif=exif"),
        Save(".jpg", "RGB", "quality=80, subsampling=0"),
        Save(".jpg", "CMYK", "quality=80, progressive=True"),
        JpegInScansOfItsComponents(),
    ]);

    [SkippableFact]
    public void A_damaged_WebP_decodes_or_is_refused_and_nothing_else() => Fuzz(
    [
        Save(".webp", "RGB", "quality=80"),
        Save(".webp", "RGB", "lossless=True"),
        Save(".webp", "RGBA", "quality=80"),
        Save(".webp", "RGB", "quality=80, save_all=True, append_images=[image.rotate(90), image]"),
        Save(".webp", "RGBA", "lossless=True, exif=exif"),
    ]);

    [SkippableFact]
    public void A_damaged_BMP_decodes_or_is_refused_and_nothing_else() => Fuzz(pillow.MakeFiles(
        "Bmp/bmp_files.py",
        "4 bits, header 12, 61x47",
        "8 bits, header 108, top-down 61x47",
        "24 bits, header 40, 17x33",
        "16 bits, header 40, 33x5, masks (63488, 2016, 31, 0)",
        "32 bits, header 124, 17x33, masks (255, 65280, 16711680, 4278190080)",
        "run lengths 8, colored 61x47",
        "run lengths 4, colored 61x47"));

    [SkippableFact]
    public void A_damaged_GIF_decodes_or_is_refused_and_nothing_else() =>
        Fuzz(pillow.MakeFiles("Gif/gif_files.py", "small", "noise", "Pillow's animation 61x47", "Pillow's P 61x47 {'transparency': 3}"));

    [SkippableFact]
    public void A_damaged_PNM_decodes_or_is_refused_and_nothing_else() =>
        Fuzz(pillow.MakeFiles("Pnm/pnm_files.py", "P1 61x47", "P2 1023 17x33", "P3 with comments 255 17x33", "P4 61x47", "P5 65535 17x33", "P6 100 17x33"));

    [SkippableFact]
    public void A_damaged_TIFF_decodes_or_is_refused_and_nothing_else() => Fuzz(pillow.MakeFiles(
        "Tiff/tiff_files.py",
        "small tiles 1", "small tiles 5", "small tiles 8", "small tiles 32773",
        "small planes 1", "small planes 5", "small planes 8", "small planes 32773",
        "small gray 1", "small gray 5", "small gray 8", "small gray 32773",
        "Pillow's 1 group3 {} 61x47", "Pillow's 1 group4 {} 61x47", "JPEG 75 YCbCr 8 17x33", "JPEG 75 RGB 64 17x33", "pages of LZW",
        "Pillow's P tiff_lzw {} 61x47", "BigTIFF 2 3x16u () < 8 17x33"));

    private static List<byte[]> PngFiles()
    {
        (int ColorType, int BitDepth, bool Interlaced)[] kinds = [(2, 8, false), (3, 4, false), (0, 16, true), (6, 8, true), (0, 1, false)];
        var files = new List<byte[]>();
        foreach (var (colorType, bitDepth, interlaced) in kinds)
        {
            var encoder = new PngEncoder(23, 19, bitDepth, colorType, interlaced, seed: 9);
            files.Add(encoder.Encode(colorType == 3 ? encoder.Palette(16) : null, chunkLength: 100));
        }

        return files;
    }

    /// <summary>With luma of four samples for one of chroma, in scans of their own.</summary>
    private byte[] JpegInScansOfItsComponents()
    {
        var luma = pillow.Encode(TestImages.Photo(70, 50), "JPEG", "quality=80, progressive=True", "L");
        var chroma = pillow.Encode(TestImages.Photo(35, 25), "JPEG", "quality=80, progressive=True", "L");
        return JpegComposer.Compose(70, 50, [(0x22, luma), (0x11, chroma), (0x11, chroma)], scansLeftOut: 2);
    }

    private byte[] Save(string extension, string mode, string options)
    {
        var path = pillow.NewPath(extension);
        pillow.Run($"""
            exif = Image.Exif()
            exif[0x0112] = 6
            image = {TestImages.Photo(70, 50).ToPython(pillow)}.convert('{mode}')
            if '{mode}' == 'RGBA':
                image.putalpha(Image.linear_gradient("L").resize(image.size))
            image.save('{path}', {options})
            """);
        return File.ReadAllBytes(path);
    }

    private void Fuzz(IReadOnlyList<byte[]> files, Func<byte[], byte[]>? repair = null)
    {
        int count = FuzzSettings.Mutations(UsualMutations), seed = FuzzSettings.Seed;
        var mutator = new FileMutator(files, seed);

        // Written before it is decoded: a crash of the whole process leaves it behind.
        var path = Path.Combine(Path.GetTempPath(), $"densenetsharp-fuzz-{Environment.ProcessId}-{Guid.NewGuid():N}.image");
        var decoded = 0;
        long mostBytes = 0;
        var longest = TimeSpan.Zero;
        foreach (var file in files)
        {
            RgbImage.Decode(file, Options[0]);
        }

        for (var i = 0; i < count; i++)
        {
            var damaged = mutator.Mutate(i);
            damaged = repair?.Invoke(damaged) ?? damaged;
            File.WriteAllBytes(path, damaged);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var watch = Stopwatch.StartNew();
            try
            {
                RgbImage.Decode(damaged, Options[i % Options.Length]);
                decoded++;
            }
            catch (ImageFormatException)
            {
                // The only exception there may be.
            }
            catch (Exception exception)
            {
                Assert.Fail($"Mutation {i} of seed {seed}, kept as {path}: {exception}");
            }

            mostBytes = Math.Max(mostBytes, GC.GetAllocatedBytesForCurrentThread() - before);
            longest = watch.Elapsed > longest ? watch.Elapsed : longest;
            if (mostBytes > MostAllocatedBytes || longest > MostTime)
            {
                Assert.Fail($"Mutation {i} of seed {seed}, kept as {path}, took {mostBytes} bytes and {longest}.");
            }
        }

        File.Delete(path);
        output.WriteLine($"{count} mutations of seed {seed}: {decoded} decoded, the rest refused; at most {longest.TotalMilliseconds:F0} ms and {mostBytes:N0} bytes each.");
        decoded.Should().BeInRange(1, count - 1, "some damage does no harm, and some does");
    }

    /// <summary>Rewrites the chunks with right checksums, so that what they say is believed.</summary>
    private static byte[] RepairChecksums(byte[] file)
    {
        if (file.Length < 8)
        {
            return file;
        }

        List<byte> repaired = [.. file[..8]];
        for (var i = 8; i + 12 <= file.Length;)
        {
            var length = Math.Min(file[i + 2] << 8 | file[i + 3], file.Length - i - 12);
            var type = string.Concat(file.Skip(i + 4).Take(4).Select(value => (char)value));
            repaired.AddRange(PngEncoder.Chunk(type, file[(i + 8)..(i + 8 + length)]));
            i += 12 + length;
        }

        return [.. repaired];
    }
}
