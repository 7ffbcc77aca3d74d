using DenseNetSharp.Checkpoints;
using DenseNetSharp.Datasets;
using DenseNetSharp.Images;
using DenseNetSharp.Training;
using static TorchSharp.torch;

namespace DenseNetSharp.Tests.Training;

/// <summary>Real images: the 400 of Fashion-MNIST that the repository ships.</summary>
public sealed class FashionMnistTests(FashionMnistTests.Reference reference) : IClassFixture<FashionMnistTests.Reference>
{
    private static readonly string Images = Path.Combine(AppContext.BaseDirectory, "FashionMnist");

    public sealed class Reference() : ReferenceFiles("fashion_mnist.py", Images);

    [SkippableFact]
    public void Training_on_Fashion_MNIST_gives_torchvisions_loss_in_every_batch_and_its_weights()
    {
        using var model = DenseNetFactory.FromCheckpoint(reference["initial.pth"]);

        var losses = Train(model, isBFloat16: false);

        using var batches = Checkpoint.Open(reference["batches.pth"]);
        using var torchvision = new ScriptedNetwork(reference["network.pt"]);
        using var optimizer = optim.SGD(torchvision.Parameters.Select(entry => entry.Parameter), 0.05, momentum: 0.9, weight_decay: 1e-4);
        var theirs = new ReferenceTraining(torchvision, optimizer);
        losses.Should().HaveCount(26);
        losses.ShouldHaveBitsOf([.. theirs.Epoch(batches.Batches(0)), .. theirs.Epoch(batches.Batches(1))]);
        model.StateShouldBe(torchvision.State);
    }

    [SkippableFact]
    public void Training_in_bfloat16_gives_the_losses_of_PyTorchs_autocast()
    {
        using var model = DenseNetFactory.FromCheckpoint(reference["initial.pth"]);
        using var autocast = Checkpoint.Open(reference["autocast.pth"]);
        using var expected = autocast.Tensors["losses"].ToTensor();

        var losses = Train(model, isBFloat16: true);

        losses.Should().HaveCount(26);
        foreach (var (i, loss) in losses.Index())
        {
            // bfloat16 has eight bits, and what they round differs between two builds of PyTorch.
            loss.Should().BeApproximately(expected[i].item<float>(), 0.2f, "step {0} has autocast's loss", i);
        }

        foreach (var (epoch, own) in losses.Chunk(13).Index())
        {
            own.Average().Should().BeApproximately(expected.narrow(0, 13 * epoch, 13).mean().item<float>(), 0.05f, "epoch {0} has autocast's loss", epoch);
        }

        model.parameters().Should().OnlyContain(parameter => parameter.dtype == ScalarType.Float32);
    }

    /// <returns>The loss of each batch.</returns>
    private static List<float> Train(DenseNet model, bool isBFloat16)
    {
        set_num_threads(Expectations.Threads);
        var losses = new List<float>();
        using var folder = new TemporaryFolder();
        var (sum, images) = (0.0, 0);
        var tuner = new FineTuner
        {
            Model = model,
            Training = ImageFolder.Load(Images),
            Preset = new ImagePreset { Name = "fashion-mnist", FixedSize = 40, Mean = [0.286f, 0.286f, 0.286f], Std = [0.353f, 0.353f, 0.353f] },
            Folder = folder.File("run"),
            Options = new FineTuningOptions
            {
                Epochs = 2,
                BatchSize = 32,
                Seed = 5,
                Optimizer = new OptimizerSettings { LearningRate = 0.05 },
                Schedule = new ConstantSchedule(),
                BFloat16 = isBFloat16,
            },
            // The loss of a batch is what it adds to the epoch's sum.
            Progress = new ProgressReports(report =>
            {
                if (report.Images <= images)
                {
                    (sum, images) = (0, 0);
                }

                losses.Add((float)((report.Loss * report.Images - sum) / (report.Images - images)));
                (sum, images) = (report.Loss * report.Images, report.Images);
            }),
        };

        tuner.Run();
        return losses;
    }
}
