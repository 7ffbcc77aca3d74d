using System.Buffers.Binary;
using DenseNetSharp.Images;

namespace DenseNetSharp.Core.Tests.Images.Formats.Exif;

[Collection(PillowCollection.Name)]
public class ExifOrientationTests(PillowReference pillow)
{
    private static readonly ImageDecodeOptions Upright = new() { ApplyExifOrientation = true };

    public static TheoryData<string, int, bool> Cases
    {
        get
        {
            var cases = new TheoryData<string, int, bool>();
            foreach (var extension in new[] { ".jpg", ".png", ".webp" })
            {
                for (var orientation = 0; orientation <= 9; orientation++)
                {
                    cases.Add(extension, orientation, false);
                    cases.Add(extension, orientation, true);
                }
            }

            return cases;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void An_image_is_turned_as_Pillows_exif_transpose_turns_it_but_only_on_request(string extension, int orientation, bool bigEndian)
    {
        foreach (var image in new[] { TestImages.Photo(37, 22), TestImages.Photo(1, 5), TestImages.Photo(24, 24) })
        {
            var path = Save(image, extension, Tiff((ushort)orientation, bigEndian));

            Compare(path, Upright, "ImageOps.exif_transpose(Image.open(path)).convert('RGB')");
            Compare(path, ImageDecodeOptions.Default, "Image.open(path).convert('RGB')");
        }
    }

    [SkippableTheory]
    [InlineData(".jpg")]
    [InlineData(".png")]
    [InlineData(".webp")]
    public void Damaged_EXIF_data_are_ignored(string extension)
    {
        var sound = Tiff(6, bigEndian: false);
        var image = TestImages.Photo(30, 20);
        byte[][] damaged =
        [
            // Cut before the value; a directory elsewhere; bytes and other types; no values; values elsewhere.
            .. Enumerable.Range(1, 18).Select(length => sound[..length]),
            [.. sound[..4], 0xFF, 0xFF, 0xFF, 0xFF, .. sound[8..]],
            [.. sound[..12], 1, .. sound[13..]],
            [.. sound[..12], 7, .. sound[13..]],
            [.. sound[..14], 0, .. sound[15..]],
            [.. sound[..14], 3, .. sound[15..20], 0xFF, .. sound[21..]],
            [.. "no EXIF data at all, but some text"u8],
        ];
        var expected = Save(image, extension, exif: null);
        foreach (var exif in damaged)
        {
            var path = Save(image, extension, exif);

            RgbImage.Load(path, Upright).Pixels.ShouldEqual(RgbImage.Load(expected).Pixels, Convert.ToHexString(exif));
        }
    }

    [SkippableTheory]
    [InlineData(8, 1)]
    [InlineData(4, 1)]
    [InlineData(9, 1)]
    [InlineData(13, 1)]
    [InlineData(3, 2)]
    public void Other_types_and_several_values_are_taken_as_Pillow_takes_them(byte type, byte values)
    {
        var exif = Tiff(6, bigEndian: false);
        (exif[12], exif[14]) = (type, values);
        var path = Save(TestImages.Photo(30, 20), ".jpg", exif);

        Compare(path, Upright, "ImageOps.exif_transpose(Image.open(path)).convert('RGB')");
        RgbImage.Load(path, Upright).Width.Should().Be(20);
    }

    [SkippableFact]
    public void A_PNG_may_have_its_EXIF_data_behind_its_pixels()
    {
        var path = Save(TestImages.Photo(30, 20), ".png", exif: null);
        var file = File.ReadAllBytes(path);
        byte[] moved = [.. file[..^12], .. Png.PngEncoder.Chunk("eXIf", Tiff(8, bigEndian: true)), .. file[^12..]];
        File.WriteAllBytes(path, moved);

        Compare(path, Upright, "ImageOps.exif_transpose(Image.open(path)).convert('RGB')");
        RgbImage.Load(path, Upright).Width.Should().Be(20);

        // Behind the pixels Pillow checks no sums.
        moved[^14] ^= 1;
        File.WriteAllBytes(path, moved);
        Compare(path, Upright, "ImageOps.exif_transpose(Image.open(path)).convert('RGB')");
    }

    [SkippableFact]
    public void Of_two_EXIF_segments_in_a_JPEG_the_first_counts()
    {
        var path = Save(TestImages.Photo(30, 20), ".jpg", exif: null);
        var file = File.ReadAllBytes(path);
        File.WriteAllBytes(path, [.. file[..2], .. Segment(Tiff(6, false)), .. Segment(Tiff(3, false)), .. file[2..]]);

        Compare(path, Upright, "ImageOps.exif_transpose(Image.open(path)).convert('RGB')");
        RgbImage.Load(path, Upright).Width.Should().Be(20);
    }

    private static byte[] Segment(byte[] tiff) => [0xFF, 0xE1, 0, (byte)(tiff.Length + 8), .. "Exif\0\0"u8, .. tiff];

    /// <summary>A TIFF file of one directory with the orientation, then another tag.</summary>
    private static byte[] Tiff(ushort orientation, bool bigEndian)
    {
        var tiff = new byte[8 + 2 + (2 * 12) + 4];
        (bigEndian ? "MM\0*"u8 : "II*\0"u8).CopyTo(tiff);
        Write(4, 8u, 4);
        Write(8, 2, 2);
        WriteEntry(10, 0x0112, orientation);
        WriteEntry(22, 0x0103, 6);
        return tiff;

        void WriteEntry(int at, uint tag, uint value)
        {
            Write(at, tag, 2);
            Write(at + 2, 3, 2);
            Write(at + 4, 1, 4);
            Write(at + 8, value, 2);
        }

        void Write(int at, uint value, int length)
        {
            Span<byte> bytes = stackalloc byte[4];
            if (bigEndian)
            {
                BinaryPrimitives.WriteUInt32BigEndian(bytes, value << (8 * (4 - length)));
            }
            else
            {
                BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
            }

            bytes[..length].CopyTo(tiff.AsSpan(at));
        }
    }

    private string Save(RgbImage image, string extension, byte[]? exif)
    {
        var path = pillow.NewPath(extension);
        var options = exif is null ? "" : $", exif=b'Exif\\0\\0' + bytes.fromhex('{Convert.ToHexString(exif)}')";
        pillow.Run($"{image.ToPython(pillow)}.save('{path}', quality=90{options})");
        return path;
    }

    private void Compare(string path, ImageDecodeOptions options, string expression)
    {
        var reply = pillow.Run($"""
            from PIL import ImageOps
            path = '{path}'
            source = {expression}
            result = struct.pack("<ii", *source.size) + source.tobytes()
            """);
        var image = RgbImage.Load(path, options);

        image.Width.Should().Be(BinaryPrimitives.ReadInt32LittleEndian(reply));
        image.Height.Should().Be(BinaryPrimitives.ReadInt32LittleEndian(reply.AsSpan(4)));
        image.Pixels.ShouldEqual(reply[8..], $"{path}, {expression}");
    }
}
