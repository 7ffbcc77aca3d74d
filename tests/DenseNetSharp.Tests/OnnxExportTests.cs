using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace DenseNetSharp.Tests;

/// <summary>That the file is right is what DenseNetSharp.Onnx.Tests find; here, that the model's file is its checkpoint's.</summary>
public sealed class OnnxExportTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_models_file_is_its_checkpoints(bool isTraining)
    {
        using var folder = new TemporaryFolder();
        using var model = new DenseNet(Networks.Tiny with { Stem = DenseNetStem.Deep, HasBlurPooling = true, Pooling = GlobalPooling.AverageMax });
        model.train(isTraining);
        model.ExportOnnx(folder.File("model.onnx"), new() { Activation = OnnxActivation.Sigmoid, Spec = Networks.Tiny });
        model.SaveCheckpoint(folder.File("model.pth"));

        using var checkpoint = Checkpoint.Open(folder.File("model.pth"));
        checkpoint.ExportOnnx(folder.File("checkpoint.onnx"), new() { Activation = OnnxActivation.Sigmoid, Spec = model.Spec });

        File.ReadAllBytes(folder.File("model.onnx")).Should().Equal(File.ReadAllBytes(folder.File("checkpoint.onnx")));
        model.training.Should().Be(isTraining);
    }

    [Fact]
    public void A_model_in_another_precision_is_written_in_single()
    {
        using var folder = new TemporaryFolder();
        using var model = new DenseNet(Networks.Tiny);
        model.ExportOnnx(folder.File("single.onnx"));
        model.to(ScalarType.Float64);
        model.ExportOnnx(folder.File("double.onnx"));

        File.ReadAllBytes(folder.File("double.onnx")).Should().Equal(File.ReadAllBytes(folder.File("single.onnx")));
    }
}
