using System.Buffers.Binary;
using System.Text;
using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Images;
using DenseNetSharp.StateDicts;

namespace DenseNetSharp.Onnx.Tests;

public sealed class RefusalTests : IDisposable
{
    private static readonly DenseNetSpec _spec = Kinds.Small["classifier"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string> Impossible => new()
    {
        { "softmax of features", "The network has no classifier, so a Softmax has nothing to work on." },
        { "softmax of one", "A softmax over one output is always 1; a sigmoid gives its probability." },
        { "too small", "The images' size is 40x12; the network takes 13x13 at least." },
        { "names", "There are 2 class names for 5 classes." },
        { "thresholds", "There are 1 thresholds for 5 classes." },
        { "no preset", "There is no preset by which the graph could prepare images." },
        { "channels", "The preset 'gray' makes images of 1 channel, but the network takes 3." },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void What_is_impossible_is_said_in_a_sentence_and_nothing_is_written(string what, string message)
    {
        var options = what switch
        {
            "softmax of features" => new OnnxExportOptions { Spec = _spec with { NumClasses = 0 }, Activation = OnnxActivation.Softmax },
            "softmax of one" => new() { Spec = _spec with { NumClasses = 1 }, Activation = OnnxActivation.Softmax },
            "too small" => new() { Spec = _spec, Size = (40, 12) },
            "names" => new() { Spec = _spec, ClassNames = ["cat", "dog"] },
            "thresholds" => new() { Spec = _spec, Thresholds = [0.5f] },
            "no preset" => new() { Spec = _spec, IncludesPreprocessing = true },
            _ => new() { Spec = _spec, IncludesPreprocessing = true, Preset = ImagePreset.Gray },
        };
        using var checkpoint = RandomNetwork.Create(options.Spec!);

        var export = () => checkpoint.ExportOnnx(_folder.File("network.onnx"), options);

        export.Should().Throw<ArgumentException>().WithMessage($"{message} (Parameter 'options')");
        Directory.GetFiles(_folder.Path).Should().BeEmpty();
    }

    [Fact]
    public void A_checkpoint_of_another_network_is_refused_by_its_keys()
    {
        using var checkpoint = RandomNetwork.Create(_spec);

        var export = () => checkpoint.ExportOnnx(_folder.File("network.onnx"), new() { Spec = _spec with { HasConvolutionBias = true } });

        export.Should().Throw<CheckpointMismatchException>().WithMessage("*features.conv0.bias*");
        Directory.GetFiles(_folder.Path).Should().BeEmpty();
    }

    [Fact]
    public void Tensors_that_the_network_has_no_place_for_are_left_out_where_that_is_asked_for()
    {
        using var network = RandomNetwork.Create(_spec);
        using var checkpoint = new Checkpoint(network.Tensors.Append(KeyValuePair.Create("mean", CheckpointTensor.FromArray([0.5f], 1))));

        var strict = () => checkpoint.ExportOnnx(_folder.File("network.onnx"), new() { Spec = _spec });
        checkpoint.ExportOnnx(_folder.File("loose.onnx"), new() { Spec = _spec, Strict = false });

        strict.Should().Throw<CheckpointMismatchException>().WithMessage("*mean*");
        new OnnxFile(_folder.File("loose.onnx")).ShouldBeWellFormed();
    }

    [Fact]
    public void A_weight_beyond_half_precision_is_named_and_the_file_stays_as_it_was()
    {
        using var network = RandomNetwork.Create(_spec);
        using var checkpoint = new Checkpoint(network.Tensors.Select(item => item.Key == "classifier.weight"
            ? KeyValuePair.Create(item.Key, CheckpointTensor.FromArray([.. item.Value.ToSingleArray()[1..], 70000f], [.. item.Value.Shape]))
            : item));
        File.WriteAllText(_folder.File("network.onnx"), "before");

        var export = () => checkpoint.ExportOnnx(_folder.File("network.onnx"), new() { Spec = _spec, Float16Weights = true });

        export.Should().Throw<InvalidDataException>()
            .WithMessage("classifier.weight has the value 70000, which is beyond half precision (65504); export it in single precision.");
        File.ReadAllText(_folder.File("network.onnx")).Should().Be("before");
        Directory.GetFiles(_folder.Path).Should().ContainSingle();
    }

    [Fact]
    public void More_than_2_GB_are_refused_before_anything_is_read()
    {
        var spec = new DenseNetSpec { GrowthRate = 4000, BlockConfig = [1], InitFeatures = 8, NumClasses = 2 };
        using var checkpoint = Checkpoint.Open(WithoutContent(spec));

        var export = () => checkpoint.ExportOnnx(_folder.File("network.onnx"), new() { Spec = spec });

        export.Should().Throw<InvalidDataException>().WithMessage("*network.onnx would have 23* bytes, and an ONNX file has 2147483647 at most; half precision takes half of it.");
        File.Exists(_folder.File("network.onnx")).Should().BeFalse();
    }

    [Fact]
    public void A_folder_that_is_not_there_is_named()
    {
        using var checkpoint = RandomNetwork.Create(_spec);

        var export = () => checkpoint.ExportOnnx(_folder.File("no/network.onnx"), new() { Spec = _spec });

        export.Should().Throw<DirectoryNotFoundException>().WithMessage("*no/network.onnx cannot be written: its folder does not exist.");
    }

    /// <summary>A safetensors file with the network's tensors, all of zeros that take no room on the disk.</summary>
    private string WithoutContent(DenseNetSpec spec)
    {
        var offset = 0L;
        var entries = new List<string>();
        foreach (var entry in spec.StateDict.Where(entry => !entry.MayBeAbsent))
        {
            var end = offset + (4 * entry.ElementCount);
            entries.Add($$"""{{'"'}}{{entry.Name}}": {"dtype": "F32", "shape": [{{string.Join(", ", entry.Shape)}}], "data_offsets": [{{offset}}, {{end}}]}""");
            offset = end;
        }

        var header = Encoding.UTF8.GetBytes($"{{{string.Join(", ", entries)}}}");
        var path = _folder.File("zeros.safetensors");
        using var stream = File.Create(path);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        stream.Write(header);
        stream.SetLength(stream.Length + offset);
        return path;
    }
}
