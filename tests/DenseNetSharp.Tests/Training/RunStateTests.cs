using DenseNetSharp.Checkpoints;
using DenseNetSharp.Classification;
using DenseNetSharp.Images;
using DenseNetSharp.Metrics;
using DenseNetSharp.Reports;
using DenseNetSharp.Training;

namespace DenseNetSharp.Tests.Training;

public sealed class RunStateTests
{
    [Fact]
    public void A_batch_adds_its_images_losses_and_seconds()
    {
        var state = new RunState()
            .AfterBatch(index: 0, images: 5, loss: 2, seconds: 0.5)
            .AfterBatch(index: 1, images: 3, loss: 4, seconds: 0.25);

        state.Should().Be(new RunState { Epochs = state.Epochs, Batch = 2, Images = 8, LossSum = 22, Seconds = 0.75 });
        state.MeanLoss.Should().Be(22 / 8.0);
    }

    [Fact]
    public void A_batch_without_usable_images_is_done_and_adds_only_its_seconds()
    {
        var before = new RunState { Batch = 2, Images = 8, LossSum = 22, Seconds = 1 };

        before.AfterBatch(index: 2, images: 0, loss: 0, seconds: 1).Should().Be(before with { Batch = 3, Seconds = 2 });
    }

    [Fact]
    public void Batches_that_were_left_out_are_done_with_the_one_that_follows_or_with_the_epochs_last()
    {
        new RunState { Batch = 1 }.AfterBatch(index: 3, images: 1, loss: 1, seconds: 0).Batch.Should().Be(4);
        new RunState { Batch = 4 }.AfterBatches(5).Should().Match<RunState>(state => state.Batch == 5 && state.Epoch == 0);
    }

    [Fact]
    public void A_run_has_begun_once_a_batch_or_an_epoch_is_done()
    {
        new RunState().HasBegun.Should().BeFalse();
        new RunState().AfterBatch(index: 0, images: 0, loss: 0, seconds: 0).HasBegun.Should().BeTrue();
        After(10, null, 0.5).HasBegun.Should().BeTrue();
    }

    [Fact]
    public void The_mean_loss_is_no_number_before_the_first_image() => new RunState().MeanLoss.Should().Be(double.NaN);

    [Fact]
    public void An_epochs_end_keeps_its_record_and_leaves_nothing_of_its_batches_but_what_the_optimizer_counts()
    {
        var during = new RunState { Batch = 5, Images = 24, LossSum = 12, Seconds = 3, Steps = 4, Accumulated = 1, AverageUpdates = 4 };
        var record = Record(1, 0.5);

        var after = during.AfterEpoch(record, ByAccuracy, patience: null, epochs: 3);

        after.Should().Be(new RunState { Epoch = 1, BestEpoch = 1, Epochs = after.Epochs, Steps = 4, Accumulated = 1, AverageUpdates = 4 });
        after.Epochs.Should().Equal(record);
        during.Epochs.Should().BeEmpty();
    }

    [Fact]
    public void The_best_epoch_is_the_first_until_another_beats_it()
    {
        After(10, null, 0.5).BestEpoch.Should().Be(1);
        After(10, null, 0.5, 0.75).BestEpoch.Should().Be(2);
        After(10, null, 0.5, 0.75, 0.75, 0.25).Should()
            .Match<RunState>(state => state.BestEpoch == 2 && state.EpochsWithoutImprovement == 2);
    }

    [Fact]
    public void An_improvement_begins_the_wait_anew() =>
        After(10, 2, 0.5, 0.25, 0.75, 0.5).Should().Match<RunState>(state => state.EpochsWithoutImprovement == 1 && !state.IsDone);

    [Fact]
    public void A_run_ends_early_when_patience_does() =>
        After(10, 2, 0.5, 0.25, 0.25).Should().Match<RunState>(state => state.IsDone && state.StoppedEarly && state.BestEpoch == 1);

    [Fact]
    public void Without_patience_a_run_ends_with_its_last_epoch()
    {
        After(3, null, 0.5, 0.25).IsDone.Should().BeFalse();
        After(3, null, 0.5, 0.25, 0.25).Should().Match<RunState>(state => state.IsDone && !state.StoppedEarly);
    }

    [Fact]
    public void Patience_that_ends_with_the_last_epoch_ends_nothing_early() =>
        After(3, 2, 0.5, 0.25, 0.25).Should().Match<RunState>(state => state.IsDone && !state.StoppedEarly);

    [Fact]
    public void What_a_state_file_says_of_a_run_is_read_back()
    {
        var description = new RunDescription { ClassNames = ["cat", "dog"], Preset = ImagePreset.TorchvisionImageNet };
        var state = After(10, 3, 0.5, 0.25).AfterBatch(index: 0, images: 5, loss: double.NaN, seconds: 1) with
        {
            Steps = 11,
            Accumulated = 1,
            AverageUpdates = 10,
            ResumedIn = [0, 2],
            Plateau = new PlateauState { Rate = 0.01, Best = 0.5, BadEpochs = 1, CooldownLeft = 2 },
        };
        using var checkpoint = new Checkpoint([], state.ToMetadata(description));

        var read = RunState.Of(checkpoint);

        read.Should().Be(state with { Epochs = read.Epochs, ResumedIn = read.ResumedIn });
        read.ResumedIn.Should().Equal(0, 2);
        read.Epochs.Should().Equal(state.Epochs);
        RunDescription.FindIn(checkpoint)!.ClassNames.Should().Equal("cat", "dog");
        checkpoint.Metadata["state"].Should().NotContain(nameof(RunState.MeanLoss)).And.NotContain(nameof(RunState.HasBegun));
    }

    [Fact]
    public void A_run_that_goes_on_remembers_where_it_was_stopped_if_it_had_begun_and_is_not_done()
    {
        new RunState { Batch = 2 }.AfterResuming(patience: null, epochs: 10).ResumedIn.Should().Equal(0);
        new RunState { Epoch = 3, Batch = 1, ResumedIn = [0] }.AfterResuming(patience: null, epochs: 10).ResumedIn.Should().Equal(0, 3);
        new RunState().AfterResuming(patience: null, epochs: 10).ResumedIn.Should().BeEmpty();
        After(3, null, 0.5, 0.25, 0.25).AfterResuming(patience: null, epochs: 3).ResumedIn.Should().BeEmpty();
    }

    [Fact]
    public void More_epochs_or_patience_open_a_run_that_was_done_and_less_patience_ends_one()
    {
        After(3, null, 0.5, 0.25, 0.25).AfterResuming(patience: null, epochs: 5)
            .Should().Match<RunState>(state => !state.IsDone && !state.StoppedEarly && state.ResumedIn.Single() == 3);
        After(10, 2, 0.5, 0.25, 0.25).AfterResuming(patience: 3, epochs: 10).Should().Match<RunState>(state => !state.IsDone && !state.StoppedEarly);
        After(10, 2, 0.5, 0.25, 0.25).AfterResuming(patience: 2, epochs: 20).Should().Match<RunState>(state => state.IsDone && state.StoppedEarly);
        After(10, null, 0.5, 0.25, 0.25).AfterResuming(patience: 2, epochs: 10).Should().Match<RunState>(state => state.IsDone && state.StoppedEarly);
        After(10, null, 0.5, 0.25, 0.25).AfterResuming(patience: null, epochs: 3).Should().Match<RunState>(state => state.IsDone && !state.StoppedEarly);
    }

    [Theory]
    [InlineData("accuracy", 0.5, 0.6, 2)]
    [InlineData("ece", 0.5, 0.6, 1)]
    [InlineData("ece", 0.5, 0.4, 2)]
    [InlineData("auroc", double.NaN, 0.1, 2)]
    [InlineData("auroc", 0.1, double.NaN, 1)]
    public void A_metric_chooses_in_its_own_direction_and_what_is_not_defined_is_never_the_better(string name, double first, double second, int best)
    {
        var ranking = new EpochRanking(EvaluationMetric.Parse(name));

        new RunState().AfterEpoch(Of(1, first), ranking, null, 3).AfterEpoch(Of(2, second), ranking, null, 3).BestEpoch.Should().Be(best);

        EpochRecord Of(int epoch, double value) => Record(epoch, 0.5) with { Metrics = [new EpochMetric(ranking.Metric.Title, value)] };
    }

    [Fact]
    public void A_file_without_a_state_is_refused()
    {
        using var checkpoint = new Checkpoint([]);

        ((Action)(() => RunState.Of(checkpoint))).Should().Throw<InvalidDataException>().WithMessage("*is not the state of a run*");
    }

    private static EpochRanking ByAccuracy { get; } = new(EvaluationMetric.Accuracy);

    /// <summary>The state after epochs of these accuracies.</summary>
    private static RunState After(int epochs, int? patience, params double[] accuracies) =>
        accuracies.Index().Aggregate(
            new RunState(),
            (state, epoch) => state.AfterEpoch(Record(epoch.Index + 1, epoch.Item), ByAccuracy, patience, epochs));

    private static EpochRecord Record(int epoch, double accuracy) => new()
    {
        Epoch = epoch,
        LearningRate = 0.1,
        TrainingLoss = 1,
        ValidationLoss = 1,
        Metrics = [new EpochMetric("accuracy", accuracy)],
        Seconds = 2,
    };
}
