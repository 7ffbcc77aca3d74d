using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.Core.Tests.Checkpoints;

/// <summary>Sound files cut short are refused. For other damage see <see cref="CheckpointFuzzTests"/>.</summary>
public sealed class DamagedFilesTests
{
    [Theory]
    [InlineData(CheckpointFormat.Legacy, 1)]
    [InlineData(CheckpointFormat.Zip, 7)]
    [InlineData(CheckpointFormat.Safetensors, 1)]
    [InlineData(CheckpointFormat.TorchSharp, 1)]
    public void A_file_cut_short_is_refused_wherever_it_ends(CheckpointFormat format, int step)
    {
        using var folder = new TemporaryFolder();
        var whole = Sound(folder, format);
        var path = folder.Write("cut.pth", whole);
        for (var length = whole.Length - 1; length >= 0; length -= step)
        {
            using (var stream = File.OpenWrite(path))
            {
                stream.SetLength(length);
            }

            Assert.Throws<CheckpointFormatException>(() => Checkpoint.Open(path));
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
}
