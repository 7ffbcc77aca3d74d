using DenseNetSharp.Reports;
using DenseNetSharp.Training;
using static TorchSharp.torch;

namespace DenseNetSharp.Tests.Training;

/// <summary>Runs that have ended and go on with more epochs or patience.</summary>
public sealed class FineTunerGoesOnTests : IClassFixture<FineTunerRuns>
{
    private readonly FineTunerRuns _runs;
    private readonly List<string> _remarks = [];

    public FineTunerGoesOnTests(FineTunerRuns runs)
    {
        _runs = runs;
        set_num_threads(1);
    }

    [SkippableFact]
    public void More_epochs_give_what_a_run_of_so_many_gives_to_the_bit_where_the_schedule_does_not_depend_on_them()
    {
        var options = FineTunerRuns.Options with { Schedule = new StepDecaySchedule { EveryEpochs = 2 }, AverageDecay = 0.9, AccumulationSteps = 2 };
        var (whole, lengthened) = (_runs.New(), _runs.New());
        Run(whole, options with { Epochs = 4 });

        Run(lengthened, options with { Epochs = 2 });
        var result = Run(lengthened, options with { Epochs = 4 });

        result.Epochs.Should().HaveCount(4);
        ShouldBeSame(lengthened, whole);
        _remarks.Should().Equal("the run has 4 epochs now instead of 2; the learning rate goes on as its schedule has it, at 0.005");
    }

    [SkippableFact]
    public void A_cosine_is_laid_over_the_longer_run_and_that_is_said()
    {
        var options = FineTunerRuns.Options with { Schedule = new CosineSchedule() };
        var folder = _runs.New();
        Run(folder, options with { Epochs = 1 });

        var rate = Run(folder, options with { Epochs = 2 }).Epochs[1].LearningRate;

        // Half of the way: half of the rate.
        rate.Should().BeApproximately(0.025, 1e-12);
        _remarks.Should().ContainSingle().Which.Should().StartWith("the run has 2 epochs now instead of 1; the learning rate is from here on that of a run of 2 "
            + "epochs (cosine): it goes on at 0.025, and was 0.00");
    }

    [SkippableFact]
    public void More_patience_gives_what_a_run_of_such_patience_gives()
    {
        // A rate of zero improves nothing.
        var options = FineTunerRuns.Options with
        {
            Epochs = 6,
            Optimizer = new OptimizerSettings { LearningRate = 0 },
            Stages = [new() { Modules = ["classifier"] }],
        };
        var (whole, patient) = (_runs.New(), _runs.New());
        Run(whole, options with { Patience = 3 }).Epochs.Should().HaveCount(4);
        Run(patient, options with { Patience = 1 }).Epochs.Should().HaveCount(2);
        SavedRun.Find(patient)!.StoppedEarly.Should().BeTrue();

        var result = Run(patient, options with { Patience = 3 });

        (result.Epochs.Count, result.StoppedEarly).Should().Be((4, true));
        ShouldBeSame(patient, whole);
        _remarks.Should().Equal("patience is 3 epochs from here on; it was 1 epoch");
    }

    [SkippableFact]
    public void Fewer_epochs_than_a_run_has_had_are_refused()
    {
        var folder = _runs.New();
        Run(folder, FineTunerRuns.Options with { Epochs = 2 });

        ((Action)(() => Run(folder, FineTunerRuns.Options with { Epochs = 1 }))).Should().Throw<InvalidDataException>()
            .WithMessage($"{folder} holds a run that is in its epoch 2*cannot end after 1: take 2 epochs or more*");
    }

    [SkippableFact]
    public void What_cannot_change_is_named_with_what_can()
    {
        var folder = _runs.New();
        Run(folder, FineTunerRuns.Options with { Epochs = 1 });

        ((Action)(() => Run(folder, FineTunerRuns.Options with { Epochs = 2, Metric = "f1" }))).Should().Throw<InvalidDataException>()
            .WithMessage("*training.options.metric is \"accuracy\", not \"f1\"*only the epochs, the patience and how often the state is saved may change*");
    }

    private FineTuningResult Run(string folder, FineTuningOptions options)
    {
        using var model = _runs.Model();
        return new FineTuner
        {
            Model = model,
            Training = _runs.Data(),
            Validation = _runs.Data(),
            Preset = FineTunerRuns.Preset,
            Folder = folder,
            Options = options,
            Remark = _remarks.Add,
            Resume = true,
        }.Run();
    }

    private static void ShouldBeSame(string folder, string expected)
    {
        foreach (var file in new[] { "state.safetensors", "last.pth", "best.pth" })
        {
            var (actual, wanted) = (FineTunerRuns.Bytes(Path.Combine(folder, file)), FineTunerRuns.Bytes(Path.Combine(expected, file)));
            actual.Keys.Should().Equal(wanted.Keys);
            wanted.Where(entry => !actual[entry.Key].AsSpan().SequenceEqual(entry.Value)).Select(entry => entry.Key).Should().BeEmpty(file);
        }

        MetricsTable.Read(Path.Combine(folder, "metrics.csv")).Select(epoch => epoch with { Seconds = 0 })
            .Should().Equal(MetricsTable.Read(Path.Combine(expected, "metrics.csv")).Select(epoch => epoch with { Seconds = 0 }));
    }
}
