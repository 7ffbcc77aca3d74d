using System.Xml.Linq;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Reports;
using DenseNetSharp.Training;
using static TorchSharp.torch;

namespace DenseNetSharp.Tests.Training;

public sealed class FineTunerResumeTests : IClassFixture<FineTunerRuns>
{
    private readonly FineTunerRuns _runs;

    public FineTunerResumeTests(FineTunerRuns runs)
    {
        _runs = runs;
        // On several threads some libtorchs add up in another order each time.
        set_num_threads(1);
    }

    private const string ChannelsLast = "channels-last";

    /// <summary>Together they use all that a state holds: dropout, augmentation, mixing, waiting gradients, an average, the
    /// optimizer's memory, float32 copies, cached features, stages.</summary>
    private static readonly Dictionary<string, FineTuningOptions> Kinds = new()
    {
        ["everything"] = FineTunerRuns.Options with
        {
            Optimizer = new OptimizerSettings { Kind = OptimizerKind.Adam, LearningRate = 0.01 },
            Schedule = new OneCycleSchedule(),
            Augmentation = TrainingAugmentation.Crop,
            MixupAlpha = 0.4,
            AccumulationSteps = 2,
            MaxGradientNorm = 1,
            AverageDecay = 0.9,
        },
        ["plateau"] = FineTunerRuns.Options with
        {
            // Nothing improves by so much: the rate falls after every second epoch, and after a pause.
            Schedule = new PlateauSchedule { Patience = 0, Factor = 0.5, Threshold = 10, Cooldown = 1 },
            WarmupEpochs = 0.5,
            Metric = "loss",
            Sampler = TrainingSampler.Balanced,
            Augmentation = TrainingAugmentation.Crop,
        },
        ["plain"] = FineTunerRuns.Options with { Schedule = new CosineSchedule(), WarmupEpochs = 0.5 },
        ["nesterov"] = FineTunerRuns.Options with
        {
            Optimizer = new OptimizerSettings { LearningRate = 0.05, Nesterov = true, WeightDecay = 1e-3, DecayNormsAndBiases = false },
        },
        ["adamw"] = FineTunerRuns.Options with
        {
            Optimizer = new OptimizerSettings { Kind = OptimizerKind.AdamW, LearningRate = 0.01, WeightDecay = 0.05 },
            Schedule = new OneCycleSchedule(),
        },
        ["bfloat16"] = FineTunerRuns.Options with { BFloat16 = true, AverageDecay = 0.8, AccumulationSteps = 3 },
        [ChannelsLast] = FineTunerRuns.Options with { BFloat16 = true, AverageDecay = 0.8, AccumulationSteps = 2, Schedule = new OneCycleSchedule() },
        ["stages"] = FineTunerRuns.Options with
        {
            FeatureCaching = FeatureCaching.Disk,
            Stages =
            [
                new() { Modules = ["classifier"] },
                new() { Modules = ["features.denseblock4", "features.norm5"], FromEpoch = 1, LearningRateFactor = 0.5 },
            ],
        },
    };

    [SkippableTheory]
    [InlineData("everything", FineTuningPhase.Training, 1)]
    [InlineData("everything", FineTuningPhase.Training, 4)]
    [InlineData("everything", FineTuningPhase.Training, 5)]
    [InlineData("everything", FineTuningPhase.Validating, 2)]
    [InlineData("everything", FineTuningPhase.Training, 15)]
    [InlineData("plateau", FineTuningPhase.Training, 11)]
    [InlineData("plateau", FineTuningPhase.Validating, 10)]
    [InlineData("plain", FineTuningPhase.Training, 7)]
    [InlineData("plain", FineTuningPhase.Validating, 8)]
    [InlineData("nesterov", FineTuningPhase.Training, 6)]
    [InlineData("adamw", FineTuningPhase.Training, 9)]
    [InlineData("bfloat16", FineTuningPhase.Training, 8)]
    [InlineData(ChannelsLast, FineTuningPhase.Training, 7)]
    [InlineData("stages", FineTuningPhase.CachingFeatures, 2)]
    [InlineData("stages", FineTuningPhase.Training, 3)]
    [InlineData("stages", FineTuningPhase.Training, 9)]
    public void A_run_that_was_stopped_and_goes_on_gives_the_uninterrupted_runs_weights_to_the_bit(
        string kind, FineTuningPhase phase, int report)
    {
        var whole = _runs.New();
        RunWhole(kind, whole);
        var stopped = _runs.New();
        using var stop = new CancellationTokenSource();
        var seen = 0;
        var progress = new ProgressReports(value =>
        {
            if (value.Phase == phase && ++seen == report)
            {
                stop.Cancel();
            }
        });

        ((Action)(() => Run(kind, stopped, progress, cancellationToken: stop.Token))).Should().Throw<OperationCanceledException>();
        var result = Run(kind, stopped, resume: true);

        ShouldBeSame(stopped, whole);
        result.Epochs.Select(epoch => epoch with { Seconds = 0 }).Should()
            .Equal(MetricsTable.Read(Path.Combine(whole, "metrics.csv")).Select(epoch => epoch with { Seconds = 0 }));
    }

    [SkippableTheory]
    [InlineData("everything", 4)]
    [InlineData("bfloat16", 8)]
    public void A_run_whose_steps_do_not_wait_for_their_losses_has_the_same_weights_stopped_or_not(string kind, int report)
    {
        var (whole, ahead, stopped) = (_runs.New(), _runs.New(), _runs.New());
        RunWhole(kind, whole);
        using var stop = new CancellationTokenSource();
        var (seen, losses) = (0, new List<double>());
        var progress = new ProgressReports(value =>
        {
            if (value.Phase == FineTuningPhase.Training && ++seen == report)
            {
                stop.Cancel();
            }
        });

        Run(kind, ahead, new ProgressReports(value => losses.Add(value.Loss)), isAhead: true);
        ((Action)(() => Run(kind, stopped, progress, cancellationToken: stop.Token, isAhead: true))).Should().Throw<OperationCanceledException>();
        Run(kind, stopped, resume: true, isAhead: true);

        losses.Should().HaveCount(2 * FineTunerRuns.Epochs * FineTunerRuns.Batches).And.OnlyContain(loss => double.IsFinite(loss));
        ShouldBeSame(ahead, whole);
        ShouldBeSame(stopped, whole);
    }

    [SkippableFact]
    public void A_run_may_be_stopped_after_every_single_batch()
    {
        var whole = _runs.New();
        RunWhole("everything", whole);
        var stopped = _runs.New();
        FineTuningResult? result = null;
        for (var stops = 0; result is null; stops++)
        {
            stops.Should().BeLessThan(FineTunerRuns.Epochs * (FineTunerRuns.Batches + 1) + 1);
            using var stop = new CancellationTokenSource();
            try
            {
                result = Run("everything", stopped, new ProgressReports(value =>
                {
                    if (value.Phase == FineTuningPhase.Training)
                    {
                        stop.Cancel();
                    }
                }), resume: true, cancellationToken: stop.Token);
            }
            catch (OperationCanceledException)
            {
            }
        }

        ShouldBeSame(stopped, whole);
        Marks(whole).Should().Contain("best.pth").And.NotContain("resumed");
        Marks(stopped).Should().Contain("best.pth").And.Contain("resumed");
    }

    [SkippableFact]
    public void The_same_seed_gives_the_same_run_and_another_seed_another()
    {
        var (first, second, other) = (_runs.New(), _runs.New(), _runs.New());

        RunWhole("everything", first);
        RunWhole("everything", second);
        using (var model = _runs.Model(dropRate: 0.2))
        {
            _runs.Tuner(model, other, Kinds["everything"] with { Seed = 21 }).Run();
        }

        ShouldBeSame(first, second);
        FineTunerRuns.Bytes(Path.Combine(other, "last.pth"))["classifier.weight"]
            .Should().NotEqual(FineTunerRuns.Bytes(Path.Combine(first, "last.pth"))["classifier.weight"]);
    }

    [SkippableFact]
    public void A_finished_run_that_is_resumed_gives_its_result_and_trains_no_more()
    {
        var folder = _runs.New();
        RunWhole("plain", folder);
        var before = FineTunerRuns.Bytes(Path.Combine(folder, "state.safetensors"));

        var result = Run("plain", folder, new ProgressReports(_ => throw new InvalidOperationException("nothing is left to do")), resume: true);

        result.Epochs.Should().HaveCount(FineTunerRuns.Epochs);
        FineTunerRuns.Bytes(Path.Combine(folder, "state.safetensors")).Should().BeEquivalentTo(before);
    }

    [SkippableFact]
    public void Resuming_where_nothing_is_begins_a_run_and_clears_what_a_killed_one_left_half_written()
    {
        var folder = _runs.New();
        Directory.CreateDirectory(folder);
        var leftover = Path.Combine(folder, $"state.safetensors.{Guid.NewGuid():N}.tmp");
        var other = Path.Combine(folder, "notes.tmp");
        File.WriteAllText(leftover, "half");
        File.WriteAllText(other, "mine");

        Run("plain", folder, resume: true).Epochs.Should().HaveCount(FineTunerRuns.Epochs);

        File.Exists(leftover).Should().BeFalse();
        File.Exists(other).Should().BeTrue();
    }

    [SkippableFact]
    public void A_folder_that_holds_a_run_is_refused_unless_the_run_is_to_go_on()
    {
        var folder = _runs.New();
        RunWhole("plain", folder);

        ((Action)(() => Run("plain", folder))).Should().Throw<InvalidOperationException>().WithMessage($"*{folder}*already holds a run*");
    }

    [SkippableTheory]
    [InlineData("Rate", "training.options.optimizer.learningRate is 0.05, not 0.1")]
    [InlineData("Schedule", "training.options.schedule.kind is \"cosine\", not \"constant\"")]
    [InlineData("Images", "training.trainingImages is 24, not 16")]
    public void A_run_goes_on_only_with_the_same_options_and_images(string change, string message)
    {
        var folder = _runs.New();
        RunWhole("plain", folder);
        var options = Kinds["plain"];
        using var model = _runs.Model();
        var data = _runs.Data();
        var tuner = new FineTuner
        {
            Model = model,
            Training = change == "Images" ? data.Split(1 / 3.0, 1).Training : data,
            Validation = data,
            Preset = FineTunerRuns.Preset,
            Folder = folder,
            Resume = true,
            Options = change switch
            {
                "Rate" => options with { Optimizer = options.Optimizer with { LearningRate = 0.1 } },
                "Schedule" => options with { Schedule = new ConstantSchedule(), WarmupEpochs = 0.5 },
                _ => options,
            },
        };

        ((Action)(() => tuner.Run())).Should().Throw<InvalidDataException>().WithMessage($"*{folder} holds a run whose {message}*");
    }

    [SkippableFact]
    public void A_damaged_state_is_refused_and_left_as_it_is()
    {
        var folder = _runs.New();
        RunWhole("plain", folder);
        var state = Path.Combine(folder, "state.safetensors");
        var bytes = File.ReadAllBytes(state)[..^100];
        File.WriteAllBytes(state, bytes);
        using var model = _runs.Model();
        var before = model.Classifier.weight.data<float>().ToArray();

        ((Action)(() => Run("plain", folder, resume: true))).Should().Throw<CheckpointFormatException>().WithMessage($"*{state}*");

        File.ReadAllBytes(state).Should().Equal(bytes);
        model.Classifier.weight.data<float>().ToArray().Should().Equal(before);
    }

    [SkippableFact]
    public void Results_without_a_state_to_go_on_from_are_never_overwritten()
    {
        var folder = _runs.New();
        RunWhole("plain", folder);
        File.Delete(Path.Combine(folder, "state.safetensors"));
        var before = File.ReadAllBytes(Path.Combine(folder, "best.pth"));

        foreach (var resume in new[] { false, true })
        {
            ((Action)(() => Run("plain", folder, resume: resume))).Should().Throw<InvalidOperationException>()
                .WithMessage($"*{folder} holds best.pth, last.pth, metrics.csv, curves.svg, labels.txt, run.json, split.csv but no state.safetensors*");
        }

        File.ReadAllBytes(Path.Combine(folder, "best.pth")).Should().Equal(before);
        var own = _runs.New();
        Directory.CreateDirectory(own);
        File.WriteAllText(Path.Combine(own, "labels.txt"), "mine");
        ((Action)(() => Run("plain", own))).Should().Throw<InvalidOperationException>().WithMessage("*holds labels.txt*");
    }

    [SkippableFact]
    public void A_run_that_failed_before_it_learned_anything_does_not_keep_its_folder_from_another()
    {
        var folder = _runs.New();
        using (var model = _runs.Model())
        {
            var absurd = Kinds["plain"] with { Optimizer = new OptimizerSettings { LearningRate = 1e30 }, WarmupEpochs = 0 };
            ((Action)(() => _runs.Tuner(model, folder, absurd).Run())).Should().Throw<DivergedException>();
        }

        var whole = _runs.New();
        RunWhole("plain", whole);
        using (var model = _runs.Model())
        {
            _runs.Tuner(model, folder, Kinds["plain"]).Run().Epochs.Should().HaveCount(FineTunerRuns.Epochs);
        }

        ShouldBeSame(folder, whole);
    }

    [SkippableFact]
    public void Files_that_are_missing_when_a_run_goes_on_are_written_again()
    {
        var folder = _runs.New();
        RunWhole("plain", folder);
        var expected = Directory.GetFiles(folder).Where(file => Path.GetFileName(file) is not ("best.pth" or "state.safetensors"))
            .ToDictionary(file => file, File.ReadAllBytes);
        foreach (var file in expected.Keys)
        {
            File.Delete(file);
        }

        var result = Run("plain", folder, resume: true);

        expected.Should().OnlyContain(entry => File.Exists(entry.Key));
        foreach (var name in new[] { "labels.txt", "metrics.csv", "curves.svg" })
        {
            File.ReadAllBytes(Path.Combine(folder, name)).Should().Equal(expected[Path.Combine(folder, name)]);
        }

        File.Delete(result.BestCheckpoint);
        if (result.Best.Epoch == FineTunerRuns.Epochs)
        {
            Run("plain", folder, resume: true);
            FineTunerRuns.Bytes(result.BestCheckpoint).Should().BeEquivalentTo(FineTunerRuns.Bytes(result.LastCheckpoint));
        }
        else
        {
            ((Action)(() => Run("plain", folder, resume: true))).Should().Throw<InvalidDataException>()
                .WithMessage($"*{result.BestCheckpoint} is missing*epoch, {result.Best.Epoch}*");
        }
    }

    [SkippableFact]
    public void Two_runs_at_once_in_one_folder_are_refused_the_second()
    {
        var folder = _runs.New();
        var attempts = 0;
        var second = new ProgressReports(_ =>
        {
            if (attempts++ == 0)
            {
                ((Action)(() => Run("plain", folder, resume: true))).Should().Throw<IOException>().WithMessage($"*{folder} belongs to a run*");
            }
        });

        Run("plain", folder, second).Epochs.Should().HaveCount(FineTunerRuns.Epochs);

        attempts.Should().BePositive();
        File.Exists(Path.Combine(folder, "run.lock")).Should().BeFalse();
    }

    [SkippableFact]
    public void A_run_that_is_cancelled_before_it_begins_writes_nothing()
    {
        var folder = _runs.New();

        ((Action)(() => Run("plain", folder, cancellationToken: new CancellationToken(true)))).Should().Throw<OperationCanceledException>();

        Directory.Exists(folder).Should().BeFalse();
    }

    private void RunWhole(string kind, string folder) => Run(kind, folder);

    private FineTuningResult Run(
        string kind, string folder, IProgress<FineTuningProgress>? progress = null, bool resume = false, bool isAhead = false,
        CancellationToken cancellationToken = default)
    {
        // A run that goes on has its weights from the state, whatever the network was.
        var isBegun = File.Exists(Path.Combine(folder, "state.safetensors"));
        using var model = isBegun ? new DenseNet(Networks.Tiny with { NumClasses = 3, DropRate = DropRate(kind) }) : _runs.Model(DropRate(kind));
        var tuner = new FineTuner
        {
            Model = kind == ChannelsLast ? model.ToChannelsLast() : model,
            Training = _runs.Data(),
            Validation = _runs.Data(),
            Preset = FineTunerRuns.Preset,
            Folder = folder,
            Options = Kinds[kind],
            Progress = progress,
            Resume = resume,
            IsAhead = isAhead,
        };
        return tuner.Run(cancellationToken);
    }

    private static double DropRate(string kind) => kind == "everything" ? 0.2 : 0;

    /// <summary>What the curves have marked.</summary>
    private static string Marks(string folder) => string.Join('|', XDocument.Load(Path.Combine(folder, "curves.svg")).Descendants()
        .Where(element => element.Attribute("class")?.Value == "mark-name").Select(element => element.Value));

    private static void ShouldBeSame(string folder, string expected)
    {
        foreach (var file in new[] { "state.safetensors", "last.pth", "best.pth" })
        {
            var (actual, wanted) = (FineTunerRuns.Bytes(Path.Combine(folder, file)), FineTunerRuns.Bytes(Path.Combine(expected, file)));
            actual.Keys.Should().Equal(wanted.Keys);
            foreach (var (name, bytes) in wanted)
            {
                actual[name].AsSpan().SequenceEqual(bytes).Should().BeTrue("{0} of {1} is the uninterrupted run's", name, file);
            }
        }
    }
}
