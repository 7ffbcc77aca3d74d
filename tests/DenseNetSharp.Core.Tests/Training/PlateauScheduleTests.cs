using System.Globalization;
using System.Runtime.InteropServices;
using DenseNetSharp.Core.Tests.Images;
using DenseNetSharp.Training;

namespace DenseNetSharp.Core.Tests.Training;

[Collection(PillowCollection.Name)]
public class PlateauScheduleTests(PillowReference python)
{
    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rates_are_ReduceLROnPlateaus_to_the_bit(bool higherIsBetter)
    {
        var random = new Random(higherIsBetter ? 3 : 4);
        var reductions = 0;
        for (var i = 0; i < 60; i++)
        {
            var schedule = new PlateauSchedule
            {
                Factor = 0.05 + 0.9 * random.NextDouble(),
                Patience = random.Next(0, 6),
                Threshold = random.Next(4) == 0 ? 0 : Math.Pow(10, -3 * random.NextDouble()),
                ThresholdMode = i % 2 == 0 ? PlateauThreshold.Relative : PlateauThreshold.Absolute,
                Cooldown = random.Next(0, 4),
                MinimumRate = random.Next(3) == 0 ? 0.01 * random.NextDouble() : 0,
            };
            // Also values that are no number, which improve nothing, negative ones and infinities.
            double[] values = [.. Enumerable.Range(0, 60).Select(epoch => random.Next(12) switch
            {
                0 => double.NaN,
                1 => double.PositiveInfinity,
                2 => -random.NextDouble(),
                _ => 1.0 / (1 + epoch / 8) + 0.3 * random.NextDouble(),
            })];

            var state = new PlateauState { Rate = 0.1 };
            List<double> rates = [];
            foreach (var value in values)
            {
                state = schedule.Next(state, value, higherIsBetter);
                rates.Add(state.Rate);
            }

            var expected = Torch(schedule, values, higherIsBetter);
            rates.Should().Equal(expected, $"run {i}: {schedule}");
            reductions += expected.Distinct().Count() - 1;
        }

        reductions.Should().BeGreaterThan(100, "else little was tried");
    }

    [Fact]
    public void Before_any_reduction_the_rate_is_the_optimizers_own_after_a_warm_up_that_rises_to_it()
    {
        LearningRateSchedule schedule = new PlateauSchedule { WarmupSteps = 4, WarmupStartFactor = 0.5 };
        var length = new TrainingLength(20, 5);

        schedule.RateAt(0.1, 0, length).Should().BeApproximately(0.05, 1e-15);
        schedule.RateAt(0.1, 4, length).Should().Be(0.1);
        schedule.RateAt(0.1, 19, length).Should().Be(0.1);
        schedule.MomentumAt(7, length).Should().BeNull();
        schedule.ToString().Should().Be("times 0.1 after more than 10 epochs without improvement, 4 steps of warm-up");
    }

    private double[] Torch(PlateauSchedule schedule, double[] values, bool higherIsBetter) => MemoryMarshal.Cast<byte, double>(python.Run(
        string.Create(CultureInfo.InvariantCulture, $"""
            import torch.optim.lr_scheduler as S
            optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
            scheduler = S.ReduceLROnPlateau(
                optimizer, mode="{(higherIsBetter ? "max" : "min")}", factor={schedule.Factor:R}, patience={schedule.Patience},
                threshold={schedule.Threshold:R}, threshold_mode="{(schedule.ThresholdMode == PlateauThreshold.Relative ? "rel" : "abs")}",
                cooldown={schedule.Cooldown}, min_lr={schedule.MinimumRate:R})
            rates = []
            for value in [{string.Join(", ", values.Select(value => double.IsFinite(value) ? value.ToString("R", CultureInfo.InvariantCulture)
                : double.IsNaN(value) ? "float('nan')" : "float('inf')"))}]:
                scheduler.step(value)
                rates.append(optimizer.param_groups[0]["lr"])
            result = np.array(rates, dtype=np.float64).tobytes()
            """))).ToArray();
}
