using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Tests.Training;
using DenseNetSharp.Training;
using static TorchSharp.torch;

namespace DenseNetSharp.Tests.Family;

public sealed class FamilyTrainingTests : IClassFixture<FineTunerRuns>
{
    private readonly FineTunerRuns _runs;

    public FamilyTrainingTests(FineTunerRuns runs)
    {
        _runs = runs;
        // On several threads some libtorchs add up in another order each time.
        set_num_threads(1);
    }

    private static readonly TrainingStage[] _classifierOnly = [new() { Modules = ["classifier"] }];

    private static readonly Dictionary<string, DenseNetSpec> _specs = new()
    {
        ["cifar"] = DenseNetSpec.ForCifar(7, 16, isBc: false) with { NumClasses = 3, ClassifierDropRate = 0.2 },
        ["blur"] = DenseNetSpec.Densenetblur121d with { GrowthRate = 16, BottleneckSize = 1, BlockConfig = [1, 2], InitFeatures = 16, NumClasses = 3 },
        ["headed"] = Headed(),
    };

    [SkippableTheory]
    [InlineData("cifar", 7)]
    [InlineData("blur", 4)]
    [InlineData("headed", 8)]
    public void A_run_can_be_stopped_and_goes_on_and_leaves_its_best_weights(string kind, int batches)
    {
        var options = FineTunerRuns.Options with { AverageDecay = kind == "blur" ? 0.5 : null };
        var (whole, stopped) = (_runs.New(), _runs.New());
        Run(kind, whole, options);
        using var stop = new CancellationTokenSource();
        var seen = 0;
        var progress = new ProgressReports(value =>
        {
            if (value.Phase == FineTuningPhase.Training && ++seen == batches)
            {
                stop.Cancel();
            }
        });

        ((Action)(() => Run(kind, stopped, options, progress, cancellationToken: stop.Token))).Should().Throw<OperationCanceledException>();
        Run(kind, stopped, options, resume: true);

        foreach (var file in new[] { "last.pth", "best.pth" })
        {
            FineTunerRuns.Bytes(Path.Combine(stopped, file)).Should().BeEquivalentTo(FineTunerRuns.Bytes(Path.Combine(whole, file)), file);
        }

        using var best = Checkpoint.Open(Path.Combine(stopped, "best.pth"));
        best.Tensors.Keys.Should().Equal(_specs[kind].StateDict.Select(entry => entry.Name));
        using var network = new DenseNet(_specs[kind]);
        network.Restore(best);
        using var x = randn(1, 3, 48, 48);
        network.eval();
        using var logits = network.call(x);
        logits.isfinite().all().item<bool>().Should().BeTrue();
    }

    [SkippableFact]
    public void A_head_alone_is_trained_on_kept_features_as_on_images()
    {
        var options = FineTunerRuns.Options with { Stages = _classifierOnly };
        var (kept, anew) = (_runs.New(), _runs.New());

        var result = Run("headed", kept, options with { FeatureCaching = FeatureCaching.Memory });
        var expected = Run("headed", anew, options with { FeatureCaching = FeatureCaching.None });

        result.Epochs.Select(epoch => epoch.TrainingLoss).Zip(expected.Epochs.Select(epoch => epoch.TrainingLoss), (a, b) => Math.Abs(a - b))
            .Should().OnlyContain(difference => difference < 1e-5);
        using var last = Checkpoint.Open(Path.Combine(kept, "last.pth"));
        using var same = Checkpoint.Open(Path.Combine(anew, "last.pth"));
        using var initial = Model("headed").ToCheckpoint();
        foreach (var (name, tensor) in last.Tensors.Where(entry => entry.Value.DataType == CheckpointDataType.Float32))
        {
            var values = tensor.ToSingleArray();
            values.Zip(same.Tensors[name].ToSingleArray(), (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-4f, name);
            var isTrained = !values.SequenceEqual(initial.Tensors[name].ToSingleArray());
            isTrained.Should().Be(!name.StartsWith("features."), "{0} is of the head or not", name);
        }
    }

    [Fact]
    public void A_single_image_teaches_no_batch_norm_of_a_head()
    {
        using var model = Model("headed");
        using var optimizer = optim.SGD(model.parameters(), 0.1);
        var trainer = new Trainer(model, optimizer);
        using var batch = new LabelledBatch(0, [0], randn(1, 3, 48, 48), zeros(1, dtype: ScalarType.Int64), [], []);

        var act = () => trainer.Train(batch);

        act.Should().Throw<ArgumentException>().WithMessage("*one image*batch norm*");
    }

    private static DenseNetSpec Headed()
    {
        var spec = new DenseNetSpec { GrowthRate = 16, BlockConfig = [1, 1], InitFeatures = 16, HasConvolutionBias = true, BottleneckSize = 0 };
        var features = spec.FeatureCount;
        return spec.WithHead(
        [
            FamilyNetworks.Same("top.drop", HeadLayerKind.Dropout, features) with { Rate = 0.25 },
            FamilyNetworks.Linear("top.fc", features, 6),
            FamilyNetworks.Same("top.norm", HeadLayerKind.BatchNorm1d, 6),
            FamilyNetworks.Same("top.act", HeadLayerKind.ReLU, 6),
            FamilyNetworks.Linear("top.out", 6, 3),
        ]);
    }

    private static DenseNet Model(string kind)
    {
        manual_seed(7);
        return new DenseNet(_specs[kind]);
    }

    private FineTuningResult Run(
        string kind, string folder, FineTuningOptions options, IProgress<FineTuningProgress>? progress = null, bool resume = false,
        CancellationToken cancellationToken = default)
    {
        using var model = Model(kind);
        return new FineTuner
        {
            Model = model,
            Training = _runs.Data(),
            Validation = _runs.Data(),
            Preset = FineTunerRuns.Preset,
            Folder = folder,
            Options = options,
            Progress = progress,
            Resume = resume,
        }.Run(cancellationToken);
    }
}
