using DenseNetSharp.Images;

namespace DenseNetSharp.Core.Tests.Images;

/// <summary>Many small files that a Python script makes, decoded on both sides.</summary>
internal static class PillowFiles
{
    /// <summary>
    /// What the scripts build on: they put files into <c>files</c> by name, which are all compared, into <c>loose</c> those
    /// where the one reader may accept what the other refuses, and into <c>beyond</c> those of which Pillow 9.4 makes noise.
    /// </summary>
    private const string Prelude = """
        import random
        files, loose, beyond = {}, {}, {}
        rng = np.random.RandomState(1)
        SIZES = [(1, 1), (16, 16), (17, 33), (1, 40), (61, 47), (33, 5)]

        def photo(width, height):
            y, x = np.mgrid[0:height, 0:width]
            wave = 40 * np.sin(x * 0.11) * np.cos(y * 0.07)
            ramps = np.stack([255 * x / width + wave, 255 * y / height - wave, 128 + 2 * wave], -1)
            return Image.fromarray(np.clip(ramps + rng.randint(-6, 7, ramps.shape), 0, 255).astype(np.uint8))

        def save(image, format, **options):
            file = io.BytesIO()
            image.save(file, format, **options)
            return file.getvalue()
        """;

    private const string Answer = """
        def pixels(file):
            try:
                image = Image.open(io.BytesIO(file)).convert("RGB")
                return struct.pack("<ii", *image.size) + image.tobytes()
            except Exception:
                return b""

        parts = []
        for kind, group in enumerate((files, loose, beyond)):
            for name, file in group.items():
                for part in (name.encode(), bytes([kind]), file, pixels(file)):
                    parts += [struct.pack("<i", len(part)), part]
        result = b"".join(parts)
        """;

    /// <summary>Runs a script of the output folder and compares what it makes.</summary>
    /// <returns>How many files have Pillow's pixels, and how many both refuse.</returns>
    public static (int Equal, int Refused) CompareFiles(this PillowReference pillow, string script)
    {
        using var reply = Run(pillow, script, Answer);
        var (equal, refused) = (0, 0);
        var wrong = new List<string>();
        while (reply.BaseStream.Position < reply.BaseStream.Length)
        {
            var name = System.Text.Encoding.UTF8.GetString(Part(reply));
            var kind = Part(reply)[0];
            var file = Part(reply);
            var expected = Part(reply);
            var actual = Pixels(file, out var message);
            if (expected.AsSpan().SequenceEqual(actual))
            {
                (equal, refused) = expected.Length > 0 ? (equal + 1, refused) : (equal, refused + 1);
            }
            else if (kind == 0 || kind == 1 && expected.Length > 0 && actual.Length > 0)
            {
                wrong.Add(actual.Length == 0 ? $"{name}: refused, {message}" : expected.Length == 0 ? $"{name}: not refused" : $"{name}: other pixels");
            }
        }

        wrong.Should().BeEmpty();
        return (equal, refused);
    }

    /// <summary>Some of the files that a script makes, by their names.</summary>
    public static List<byte[]> MakeFiles(this PillowReference pillow, string script, params string[] names)
    {
        using var reply = Run(pillow, script, $"""
            parts = [files[name] for name in [{string.Join(", ", names.Select(name => $"\"{name}\""))}]]
            result = b"".join(struct.pack("<i", len(part)) + part for part in parts)
            """);
        return names.Select(_ => Part(reply)).ToList();
    }

    private static BinaryReader Run(PillowReference pillow, string script, string answer)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Images", "Formats", script).Replace('\\', '/');
        return new BinaryReader(new MemoryStream(pillow.Run($"{Prelude}\nexec(open('{path}').read())\n{answer}")));
    }

    private static byte[] Part(BinaryReader reply) => reply.ReadBytes(reply.ReadInt32());

    private static byte[] Pixels(byte[] file, out string message)
    {
        message = "";
        try
        {
            var image = RgbImage.Decode(file);
            return [.. BitConverter.GetBytes(image.Width), .. BitConverter.GetBytes(image.Height), .. image.Pixels];
        }
        catch (ImageFormatException exception)
        {
            message = exception.Message;
            return [];
        }
    }
}
