using System.Text.Json;
using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Classification;
using DenseNetSharp.Images;
using Microsoft.ML.OnnxRuntime;

namespace DenseNetSharp.Onnx.Tests;

public sealed class OptionTests : IDisposable
{
    private static readonly ImageSize _size = (40, 33);
    private static readonly DenseNetSpec _spec = Kinds.Small["classifier"];

    private readonly TemporaryFolder _folder = new();
    private readonly Checkpoint _checkpoint = RandomNetwork.Create(_spec);

    public void Dispose()
    {
        _checkpoint.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_softmax_gives_probabilities_that_sum_to_one()
    {
        var values = Run(new() { Activation = OnnxActivation.Softmax }, out var logits, out var file);

        var expected = logits.Chunk(_spec.NumClasses).SelectMany(row =>
        {
            var exponentials = row.Select(value => Math.Exp(value)).ToArray();
            return exponentials.Select(value => (float)(value / exponentials.Sum()));
        });
        values.ShouldBeNear([.. expected]);
        file.Output.Name.Should().Be("probabilities");
    }

    [Fact]
    public void A_sigmoid_gives_each_class_its_own_probability()
    {
        var values = Run(new() { Activation = OnnxActivation.Sigmoid }, out var logits, out var file);

        values.ShouldBeNear([.. logits.Select(value => (float)(1 / (1 + Math.Exp(-value))))]);
        file.Output.Name.Should().Be("probabilities");
    }

    [Theory]
    [InlineData(OnnxActivation.Softmax)]
    [InlineData(OnnxActivation.Sigmoid)]
    [InlineData(OnnxActivation.None)]
    public void A_temperature_divides_the_logits_before_an_activation_and_stands_in_the_metadata(OnnxActivation activation)
    {
        var values = Run(new() { Activation = activation, Temperature = 1.75 }, out var logits, out _);

        values.ShouldBeNear([.. logits.Chunk(_spec.NumClasses).SelectMany(row => activation switch
        {
            OnnxActivation.Softmax => Probabilities.Softmax(row, 1.75),
            OnnxActivation.Sigmoid => Probabilities.Sigmoid(row, 1.75),
            _ => row,
        })]);
        using var network = new InferenceSession(_folder.File("network.onnx"));
        network.ModelMetadata.CustomMetadataMap["temperature"].Should().Be("1.75");
    }

    [Fact]
    public void What_is_no_temperature_is_refused() => ((Action)(() => _checkpoint.ExportOnnx(_folder.File("a.onnx"), new() { Temperature = -1 })))
        .Should().Throw<ArgumentException>().WithMessage("The temperature is -1; it must be a finite number above 0.*");

    [Theory]
    [InlineData("classifier", false)]
    [InlineData("deep blur bias", true)]
    [InlineData("plain", false)]
    [InlineData("bias 3x3", true)]
    public void Batch_norms_after_convolutions_can_be_made_a_part_of_them(string kind, bool hasBias)
    {
        var spec = Kinds.Small[kind];
        var values = Run(new() { FoldBatchNorms = true }, out var logits, out var file, spec);

        values.ShouldBeNear(logits);
        var norms = file.Nodes.Where(node => node.Operator == "BatchNormalization").Select(node => node.Name).ToArray();
        var expected = spec.Modules.Where(module => module.Kind == DenseNetModuleKind.BatchNorm2d).Select(module => module.Name).Where(name =>
            spec.Stem == DenseNetStem.ThreeByThree || !name.StartsWith("features.norm", StringComparison.Ordinal) || name == "features.norm5");
        norms.Should().Equal(expected.Where(name => !name.EndsWith(".norm2", StringComparison.Ordinal)));
        file.Initializers.ContainsKey("features.conv0.bias").Should().Be(hasBias || spec.Stem != DenseNetStem.ThreeByThree);
    }

    [Fact]
    public void Nothing_is_folded_that_was_not_to_be()
    {
        _ = Run(new(), out _, out var file);

        file.Nodes.Where(node => node.Operator == "BatchNormalization").Select(node => node.Name).Should().Equal(
            _spec.Modules.Where(module => module.Kind == DenseNetModuleKind.BatchNorm2d).Select(module => module.Name));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Weights_in_half_precision_are_those_that_half_precision_holds(bool fold)
    {
        var spec = Kinds.Small["fast.ai"];
        using var checkpoint = RandomNetwork.Create(spec);
        using var rounded = new Checkpoint(checkpoint.Tensors.Select(item => KeyValuePair.Create(item.Key, Rounded(item.Value))));
        checkpoint.ExportOnnx(_folder.File("half.onnx"), new() { Spec = spec, Float16Weights = true, FoldBatchNorms = fold });
        checkpoint.ExportOnnx(_folder.File("single.onnx"), new() { Spec = spec });
        var images = RandomNetwork.Images(spec, 2, 40, 33);

        var file = new OnnxFile(_folder.File("half.onnx"));
        using var network = new OrtNetwork(_folder.File("half.onnx"));
        var (values, _) = network.Run(images, 2, 3, 40, 33);

        file.ShouldBeWellFormed();
        file.Initializers.Where(item => item.Value.Type == 10).Select(item => item.Key).Should().BeEquivalentTo(
            checkpoint.Tensors.Where(item => item.Value.Shape.Count > 1).Select(item => item.Key));
        if (!fold)
        {
            values.ShouldBeNear(Predictions.Of(spec, rounded, images, 2, (40, 33)));
        }

        // Half precision changes logits by about a thousandth of the largest.
        var exact = Predictions.Of(spec, checkpoint, images, 2, (40, 33));
        values.Zip(exact, (a, b) => Math.Abs(a - b)).Max().Should().BeInRange(1e-6f, 0.02f * exact.Max(Math.Abs));
        new FileInfo(_folder.File("half.onnx")).Length.Should().BeLessThan(new FileInfo(_folder.File("single.onnx")).Length * 3 / 4);
    }

    [Fact]
    public void A_fixed_size_is_said_and_held_to()
    {
        _checkpoint.ExportOnnx(_folder.File("fixed.onnx"), new() { Spec = _spec, Size = (40, 33) });

        var file = new OnnxFile(_folder.File("fixed.onnx"));
        using var network = new OrtNetwork(_folder.File("fixed.onnx"));
        var images = RandomNetwork.Images(_spec, 3, 40, 33);
        var (values, _) = network.Run(images, 3, 3, 40, 33);
        var another = () => network.Run(RandomNetwork.Images(_spec, 1, 40, 40), 1, 3, 40, 40);

        file.ShouldBeWellFormed();
        file.Input.Dimensions.Should().Equal("batch", "3", "40", "33");
        file.Values["features.norm5"].Should().Equal("batch", $"{_spec.FeatureCount}", "2", "2");
        file.Values.Values.Should().OnlyContain(shape => shape.Skip(1).All(size => size.All(char.IsAsciiDigit)));
        values.ShouldBeNear(Predictions.Of(_spec, _checkpoint, images, 3, (40, 33)));
        another.Should().Throw<OnnxRuntimeException>();
    }

    [Theory]
    [InlineData("colour")]
    [InlineData("gray")]
    [InlineData("gray repeated")]
    public void Images_of_8_bits_are_prepared_in_the_graph_to_the_same_bits(string kind)
    {
        var (spec, preset, channels) = kind switch
        {
            "colour" => (_spec, ImagePreset.TorchvisionImageNet, 3),
            "gray" => (_spec with { InputChannels = 1 }, ImagePreset.ChestXray, 1),
            _ => (_spec, ImagePreset.Gray.ForChannels(3), 1),
        };
        preset = preset with { ResizeSize = null, CropSize = null };
        using var checkpoint = RandomNetwork.Create(spec);
        checkpoint.ExportOnnx(_folder.File("bytes.onnx"), new() { Spec = spec, Preset = preset, IncludesPreprocessing = true });
        checkpoint.ExportOnnx(_folder.File("floats.onnx"), new() { Spec = spec });
        var pixels = new byte[2 * _size.Height * _size.Width * channels];
        new Random(3).NextBytes(pixels);
        RgbImage[] images =
        [
            .. pixels.Chunk(pixels.Length / 2).Select(image => channels == 3
                ? new RgbImage(_size.Width, _size.Height, image) : RgbImage.FromGray(_size.Width, _size.Height, image)),
        ];
        float[] floats = [.. images.SelectMany(preset.Apply)];

        // Without optimisation, which may reorder sums.
        using var ofBytes = new OrtNetwork(_folder.File("bytes.onnx"), GraphOptimizationLevel.ORT_DISABLE_ALL);
        using var ofFloats = new OrtNetwork(_folder.File("floats.onnx"), GraphOptimizationLevel.ORT_DISABLE_ALL);
        using var optimized = new OrtNetwork(_folder.File("bytes.onnx"));
        var (values, _) = ofBytes.Run(pixels, 2, _size.Height, _size.Width, channels);

        new OnnxFile(_folder.File("bytes.onnx")).ShouldBeWellFormed();
        values.Should().Equal(ofFloats.Run(floats, 2, spec.InputChannels, _size.Height, _size.Width).Values);
        values.ShouldBeNear(Predictions.Of(spec, checkpoint, floats, 2, _size), ofLargest: kind == "gray");
        optimized.Run(pixels, 2, _size.Height, _size.Width, channels).Values.ShouldBeNear(values, ofLargest: kind == "gray");
    }

    [Fact]
    public void Names_preset_task_and_more_are_read_back_by_ONNX_Runtime()
    {
        string[] names = ["cat", "été", "\"horse\"", "狗", "mouse"];
        _checkpoint.ExportOnnx(_folder.File("named.onnx"), new()
        {
            Spec = _spec with { Name = "mine" },
            ClassNames = names,
            Preset = ImagePreset.Timm288,
            Task = ClassificationTask.Multilabel,
            Thresholds = [0.25f, float.NaN, 0.5f, 0, 1],
            Metadata = new Dictionary<string, string> { ["author"] = "nobody", ["task"] = "mine" },
        });

        using var network = new OrtNetwork(_folder.File("named.onnx"));
        var metadata = network.Session.ModelMetadata;
        var map = metadata.CustomMetadataMap;

        (metadata.ProducerName, metadata.GraphName).Should().Be(("DenseNetSharp", "mine"));
        map.Keys.Should().BeEquivalentTo("architecture", "classNames", "preset", "task", "thresholds", "author");
        (map["architecture"], map["task"], map["author"]).Should().Be(("mine", "mine", "nobody"));
        JsonSerializer.Deserialize<string[]>(map["classNames"]).Should().Equal(names);
        var described = RunDescription.Parse($$"""{ "preset": {{map["preset"]}}, "thresholds": {{map["thresholds"]}} }""", "the metadata");
        described.Preset.Should().Be(ImagePreset.Timm288);
        described.Thresholds.Should().Equal(0.25f, float.NaN, 0.5f, 0, 1);
    }

    [Fact]
    public void What_a_checkpoint_says_of_itself_goes_along()
    {
        var shipped = Path.Combine(AppContext.BaseDirectory, "shipped");
        using var checkpoint = Checkpoint.Open(Path.Combine(shipped, "fashion-mnist.pth"));
        checkpoint.ExportOnnx(_folder.File("fashion.onnx"), new() { Activation = OnnxActivation.Softmax });
        var run = RunDescription.Load(Path.Combine(shipped, "run.json"));
        var image = Directory.GetFiles(Path.Combine(shipped, "images", "Ankle boot"))[0];

        using var network = new OrtNetwork(_folder.File("fashion.onnx"));
        var map = network.Session.ModelMetadata.CustomMetadataMap;
        var (values, _) = network.Run(run.Preset.Apply(RgbImage.Load(image)), 1, 1, 64, 64);

        JsonSerializer.Deserialize<string[]>(map["classNames"]).Should().Equal(run.ClassNames);
        RunDescription.Parse($$"""{ "preset": {{map["preset"]}} }""", "the metadata").Preset.Should().Be(run.Preset);
        map["task"].Should().Be("multiclass");
        run.ClassNames![Array.IndexOf(values, values.Max())].Should().Be("Ankle boot");
    }

    private float[] Run(OnnxExportOptions options, out float[] logits, out OnnxFile file, DenseNetSpec? spec = null)
    {
        spec ??= _spec;
        using var checkpoint = RandomNetwork.Create(spec);
        checkpoint.ExportOnnx(_folder.File("network.onnx"), options with { Spec = spec });
        file = new OnnxFile(_folder.File("network.onnx"));
        file.ShouldBeWellFormed();
        var images = RandomNetwork.Images(spec, 2, _size.Height, _size.Width);
        logits = Predictions.Of(spec, checkpoint, images, 2, _size);
        using var network = new OrtNetwork(_folder.File("network.onnx"));
        return network.Run(images, 2, spec.InputChannels, _size.Height, _size.Width).Values;
    }

    private static CheckpointTensor Rounded(CheckpointTensor tensor) => tensor.Shape.Count < 2
        ? tensor
        : CheckpointTensor.FromArray([.. tensor.ToSingleArray().Select(value => (float)(Half)value)], [.. tensor.Shape]);
}
