using DenseNetSharp.Checkpoints;
using DenseNetSharp.Datasets;
using DenseNetSharp.Images;
using DenseNetSharp.Images.Augmentation;
using DenseNetSharp.Tests.Training;
using DenseNetSharp.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace DenseNetSharp.Tests;

public sealed class CudaTests : IClassFixture<CudaTests.Reference>, IDisposable
{
    /// <summary>How far a GPU's own algorithms may move a number, against the largest.</summary>
    private const double Tolerance = 1e-3;

    private readonly Reference reference;
    private readonly (bool Cudnn, bool Matmul) _tf32Before = (backends.cudnn.allow_tf32, backends.cuda.matmul.allow_tf32);

    public sealed class Reference() : ReferenceFiles("cuda.py");

    /// <summary>TF32 rounds to ten bits, a hundred times coarser than the tolerance allows a training step: it is off on both sides.
    /// </summary>
    public CudaTests(Reference reference)
    {
        this.reference = reference;
        backends.cudnn.allow_tf32 = false;
        backends.cuda.matmul.allow_tf32 = false;
    }

    public void Dispose() => (backends.cudnn.allow_tf32, backends.cuda.matmul.allow_tf32) = _tf32Before;

    [SkippableTheory]
    [InlineData(null)]
    [InlineData(false)]
    public void Logits_on_the_GPU_are_PyTorchs_on_the_same_GPU_in_either_layout(bool? channelsLast)
    {
        RequireCuda();
        using var expected = Checkpoint.Open(reference["forward.pth"]);
        using var model = DenseNetFactory.FromCheckpoint(reference["weights.pth"], options: new() { Device = CUDA, ChannelsLast = channelsLast });
        model.IsChannelsLast.Should().Be(channelsLast is null, "on CUDA that is the default");
        model.eval();
        using var x = expected.Tensors["input"].ToTensor();
        using var onGpu = x.cuda();
        using var noGradients = no_grad();

        using var logits = model.call(onGpu);

        logits.device_type.Should().Be(DeviceType.CUDA);
        Distance(logits, expected.Tensors["logits"]).Should().BeLessThan(Tolerance);
    }

    [SkippableTheory]
    [InlineData(false, ScalarType.Float32, 1)]
    [InlineData(false, ScalarType.Float32, 4)]
    [InlineData(true, ScalarType.Float32, 4)]
    [InlineData(true, ScalarType.BFloat16, 4)]
    [InlineData(false, ScalarType.Float64, 1)]
    public void A_frozen_copy_gives_on_the_GPU_the_networks_logits(bool channelsLast, ScalarType type, int batch)
    {
        RequireCuda();
        using var model = DenseNetFactory.FromCheckpoint(reference["weights.pth"], options: new() { Device = CUDA, ChannelsLast = channelsLast });
        model.to(type);
        model.eval();
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var x = randn([batch, 3, 96, 96], device: CUDA).to(type);
        var expected = model.call(x).to(ScalarType.Float64);

        using var frozen = model.Freeze();

        var distance = frozen.Call(x).to(ScalarType.Float64).sub(expected).abs().max().div(expected.abs().max()).cpu().item<double>();
        distance.Should().BeLessThan(type switch { ScalarType.Float64 => 1e-12, ScalarType.Float32 => 1e-5, _ => 0.1 });
    }

    [SkippableFact]
    public void Several_devices_are_told_apart_by_their_numbers()
    {
        RequireCuda();
        using var model = DenseNetFactory.FromCheckpoint(reference["weights.pth"], options: new() { Device = device($"cuda:{cuda.device_count() - 1}") });
        model.eval();
        using var frozen = model.Freeze();
        var (logits, frozenLogits) = (new float[10], new float[10]);
        var pixels = randn(3 * 96 * 96).data<float>().ToArray();

        model.Predict(pixels, 1, 96, logits);
        frozen.Predict(pixels, 1, 96, frozenLogits);

        model.FirstWeight.device_index.Should().Be(cuda.device_count() - 1);
        frozenLogits.Zip(logits, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-5f * logits.Max(Math.Abs));
    }

    [SkippableTheory]
    [InlineData(null)]
    [InlineData(false)]
    public void A_training_step_on_the_GPU_gives_PyTorchs_loss_and_weights(bool? channelsLast)
    {
        RequireCuda();
        using var batch = Checkpoint.Open(reference["forward.pth"]);
        using var expected = Checkpoint.Open(reference["trained.pth"]);
        using var model = DenseNetFactory.FromCheckpoint(reference["weights.pth"], options: new() { Device = CUDA, ChannelsLast = channelsLast });
        model.train();
        using var scope = NewDisposeScope();
        using var optimizer = optim.SGD(model.parameters(), 0.05, momentum: 0.9);

        nn.functional.cross_entropy(model.call(batch.Tensors["input"].ToTensor().cuda()), batch.Tensors["labels"].ToTensor().cuda()).backward();
        optimizer.step();

        var state = model.state_dict();
        foreach (var (name, tensor) in expected.Tensors.Where(t => t.Value.DataType == CheckpointDataType.Float32))
        {
            Distance(state[name], tensor).Should().BeLessThan(Tolerance, "{0} is PyTorch's", name);
        }
    }

    [SkippableFact]
    public void A_model_moved_to_the_GPU_and_back_is_the_same_to_the_bit()
    {
        RequireCuda();
        using var model = Networks.Create("tiny");
        using var before = model.ToCheckpoint();

        model.to(CUDA);
        model.ReplaceClassifier(5).Classifier.weight.device_type.Should().Be(DeviceType.CUDA);
        model.to(CPU);

        foreach (var (name, tensor) in model.state_dict().Where(t => !t.Key.StartsWith("classifier", StringComparison.Ordinal)))
        {
            tensor.device_type.Should().Be(DeviceType.CPU);
            tensor.ShouldBe(before.Tensors[name], name);
        }
    }

    [SkippableFact]
    public void A_memory_efficient_step_on_the_GPU_gives_every_parameter_a_gradient()
    {
        RequireCuda();
        using var model = Networks.Create("tiny", memoryEfficient: true).to(CUDA);
        using var scope = NewDisposeScope();

        model.call(randn(2, 3, 40, 40, device: CUDA)).sum().backward();

        model.parameters().Select(p => p.grad is not null).Should().OnlyContain(hasGradient => hasGradient);
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_run_on_the_GPU_that_was_stopped_goes_on_there_and_ends_with_the_CPUs_loss(bool isBFloat16)
    {
        RequireCuda();
        using var folder = new TemporaryFolder();
        var data = ImageFolder.Load(Path.Combine(AppContext.BaseDirectory, "FashionMnist"));
        var options = new FineTuningOptions
        {
            Epochs = 2,
            BatchSize = 50,
            Optimizer = new OptimizerSettings { Kind = OptimizerKind.Adam, LearningRate = 1e-3 },
            AverageDecay = 0.5,
            AccumulationSteps = 2,
            BFloat16 = isBFloat16,
        };
        using var stop = new CancellationTokenSource();
        var onCpu = Tuner("cpu", CPU).Run();

        ((Action)(() => Tuner("cuda", CUDA, new ProgressReports(report => stop.Cancel())).Run(stop.Token))).Should().Throw<OperationCanceledException>();
        var onGpu = Tuner("cuda", CUDA).Run();

        onGpu.Epochs[^1].TrainingLoss.Should().BeApproximately(onCpu.Epochs[^1].TrainingLoss, isBFloat16 ? 0.1 : 0.01);

        FineTuner Tuner(string name, Device device, IProgress<FineTuningProgress>? progress = null)
        {
            manual_seed(1);
            return new FineTuner
            {
                Model = new DenseNet(Networks.Tiny with { NumClasses = 10 }).to(device),
                Training = data,
                Preset = new ImagePreset { Name = "fashion-mnist", FixedSize = 40, Mean = [0.3f, 0.3f, 0.3f], Std = [0.35f, 0.35f, 0.35f] },
                Folder = folder.File(name),
                Options = options,
                Progress = progress,
                Resume = true,
            };
        }
    }

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(1)]
    public void Batches_that_cross_as_bytes_or_floats_have_the_CPUs_bits_on_the_GPU(double erase)
    {
        RequireCuda();
        var data = ImageFolder.Load(Path.Combine(AppContext.BaseDirectory, "FashionMnist"));
        var preset = ImagePreset.TorchvisionImageNet with { Name = "small", ResizeSize = 30, CropSize = 28 };
        ImageLoader Loader(Device device) => new(data, preset, TrainingTransform.ResizedCropAndFlip(preset, erase: erase))
        {
            Options = new() { BatchSize = 30 },
            Device = device,
        };
        foreach (var (expected, batch) in Loader(CPU).TrainingBatches(seed: 1, epoch: 0).Zip(Loader(CUDA).TrainingBatches(seed: 1, epoch: 0)))
        {
            using (expected)
            using (batch)
            {
                batch.Images.device_type.Should().Be(DeviceType.CUDA);
                batch.Targets.device_type.Should().Be(DeviceType.CUDA);
                batch.Images.ShouldHaveBitsOf(expected.Images, $"batch {batch.Index}");
                batch.Targets.ShouldHaveBitsOf(expected.Targets, $"what batch {batch.Index} shows");
            }
        }
    }

    [SkippableTheory]
    [InlineData("sgd")]
    [InlineData("adam")]
    [InlineData("adamw")]
    public void Steps_over_all_parameters_at_once_end_on_the_GPU_where_TorchSharps_end(string name)
    {
        RequireCuda();
        using var scope = NewDisposeScope();
        TorchSharp.Modules.Parameter[] own = [.. new long[] { 7, 100, 40_000, 1_000_000 }.Select(length => nn.Parameter(randn(length, device: CUDA)))];
        TorchSharp.Modules.Parameter[] theirs = [.. own.Select(parameter => nn.Parameter(parameter.detach().clone()))];
        using optim.Optimizer ours = name switch
        {
            "sgd" => ForeachOptimizers.Sgd(own, 0.05, momentum: 0.9, weightDecay: 1e-2, nesterov: true),
            "adam" => ForeachOptimizers.Adam(own, 1e-2, weightDecay: 1e-2, amsgrad: true),
            _ => ForeachOptimizers.AdamW(own, 1e-2, weightDecay: 1e-2),
        };
        using optim.Optimizer torchSharps = name switch
        {
            "sgd" => optim.SGD(theirs, 0.05, momentum: 0.9, weight_decay: 1e-2, nesterov: true),
            "adam" => optim.Adam(theirs, 1e-2, weight_decay: 1e-2, amsgrad: true),
            _ => optim.AdamW(theirs, 1e-2, weight_decay: 1e-2),
        };
        for (var step = 0; step < 20; step++)
        {
            foreach (var (parameter, other) in own.Zip(theirs))
            {
                parameter.grad = randn_like(parameter);
                other.grad = parameter.grad.clone();
            }

            ours.step();
            torchSharps.step();
        }

        foreach (var (parameter, other) in own.Zip(theirs))
        {
            // A kernel for a list and one for a tensor may round differently.
            parameter.sub(other).abs().max().item<float>().Should().BeLessThan(1e-5f * other.abs().max().item<float>());
        }
    }

    [Fact]
    public void A_batch_on_another_device_than_the_model_is_refused_by_name()
    {
        using var model = Networks.Create("tiny");
        using var x = zeros([1, 3, 32, 32], device: device("meta"));

        var act = () => model.call(x);

        act.Should().Throw<ArgumentException>().WithMessage("*cpu*meta*");
    }

    private static void RequireCuda() => Skip.IfNot(cuda.is_available(), "torch.cuda.is_available() says no");

    private static double Distance(Tensor actual, CheckpointTensor expected)
    {
        using var scope = NewDisposeScope();
        var want = expected.ToTensor();
        var difference = actual.detach().cpu().sub(want).abs().max().item<float>();
        return difference / Math.Max(want.abs().max().item<float>(), 1e-3);
    }
}
