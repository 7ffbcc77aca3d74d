using DenseNetSharp.Core.Tests.Images;
using DenseNetSharp.Training;

namespace DenseNetSharp.Core.Tests.Training;

[Collection(PillowCollection.Name)]
public class LearningRateScheduleTests(PillowReference python)
{
    private const double BaseRate = 0.1;

    [SkippableTheory]
    [InlineData(1, 0.1, 4, 7)]
    [InlineData(3, 0.1, 17, 5)]
    [InlineData(30, 0.5, 95, 11)]
    [InlineData(2, 0.94, 300, 3)]
    [InlineData(7, 1, 20, 1)]
    public void Step_decay_is_StepLR(int everyEpochs, double gamma, int epochs, long stepsPerEpoch) =>
        ShouldBe(
            new StepDecaySchedule { EveryEpochs = everyEpochs, Gamma = gamma },
            TrainingLength.OfEpochs(epochs, stepsPerEpoch),
            _ => $"S.StepLR(optimizer, {everyEpochs * stepsPerEpoch}, {gamma:R})");

    [SkippableTheory]
    [InlineData(new[] { 1 }, 0.1, 3, 10)]
    [InlineData(new[] { 30, 60, 80 }, 0.1, 90, 7)]
    [InlineData(new[] { 1, 2, 3, 50 }, 0.3, 40, 2)]
    [InlineData(new[] { 100 }, 0.2, 20, 4)]
    public void Milestones_are_MultiStepLR(int[] milestones, double gamma, int epochs, long stepsPerEpoch) =>
        ShouldBe(
            new MilestoneSchedule { Epochs = milestones, Gamma = gamma },
            TrainingLength.OfEpochs(epochs, stepsPerEpoch),
            _ => $"S.MultiStepLR(optimizer, [{string.Join(", ", milestones.Select(m => m * stepsPerEpoch))}], {gamma:R})");

    [SkippableFact]
    public void A_constant_rate_is_ConstantLR_of_factor_1() =>
        ShouldBe(new ConstantSchedule(), new TrainingLength(100, 7), _ => "S.ConstantLR(optimizer, 1)");

    [SkippableTheory]
    [InlineData(0, 2)]
    [InlineData(0, 1000)]
    [InlineData(1e-5, 777)]
    [InlineData(0.2, 50)]
    public void Cosine_is_CosineAnnealingLR(double minimumRate, long steps)
    {
        var schedule = new CosineSchedule { MinimumRate = minimumRate };
        string Torch(long rest) => $"S.CosineAnnealingLR(optimizer, {rest}, {minimumRate:R})";

        // PyTorch's recurrence gathers rounding errors, which its closed form does not have.
        ShouldBe(schedule, new TrainingLength(steps, 9), Torch, tolerance: 1e-8);
        var expected = python.Run(Torch(steps), BaseRate, steps, "scheduler._get_closed_form_lr()[0]");
        ShouldEqual(Rates(schedule, BaseRate, new TrainingLength(steps, 9)), expected, 1e-12, "closed form");
    }

    [SkippableTheory]
    [InlineData(0.3, 25, 1e4, 0.85, 0.95, 1000)]
    [InlineData(0.3, 25, 1e4, 0.85, 0.95, 3)]
    [InlineData(0.3, 25, 1e4, 0.85, 0.95, 1)]
    [InlineData(0.25, 10, 100, 0.8, 0.99, 333)]
    [InlineData(0.0, 25, 1e4, 0.85, 0.95, 40)]
    [InlineData(1.0, 25, 1e4, 0.85, 0.95, 40)]
    [InlineData(0.5, 1, 1, 0.0, 0.5, 7)]
    [InlineData(0.017, 4, 1e6, 0.9, 0.9, 5000)]
    public void One_cycle_is_OneCycleLR_and_so_is_its_momentum(
        double pctStart, double divFactor, double finalDivFactor, double baseMomentum, double maxMomentum, long steps)
    {
        var schedule = new OneCycleSchedule
        {
            PctStart = pctStart,
            DivFactor = divFactor,
            FinalDivFactor = finalDivFactor,
            BaseMomentum = baseMomentum,
            MaxMomentum = maxMomentum,
        };
        string Torch(long rest) =>
            $"S.OneCycleLR(optimizer, {BaseRate:R}, {rest}, pct_start=float({pctStart:R}), div_factor={divFactor:R}, "
            + $"final_div_factor={finalDivFactor:R}, base_momentum={baseMomentum:R}, max_momentum={maxMomentum:R})";

        ShouldBe(schedule, new TrainingLength(steps, 10), Torch);
        foreach (var (warmup, torch) in new[] { (0L, Torch(steps)), (6L, TorchSchedules.WarmedUp(Torch(steps), 6, 0.5)) })
        {
            var length = new TrainingLength(steps + warmup, 10);
            var expected = python.Run(torch, BaseRate, length.TotalSteps, "group['momentum']");
            LearningRateSchedule warmed = schedule with { WarmupSteps = warmup, WarmupStartFactor = 0.5 };
            double[] actual = [.. Steps(length).Select(step => warmed.MomentumAt(step, length)!.Value)];
            ShouldEqual(actual, expected, 1e-12, $"momentum of {warmed}");
        }
    }

    [SkippableFact]
    public void Random_runs_have_PyTorchs_rates()
    {
        var random = new Random(5);
        for (var i = 0; i < 40; i++)
        {
            var length = new TrainingLength(random.Next(20, 2000), random.Next(1, 60));
            double gamma = 0.05 + 0.95 * random.NextDouble(), share = 0.06 + 0.9 * random.NextDouble();
            var epochs = random.Next(1, 20);
            ShouldBe(
                new StepDecaySchedule { EveryEpochs = epochs, Gamma = gamma }, length,
                _ => $"S.StepLR(optimizer, {epochs * length.StepsPerEpoch}, {gamma:R})");
            ShouldBe(
                new MilestoneSchedule { Epochs = [epochs, 2 * epochs + 1], Gamma = gamma }, length,
                _ => $"S.MultiStepLR(optimizer, [{epochs * length.StepsPerEpoch}, "
                    + $"{(2 * epochs + 1) * length.StepsPerEpoch}], {gamma:R})");
            ShouldBe(
                new OneCycleSchedule { PctStart = share, DivFactor = 30 * share }, length,
                rest => $"S.OneCycleLR(optimizer, {BaseRate:R}, {rest}, pct_start={share:R}, div_factor={30 * share:R})");
        }
    }

    [Fact]
    public void A_rise_that_ends_at_the_first_step_begins_low_all_the_same()
    {
        var schedule = new OneCycleSchedule { PctStart = 0.25 };
        var length = new TrainingLength(4, 4);

        schedule.RateAt(1, 0, length).Should().BeApproximately(1.0 / 25, 1e-15);
        schedule.MomentumAt(0, length).Should().BeApproximately(0.95, 1e-15);
        Rates(schedule, 1, length).Should().OnlyContain(rate => double.IsFinite(rate));
    }

    [Fact]
    public void Only_one_cycle_changes_the_momentum_and_only_if_it_may()
    {
        var length = new TrainingLength(10, 5);

        new CosineSchedule().MomentumAt(3, length).Should().BeNull();
        new OneCycleSchedule { CycleMomentum = false }.MomentumAt(3, length).Should().BeNull();
        new OneCycleSchedule().MomentumAt(3, length).Should().NotBeNull();
    }

    // Without a warm-up and with several; the scheduler has what they leave of a longer run.
    private void ShouldBe(
        LearningRateSchedule schedule, TrainingLength length, Func<long, string> torch, double tolerance = 1e-12)
    {
        foreach ((long warmup, var startFactor) in new[] { (0, 1), (1, 0.01), (5, 1.0 / 3), (250, 1e-3), (13, 1) })
        {
            var warmed = schedule with { WarmupSteps = warmup, WarmupStartFactor = startFactor };
            var whole = new TrainingLength(length.TotalSteps + warmup, length.StepsPerEpoch);
            var scheduler = torch(length.TotalSteps);
            var expected = python.Run(
                warmup == 0 ? scheduler : TorchSchedules.WarmedUp(scheduler, warmup, startFactor),
                BaseRate, whole.TotalSteps);

            ShouldEqual(Rates(warmed, BaseRate, whole), expected, tolerance, $"{warmed} over {whole}");
        }
    }

    private static void ShouldEqual(double[] actual, double[] expected, double tolerance, string what)
    {
        actual.Should().HaveSameCount(expected);
        for (var step = 0; step < actual.Length; step++)
        {
            var error = Math.Abs(actual[step] - expected[step]);
            error.Should().BeLessThanOrEqualTo(
                tolerance * Math.Abs(expected[step]), $"step {step} of {what} is {expected[step]:R}, not {actual[step]:R}");
        }
    }

    private static double[] Rates(LearningRateSchedule schedule, double baseRate, TrainingLength length) =>
        [.. Steps(length).Select(step => schedule.RateAt(baseRate, step, length))];

    private static IEnumerable<long> Steps(TrainingLength length) =>
        Enumerable.Range(0, (int)length.TotalSteps).Select(step => (long)step);
}
