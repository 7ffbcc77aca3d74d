using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.StateDicts;

namespace DenseNetSharp.Inference.Tests;

public sealed class RefusedInputTests : IDisposable
{
    private static readonly DenseNetSpec Spec = NaiveParityTests.Specs["growth 5"];
    private readonly Checkpoint _checkpoint = RandomNetwork.Create(Spec);
    private readonly FusedDenseNet _engine;

    public RefusedInputTests() => _engine = FusedDenseNet.Load(_checkpoint, new() { MaxThreads = 1 });

    public void Dispose()
    {
        _engine.Dispose();
        _checkpoint.Dispose();
    }

    [Theory]
    [InlineData(1, 28, 29, 1, "Images must be at least 29x29, but got 28x29 (height x width).")]
    [InlineData(1, 200, 28, 1, "Images must be at least 29x29, but got 200x28 (height x width).")]
    [InlineData(1, -5, -5, 1, "Images must be at least 29x29, but got -5x-5 (height x width).")]
    [InlineData(2, 30, 40, 2, "[2, 3, 30, 40] are 7200 values, but there are 3600. (Parameter 'nchw')")]
    [InlineData(1, 30, 40, 2, "The logits of 1 images are 1 values, but the span holds 2. (Parameter 'logits')")]
    [InlineData(1, 30, 40, 0, "The logits of 1 images are 1 values, but the span holds 0. (Parameter 'logits')")]
    public void Sizes_and_lengths_that_do_not_fit_are_named(int n, int height, int width, int logits, string message)
    {
        var predict = () => _engine.Predict(new float[3600], n, (height, width), new float[logits]);

        predict.Should().Throw<ArgumentException>().WithMessage(message);
    }

    [Fact]
    public void Sizes_whose_product_overflows_are_refused()
    {
        var predict = () => _engine.Predict(new float[3600], int.MaxValue, int.MaxValue, new float[1]);

        predict.Should().Throw<ArgumentException>().WithMessage("*values, but there are 3600.*");
    }

    [Fact]
    public void No_images_are_refused()
    {
        var predict = () => _engine.Predict([], 0, (30, 40), []);

        predict.Should().Throw<ArgumentOutOfRangeException>().WithParameterName("n");
    }

    [Fact]
    public void Room_for_other_than_the_features_is_refused()
    {
        var predict = () => _engine.PredictFeatures(new float[3600], 1, (30, 40), new float[1]);

        predict.Should().Throw<ArgumentException>()
            .WithMessage($"The features of 1 images are {_engine.FeatureCount} values, but the span holds 1. (Parameter 'features')");
    }

    [Fact]
    public void Logits_that_would_overwrite_the_images_are_refused()
    {
        var memory = new float[3600];

        var predict = () => _engine.Predict(memory, 1, (30, 40), memory.AsSpan(3599, 1));

        predict.Should().Throw<ArgumentException>().WithMessage("The logits would overwrite the images. (Parameter 'logits')");
        memory.Should().OnlyContain(value => value == 0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_disposed_checkpoint_is_refused_whatever_the_threads(int threads)
    {
        using var folder = new TemporaryFolder();
        _checkpoint.Save(folder.File("network.safetensors"));
        var checkpoint = Checkpoint.Open(folder.File("network.safetensors"));
        checkpoint.Dispose();

        var load = () => FusedDenseNet.Load(checkpoint, new() { MaxThreads = threads, Spec = Spec });

        load.Should().Throw<ObjectDisposedException>();
    }

    [Fact]
    public void Kernels_that_do_not_exist_are_refused()
    {
        var load = () => FusedDenseNet.Load(_checkpoint, new() { Kernel = (FusedKernel)99 });

        load.Should().Throw<ArgumentOutOfRangeException>().WithMessage("There are no such kernels.*99*");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    [InlineData(1025)]
    [InlineData(int.MaxValue)]
    public void Impossible_numbers_of_threads_are_refused(int threads)
    {
        var load = () => FusedDenseNet.Load(_checkpoint, new() { MaxThreads = threads });

        load.Should().Throw<ArgumentOutOfRangeException>().WithParameterName(nameof(FusedDenseNetOptions.MaxThreads));
    }

    [Fact]
    public void A_checkpoint_of_another_network_is_refused_with_its_keys_and_shapes()
    {
        var load = () => FusedDenseNet.Load(_checkpoint, new() { Spec = Spec with { NumClasses = 4 } });

        load.Should().Throw<CheckpointMismatchException>()
            .Which.Message.Should().ContainAll("Only the classifier differs", "classifier.weight", "[4, ");
    }

    [Fact]
    public void A_checkpoint_that_lacks_a_tensor_is_refused_by_its_name()
    {
        using var part = new Checkpoint(_checkpoint.Tensors.Where(item => item.Key != "features.denseblock2.denselayer1.norm2.bias"));

        var load = () => FusedDenseNet.Load(part);

        load.Should().Throw<InvalidDataException>()
            .WithMessage("The checkpoint is not a DenseNet's checkpoint: It has no features.denseblock2.denselayer1.norm2.bias.");
    }

    [Fact]
    public void A_file_that_is_no_checkpoint_is_refused_by_its_path()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "no checkpoint at all");

            FluentActions.Invoking(() => FusedDenseNet.Load(file)).Should().Throw<CheckpointFormatException>()
                .Which.Message.Should().Contain(file);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
