using DenseNetSharp.Images;

namespace DenseNetSharp.Core.Tests.Images;

/// <summary>Image files decoded on both sides.</summary>
internal static class PillowDecoding
{
    /// <summary>Pillow's pixels of a file, or null where it refuses the file.</summary>
    /// <param name="pillow">The reference.</param>
    /// <param name="file">The file.</param>
    /// <param name="prepare">Statements that change <c>image</c> before it is converted, one a line.</param>
    public static RgbImage? TryDecode(this PillowReference pillow, byte[] file, string prepare = "")
    {
        var path = pillow.NewPath(".bin");
        File.WriteAllBytes(path, file);
        var reply = pillow.Run($"""
            try:
                image = Image.open("{path}")
                exec('''{prepare}''')
                image = image.convert("RGB")
                result = struct.pack("<ii", *image.size) + image.tobytes()
            except Exception:
                result = b""
            """);
        File.Delete(path);
        return reply.Length == 0
            ? null
            : new RgbImage(BitConverter.ToInt32(reply, 0), BitConverter.ToInt32(reply, 4), reply[8..]);
    }

    /// <summary>Decodes a file with Pillow and here and compares the pixels.</summary>
    public static void CompareDecoded(
        this PillowReference pillow, byte[] file, string what, string prepare = "", ImageDecodeOptions? options = null)
    {
        var expected = pillow.TryDecode(file, prepare);
        expected.Should().NotBeNull($"Pillow decodes {what}");
        var actual = RgbImage.Decode(file, options);

        (actual.Width, actual.Height).Should().Be((expected!.Width, expected.Height), what);
        actual.Pixels.ShouldEqual(expected.Pixels, what);
    }

    /// <summary>Saves an image with Pillow, converted to a mode, and returns the file.</summary>
    /// <param name="pillow">The reference.</param>
    /// <param name="image">The image.</param>
    /// <param name="format">Pillow's name of the format.</param>
    /// <param name="options">The arguments of Pillow's save.</param>
    /// <param name="mode">Pillow's mode; "RGBA" gets an alpha channel with all values.</param>
    public static byte[] Encode(
        this PillowReference pillow, RgbImage image, string format, string options, string mode = "RGB") =>
        pillow.Run($"""
            image = {image.ToPython(pillow)}.convert("{mode}")
            if "{mode}" in ("RGBA", "LA"):
                alpha = (np.arange(image.width * image.height) * 7 % 256).astype(np.uint8)
                image.putalpha(Image.fromarray(alpha.reshape(image.height, image.width)))
            file = io.BytesIO()
            image.save(file, "{format}", {options})
            result = file.getvalue()
            """);

    /// <summary>One digit a file: 1 where Pillow decodes it.</summary>
    public static string Verdicts(this PillowReference pillow, IEnumerable<byte[]> files)
    {
        var path = pillow.NewPath(".bin");
        using (var writer = new BinaryWriter(File.Create(path)))
        {
            foreach (var file in files)
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

    /// <summary>Whether a file is decoded here; false where it is refused.</summary>
    public static bool Accepts(byte[] file)
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

    /// <summary>Cuts a file everywhere and expects Pillow's verdict on each piece.</summary>
    public static void CompareVerdictsOfCuts(this PillowReference pillow, byte[] file, string what)
    {
        int[] lengths = [.. Enumerable.Range(3, file.Length - 2)];
        var verdicts = pillow.Verdicts(lengths.Select(length => file[..length]));

        for (var i = 0; i < lengths.Length; i++)
        {
            Accepts(file[..lengths[i]]).Should().Be(
                verdicts[i] == '1', $"{what}, the first {lengths[i]} of {file.Length} bytes");
        }
    }
}
