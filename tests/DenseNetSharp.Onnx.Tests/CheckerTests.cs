using DenseNetSharp.Architectures;

namespace DenseNetSharp.Onnx.Tests;

/// <summary>ONNX's own checker and shape inference, from Python's onnx.</summary>
public sealed class CheckerTests
{
    [SkippableFact]
    public void ONNXs_checker_takes_every_kind_and_infers_the_shapes_that_are_said()
    {
        PythonReference.RequireModule("onnx");
        using var folder = new TemporaryFolder();
        foreach (var (name, spec) in Kinds.Small.Append(new("densenet121", DenseNetSpec.Densenet121)))
        {
            using var checkpoint = RandomNetwork.Create(spec);
            checkpoint.ExportOnnx(folder.File($"{name}, any size.onnx"), new() { Spec = spec });
            checkpoint.ExportOnnx(folder.File($"{name}, one size.onnx"), new() { Spec = spec, Size = (41, 70) });
            checkpoint.ExportOnnx(folder.File($"{name}, folded.onnx"), new() { Spec = spec, FoldBatchNorms = true, Float16Weights = true });
        }

        var lines = PythonReference.Run("Reference/check_onnx.py", folder.Path).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        lines.Should().HaveCount(3 * (Kinds.Small.Count + 1)).And.OnlyContain(line => line.StartsWith("ok "));
        lines.Where(line => line.Contains("one size")).Should().OnlyContain(line => line.EndsWith(" complete"));
    }
}
