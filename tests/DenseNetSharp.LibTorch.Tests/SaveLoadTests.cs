using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DenseNetSharp.LibTorch.Tests;

public class SaveLoadTests
{
    [Fact]
    public void What_is_saved_is_loaded()
    {
        using var source = Net();
        using var target = Net();
        var file = Path.GetTempFileName();
        try
        {
            source.save(file);
            var loaded = new Dictionary<string, bool>();
            target.load(file, loadedParameters: loaded).Should().BeSameAs(target);
            loaded.Values.Should().OnlyContain(found => found);
        }
        finally
        {
            File.Delete(file);
        }

        Tensors.Floats(target.state_dict().Values).Should().Equal(Tensors.Floats(source.state_dict().Values));
    }

    [Fact]
    public void The_format_is_TorchSharps()
    {
        using var linear = nn.Linear(2, 200, hasBias: false);
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        linear.save(writer);

        // One entry; a name of six letters; Float32; two dimensions, 200 (as seven-bit groups) and 2.
        byte[] header = [1, 6, .. "weight"u8, 6, 2, 0xC8, 1, 2];
        stream.ToArray()[..header.Length].Should().Equal(header);
        stream.Length.Should().Be(header.Length + (400 * 4));
    }

    [Fact]
    public void Skipped_entries_are_neither_written_nor_read()
    {
        using var source = Net();
        using var target = Net();
        var before = Tensors.Floats(target.get_parameter("head.bias")!);
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        source.save(writer);
        stream.Position = 0;
        target.load(new BinaryReader(stream), skip: ["head.bias"]);

        Tensors.Floats(target.get_parameter("head.bias")!).Should().Equal(before);
        Tensors.Floats(target.get_parameter("head.weight")!).Should()
            .Equal(Tensors.Floats(source.get_parameter("head.weight")!));
    }

    [Fact]
    public void Another_shape_or_another_name_is_refused()
    {
        using var source = nn.Linear(2, 2);
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        source.save(writer);
        var bytes = stream.ToArray();

        FluentActions.Invoking(() => nn.Linear(3, 2).load(new MemoryStream(bytes))).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => Net().load(new MemoryStream(bytes))).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => nn.Linear(2,
            2).load(new MemoryStream(bytes[..20]))).Should().Throw<EndOfStreamException>();
        FluentActions.Invoking(() => source.load("/no/such/file")).Should().Throw<FileNotFoundException>();
    }

    private static Sequential Net() => nn.Sequential(("norm", nn.BatchNorm2d(3)), ("head", nn.Linear(3, 2)));
}
