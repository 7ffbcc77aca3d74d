using DenseNetSharp.Checkpoints;
using DenseNetSharp.Classification;
using DenseNetSharp.Onnx;

namespace DenseNetSharp.Cli.Tests.Commands;

public sealed class ExportTests : IDisposable
{
    private static readonly string _shipped = Path.Combine(AppContext.BaseDirectory, "shipped", "fashion-mnist.pth");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_file_is_the_librarys_with_the_runs_names_preset_and_task()
    {
        var run = Densenet.Run("export", _folder.File("a.onnx"), "--weights", _shipped);

        run.Status.Should().Be(0, run.Errors);
        run.Output.Should().StartWith($"{_folder.File("a.onnx")}: ONNX, opset 17, a DenseNet without a name, 10 classes, ");
        run.Errors.Should().Contain("preset, class names, task from run.json beside");
        Written("a.onnx").Should().Equal(Exported(new()));
    }

    [Fact]
    public void Options_are_the_librarys()
    {
        var run = Densenet.Run(
            "export", _folder.File("a.onnx"), "--weights", _shipped, "--sigmoid", "--preprocess", "--float16", "--fold", "--input", "64x48", "--json");

        run.Status.Should().Be(0, run.Errors);
        run.Json.GetProperty("opset").GetInt32().Should().Be(17);
        run.Json.GetProperty("numClasses").GetInt32().Should().Be(10);
        run.Json.GetProperty("bytes").GetInt64().Should().Be(new FileInfo(_folder.File("a.onnx")).Length);
        Written("a.onnx").Should().Equal(Exported(new()
        {
            Activation = OnnxActivation.Sigmoid,
            IncludesPreprocessing = true,
            Float16Weights = true,
            FoldBatchNorms = true,
            Size = (64, 48),
        }));
    }

    [Fact]
    public void Features_task_and_preset_are_as_the_command_line_says()
    {
        var features = Densenet.Run("export", _folder.File("features.onnx"), "--weights", _shipped, "--features");
        var task = Densenet.Run(
            "export", _folder.File("task.onnx"), "--weights", _shipped, "--softmax", "--task", "multilabel", "--mean", "0.5", "--std", "0.25");

        features.Status.Should().Be(0, features.Errors);
        features.Output.Should().Contain(", features, ");
        using var checkpoint = Checkpoint.Open(_shipped);
        var described = DescribedCheckpoint.Of(checkpoint);
        checkpoint.ExportOnnx(_folder.File("expected.onnx"), new()
        {
            Spec = described.Spec with { NumClasses = 0, Head = [] },
            Preset = described.Preset,
        });
        Written("features.onnx").Should().Equal(Written("expected.onnx"));
        task.Status.Should().Be(0, task.Errors);
        Written("task.onnx").Should().Equal(Exported(new()
        {
            Activation = OnnxActivation.Softmax,
            Task = ClassificationTask.Multilabel,
            Preset = described.Preset with { Name = $"{described.Preset.Name}+mean 0.5+std 0.25", Mean = [0.5f], Std = [0.25f] },
        }));
    }

    [Fact]
    public void What_cannot_be_is_wrong_usage_or_a_failure_in_one_line()
    {
        var ending = Densenet.Run("export", _folder.File("a.pb"), "--weights", _shipped);
        var both = Densenet.Run("export", _folder.File("a.onnx"), "--weights", _shipped, "--softmax", "--sigmoid");
        var small = Densenet.Run("export", _folder.File("a.onnx"), "--weights", _shipped, "--input", "4x64");
        var nowhere = Densenet.Run("export", _folder.File("no/a.onnx"), "--weights", _shipped);
        var convert = Densenet.Run("convert", _shipped, _folder.File("a.onnx"));

        ShouldFail(ending, 2, "*a.pb does not end in .onnx, which is what is written.");
        ShouldFail(both, 2, "*--softmax, --sigmoid and --features exclude each other.");
        ShouldFail(small, 2, "*--input is 4x64; fashion-mnist.pth takes *");
        ShouldFail(nowhere, 1, "*no/a.onnx cannot be written: its folder does not exist.");
        ShouldFail(convert, 2, "*are written; 'densenet export' writes ONNX.");
        Directory.GetFiles(_folder.Path).Should().BeEmpty();
    }

    private static void ShouldFail(Densenet run, int status, string message)
    {
        run.Status.Should().Be(status);
        run.ErrorLines[^1].Should().Match(message);
    }

    private byte[] Exported(OnnxExportOptions options)
    {
        using var checkpoint = Checkpoint.Open(_shipped);
        checkpoint.ExportOnnx(_folder.File("expected.onnx"), options);
        return Written("expected.onnx");
    }

    private byte[] Written(string name) => File.ReadAllBytes(_folder.File(name));
}
