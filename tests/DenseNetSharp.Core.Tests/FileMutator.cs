namespace DenseNetSharp.Core.Tests;

/// <summary>Damages files. The same seed, index and files always give the same damage.</summary>
/// <param name="files">Sound files, in a fixed order.</param>
/// <param name="seed">Chooses the damage.</param>
internal sealed class FileMutator(IReadOnlyList<byte[]> files, int seed)
{
    // What a length, count or offset is most likely not prepared for.
    private static readonly long[] _extremes =
    [
        0, 1, -1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000,
        0x3fffffffffffffff, long.MaxValue, long.MinValue, long.MaxValue / 4,
    ];

    /// <summary>One of the files in turn, with one to four damages.</summary>
    public byte[] Mutate(int index)
    {
        var random = new Random(unchecked((seed * 1_000_003) + index));
        var file = files[index % files.Count].ToList();
        for (var count = random.Next(2) == 0 ? 1 : random.Next(2, 5); count > 0 && file.Count > 0; count--)
        {
            Damage(file, random);
        }

        return [.. file];
    }

    private void Damage(List<byte> file, Random random)
    {
        var place = random.Next(file.Count);
        var length = Math.Min(1 << random.Next(10), file.Count - place);
        switch (random.Next(9))
        {
            case 0:
                file[place] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                file[place] = (byte)random.Next(256);
                break;
            case 2:
                // A byte that means something elsewhere, such as an opcode.
                file[place] = file[random.Next(file.Count)];
                break;
            case 3:
                Overwrite(file, place, _extremes[random.Next(_extremes.Length)], 1 << random.Next(4));
                break;
            case 4:
                file.RemoveRange(place, file.Count - place);
                break;
            case 5:
                file.RemoveRange(place, length);
                break;
            case 6:
                file.InsertRange(place, RandomBytes(random, length));
                break;
            case 7:
                file.InsertRange(random.Next(file.Count), file.GetRange(place, length));
                break;
            default:
                Splice(file, files[random.Next(files.Count)], random);
                break;
        }
    }

    private static void Overwrite(List<byte> file, int place, long number, int size)
    {
        for (var i = 0; i < size && place + i < file.Count; i++)
        {
            file[place + i] = (byte)(number >> (8 * i));
        }
    }

    private static byte[] RandomBytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Goes on as another file does from some place on, or takes a piece of it in.</summary>
    private static void Splice(List<byte> file, byte[] other, Random random)
    {
        var place = random.Next(file.Count);
        var from = random.Next(other.Length);
        if (random.Next(2) == 0)
        {
            file.RemoveRange(place, file.Count - place);
            file.AddRange(other[from..]);
        }
        else
        {
            file.InsertRange(place, other.Skip(from).Take(1 << random.Next(10)));
        }
    }
}
