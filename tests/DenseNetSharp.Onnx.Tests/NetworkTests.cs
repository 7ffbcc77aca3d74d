using DenseNetSharp.Architectures;

namespace DenseNetSharp.Onnx.Tests;

public sealed class NetworkTests
{
    public static TheoryData<string> Names => [.. DenseNetArchitectures.All.Select(spec => spec.Name!)];

    public static TheoryData<string> SmallNames => [.. Kinds.Small.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_named_network_gives_the_same_logits(string name) =>
        Predictions.ShouldBeTheEngines(DenseNetArchitectures.Get(name), (1, (48, 48)), (2, (48, 48)), (1, (45, 37)), (2, (45, 37)));

    [Theory]
    [MemberData(nameof(SmallNames))]
    public void Every_kind_of_stem_block_pooling_and_head_gives_the_same(string name) =>
        Predictions.ShouldBeTheEngines(Kinds.Small[name], (1, (32, 32)), (2, (32, 32)), (1, (37, 62)), (2, (37, 62)));

    [Theory]
    [InlineData("classifier", "logits", 5)]
    [InlineData("features", "features", 46)]
    [InlineData("maps", "maps", 46)]
    public void What_goes_in_and_comes_out_is_said(string kind, string output, int channels)
    {
        using var folder = new TemporaryFolder();
        using var checkpoint = RandomNetwork.Create(Kinds.Small[kind]);
        checkpoint.ExportOnnx(folder.File("network.onnx"), new() { Spec = Kinds.Small[kind] });

        var file = new OnnxFile(folder.File("network.onnx"));

        file.Input.Name.Should().Be("images");
        file.Input.Dimensions.Should().Equal("batch", "3", "height", "width");
        file.Output.Name.Should().Be(output);
        file.Output.Dimensions[..2].Should().Equal("batch", $"{channels}");
    }

    [Fact]
    public void Initialisers_are_the_state_dict()
    {
        using var folder = new TemporaryFolder();
        var spec = Kinds.Small["activations"];
        using var checkpoint = RandomNetwork.Create(spec);
        checkpoint.ExportOnnx(folder.File("network.onnx"), new() { Spec = spec });

        var initializers = new OnnxFile(folder.File("network.onnx")).Initializers;

        foreach (var (key, tensor) in checkpoint.Tensors)
        {
            var bytes = new byte[tensor.ByteCount];
            tensor.CopyTo(bytes);
            initializers[key].Shape.Should().Equal(tensor.Shape);
            initializers[key].Data.ToArray().Should().Equal(bytes);
        }
    }

    [Fact]
    public void The_same_network_gives_the_same_file()
    {
        using var folder = new TemporaryFolder();
        using var checkpoint = RandomNetwork.Create(Kinds.Small["fast.ai"]);
        foreach (var name in new[] { "a.onnx", "b.onnx" })
        {
            checkpoint.ExportOnnx(folder.File(name), new() { Spec = Kinds.Small["fast.ai"], Metadata = new Dictionary<string, string> { ["by"] = "me" } });
        }

        File.ReadAllBytes(folder.File("a.onnx")).Should().Equal(File.ReadAllBytes(folder.File("b.onnx")));
    }
}
