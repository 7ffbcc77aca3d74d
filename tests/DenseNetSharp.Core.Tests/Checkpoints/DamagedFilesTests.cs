using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.Tests.Checkpoints;

/// <summary>
/// Sound files cut short or with bits flipped: either they open and read, or they are refused as damaged.
/// </summary>
public sealed class DamagedFilesTests
{
    private const int MutationsEach = 700;

    [Theory]
    [InlineData(CheckpointFormat.Legacy, 1)]
    [InlineData(CheckpointFormat.Zip, 7)]
    [InlineData(CheckpointFormat.Safetensors, 1)]
    public void A_file_cut_short_is_refused_wherever_it_ends(CheckpointFormat format, int step)
    {
        using var folder = new TemporaryFolder();
        var whole = Sound(folder, format);
        for (var length = 0; length < whole.Length; length += step)
        {
            var path = folder.Write("cut.pth", whole[..length]);
            Assert.Throws<CheckpointFormatException>(() => Checkpoint.Open(path));
        }
    }

    [Theory]
    [InlineData(CheckpointFormat.Legacy, 1)]
    [InlineData(CheckpointFormat.Zip, 2)]
    [InlineData(CheckpointFormat.Safetensors, 3)]
    public void A_file_with_flipped_bits_opens_or_is_refused(CheckpointFormat format, int seed)
    {
        using var folder = new TemporaryFolder();
        var whole = Sound(folder, format);
        var random = new Random(seed);
        for (var i = 0; i < MutationsEach; i++)
        {
            var damaged = (byte[])whole.Clone();
            for (var flips = random.Next(1, 4); flips > 0; flips--)
            {
                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            }

            OpenAndReadAll(folder.Write("damaged.pth", damaged));
        }
    }

    private static byte[] Sound(TemporaryFolder folder, CheckpointFormat format)
    {
        var spec = new DenseNetSpec { GrowthRate = 1, BlockConfig = [1], InitFeatures = 1, BottleneckSize = 1, NumClasses = 1 };
        var tensors = spec.StateDict.Select(entry => KeyValuePair.Create(
            entry.Name,
            CheckpointTensor.FromBytes(
                entry.DataType, entry.Shape, new byte[entry.ElementCount * entry.DataType.SizeInBytes()])));
        new Checkpoint(tensors, new Dictionary<string, string> { ["a"] = "b" }).Save(folder.File("sound.pth"), format);
        return File.ReadAllBytes(folder.File("sound.pth"));
    }

    private static void OpenAndReadAll(string path)
    {
        try
        {
            using var checkpoint = Checkpoint.Open(path);
            foreach (var tensor in checkpoint.Tensors.Values)
            {
                tensor.CopyTo(new byte[tensor.ByteCount]);
            }

            DenseNetShapes.TryInfer(checkpoint, out _, out _);
        }
        catch (CheckpointFormatException)
        {
            // The other good end.
        }
    }
}
