using System.Diagnostics;
using DenseNetSharp.Images;
using DenseNetSharp.Tests.Images.Png;

namespace DenseNetSharp.Tests.Images;

[Collection(PillowCollection.Name)]
public class HostileFileTests(PillowReference pillow)
{
    private const int Mutations = 400;

    [Theory]
    [InlineData(2, 8, false)]
    [InlineData(3, 4, false)]
    [InlineData(0, 16, true)]
    [InlineData(6, 8, true)]
    public void A_mutated_PNG_is_decoded_or_refused_and_nothing_else(int colorType, int bitDepth, bool interlaced)
    {
        var encoder = new PngEncoder(23, 19, bitDepth, colorType, interlaced, seed: 9);
        Fuzz(encoder.Encode(colorType == 3 ? encoder.Palette(16) : null, chunkLength: 100), seed: colorType);
    }

    [Theory]
    [InlineData(2, 8)]
    [InlineData(3, 8)]
    public void A_mutated_PNG_whose_checksums_are_right_is_decoded_or_refused_and_nothing_else(int colorType, int bitDepth)
    {
        var encoder = new PngEncoder(23, 19, bitDepth, colorType, interlaced: false, seed: 9);
        byte[] file = encoder.Encode(colorType == 3 ? encoder.Palette(256) : null, chunkLength: 300);
        Fuzz(file, seed: colorType, repair: RepairChecksums);
    }

    [SkippableTheory]
    [InlineData("RGB", "quality=80")]
    [InlineData("RGB", "quality=80, progressive=True")]
    [InlineData("L", "quality=80")]
    [InlineData("CMYK", "quality=80")]
    public void A_mutated_JPEG_is_decoded_or_refused_and_nothing_else(string mode, string options)
    {
        string path = pillow.NewPath(".jpg");
        pillow.Run($"{TestImages.Photo(70, 50).ToPython(pillow)}.convert('{mode}').save('{path}', {options})");
        Fuzz(File.ReadAllBytes(path), seed: mode.Length + options.Length);
    }

    private static void Fuzz(byte[] file, int seed, Func<byte[], byte[]>? repair = null)
    {
        var random = new Random(seed);
        for (int i = 0; i < Mutations; i++)
        {
            byte[] mutated = Mutate(file, random);
            mutated = repair?.Invoke(mutated) ?? mutated;
            var watch = Stopwatch.StartNew();
            try
            {
                RgbImage.Decode(mutated);
            }
            catch (ImageFormatException)
            {
                // The only exception there may be.
            }
            watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(20), $"mutation {i}");
        }
    }

    private static byte[] Mutate(byte[] file, Random random)
    {
        byte[] mutated = [.. file];
        int count = random.Next(1, 6);
        for (int i = 0; i < count; i++)
        {
            // Half of the changes go to the headers, where they hurt most.
            int index = random.Next(random.Next(2) == 0 ? Math.Min(200, mutated.Length) : mutated.Length);
            switch (random.Next(5))
            {
                case 0:
                    mutated[index] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    mutated[index] = (byte)random.Next(256);
                    break;
                case 2:
                    mutated[index] = 0xFF;
                    break;
                case 3:
                    mutated = [.. mutated[..index], .. mutated[Math.Min(mutated.Length, index + random.Next(1, 20))..]];
                    break;
                default:
                    mutated = i == 0 ? mutated[..index] : [.. mutated[..index], .. mutated[(index / 2)..]];
                    break;
            }
            if (mutated.Length == 0)
            {
                return mutated;
            }
        }
        return mutated;
    }

    /// <summary>Rewrites the chunks with right checksums, so that what they say is believed.</summary>
    private static byte[] RepairChecksums(byte[] file)
    {
        if (file.Length < 8)
        {
            return file;
        }
        List<byte> repaired = [.. file[..8]];
        for (int i = 8; i + 12 <= file.Length;)
        {
            int length = Math.Min(file[i + 2] << 8 | file[i + 3], file.Length - i - 12);
            string type = string.Concat(file.Skip(i + 4).Take(4).Select(value => (char)value));
            repaired.AddRange(PngEncoder.Chunk(type, file[(i + 8)..(i + 8 + length)]));
            i += 12 + length;
        }
        return [.. repaired];
    }
}
