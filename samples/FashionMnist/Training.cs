using DenseNetSharp;
using DenseNetSharp.Architectures;
using DenseNetSharp.Datasets;
using DenseNetSharp.Images;
using DenseNetSharp.Images.Augmentation;
using DenseNetSharp.Metrics;
using DenseNetSharp.Training;
using static TorchSharp.torch;

namespace FashionMnist;

/// <summary>The whole job: image files, training, the test.</summary>
internal sealed class Training
{
    /// <summary>Of the 60,000 training images, what shows after each epoch how it goes.</summary>
    private const double ShareHeldOut = 0.05;

    private static readonly DenseNetSpec Network = new()
    {
        GrowthRate = 32,
        BlockConfig = [3, 4, 6],
        InitFeatures = 32,
        InputChannels = 1,
        NumClasses = FashionMnistData.Classes.Length,
    };

    /// <summary>
    /// Larger than the original 28x28: the stem halves the size twice before the first block, and this leaves 16x16 to it.
    /// Mean and deviation are the training images' own.
    /// </summary>
    private static readonly ImagePreset Preset = new()
    {
        Name = "fashion-mnist",
        FixedSize = 64,
        Channels = 1,
        Mean = [0.2860f],
        Std = [0.3530f],
    };

    public required string Data { get; init; }

    public required string Images { get; init; }

    public required string Output { get; init; }

    public bool Resume { get; init; }

    public int Epochs { get; init; }

    public int BatchSize { get; init; }

    public double LearningRate { get; init; }

    public int Threads { get; init; }

    public int Seed { get; init; }

    /// <summary>Trains and tests.</summary>
    /// <param name="cancellationToken">Stops after the batch under way.</param>
    /// <returns>The checkpoint.</returns>
    public string Run(CancellationToken cancellationToken)
    {
        TorchThreads.Configure(Threads);
        manual_seed(Seed);
        var (training, heldOut) = Load("train").Split(ShareHeldOut, Seed);
        using var model = new DenseNet(Network);
        Console.WriteLine(
            $"{Network.ParameterCount:N0} parameters, {training.Images.Count:N0} images to learn from, {heldOut.Images.Count:N0} held out");
        var tuner = new FineTuner
        {
            Model = model,
            Training = training,
            Validation = heldOut,
            Preset = Preset,
            // Shifted by up to two of the original's pixels, and mirrored half the time.
            Augmentation = new TrainingTransform([new RandomCrop(28, padding: 2), new RandomHorizontalFlip()], Preset),
            Folder = Output,
            Resume = Resume,
            Progress = new ProgressLine(),
            EpochDone = epoch => Console.WriteLine(
                $"epoch {epoch.Record.Epoch}/{Epochs}: loss {epoch.Record.TrainingLoss:F4}, "
                + $"accuracy {epoch.Validation.Multiclass.Accuracy:F4} on the images held out, {epoch.Record.Seconds:F0} s"),
            Options = new FineTuningOptions
            {
                Epochs = Epochs,
                BatchSize = BatchSize,
                Seed = Seed,
                Optimizer = new OptimizerSettings { LearningRate = LearningRate, Nesterov = true, WeightDecay = 5e-4 },
                Schedule = new OneCycleSchedule { PctStart = 0.25 },
                LabelSmoothing = 0.1,
                SaveEveryBatches = 200,
            },
        };
        var result = tuner.Run(cancellationToken);

        // The last epoch, whatever the others were: nothing is chosen by the test images. A run leaves it in the network.
        var test = Evaluation.Run(model, Load("test"), Preset, cancellationToken: cancellationToken).Multiclass;
        Console.WriteLine($"test accuracy {test.Accuracy:F4} on {test.Count:N0} images; trained in {result.Epochs.Sum(epoch => epoch.Seconds):F0} s");
        return result.LastCheckpoint;
    }

    private ImageDataset Load(string part)
    {
        var folder = Path.Combine(Images, part);
        ImageFiles.WriteOnce(Data, part == "train" ? "train" : "t10k", folder);
        return ImageFolder.Load(folder, FashionMnistData.Classes);
    }
}
