using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using DenseNetSharp.Training;

namespace DenseNetSharp.Core.Tests.Training;

public class ScheduleValuesTests
{
    public static readonly TheoryData<LearningRateSchedule, string, string> All = new()
    {
        { new ConstantSchedule(), "constant", "constant" },
        { new ConstantSchedule { WarmupSteps = 1 }, "constant", "constant, 1 step of warm-up" },
        { new StepDecaySchedule { EveryEpochs = 1, Gamma = 0.5 }, "step", "times 0.5 every epoch" },
        { new StepDecaySchedule { WarmupSteps = 9 }, "step", "times 0.1 every 30 epochs, 9 steps of warm-up" },
        { new MilestoneSchedule { Epochs = [30, 60], Gamma = 0.2 }, "milestones", "times 0.2 after epochs 30, 60" },
        { new MilestoneSchedule { Epochs = [30] }, "milestones", "times 0.1 after epoch 30" },
        { new CosineSchedule { WarmupSteps = 5 }, "cosine", "cosine, 5 steps of warm-up" },
        { new CosineSchedule { MinimumRate = 0.001, WarmupStartFactor = 0.1 }, "cosine", "cosine to 0.001" },
        { new OneCycleSchedule(), "one-cycle", "one-cycle with its peak at 30%" },
        {
            new OneCycleSchedule
            {
                PctStart = 0.125, DivFactor = 10, FinalDivFactor = 7, CycleMomentum = false, BaseMomentum = 0.1, MaxMomentum = 0.2,
            },
            "one-cycle", "one-cycle with its peak at 12.5%"
        },
    };

    [Theory]
    [MemberData(nameof(All))]
    public void A_schedule_says_what_it_is_and_comes_back_from_JSON_equal(
        LearningRateSchedule schedule, string kind, string text)
    {
        var json = JsonSerializer.Serialize(schedule, ScheduleJson.Default.LearningRateSchedule);

        schedule.ToString().Should().Be(text);
        JsonDocument.Parse(json).RootElement.GetProperty("kind").GetString().Should().Be(kind);
        JsonSerializer.Deserialize(json, ScheduleJson.Default.LearningRateSchedule).Should().Be(schedule);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void JSON_that_lacks_a_value_is_refused(LearningRateSchedule schedule, string kind, string text)
    {
        var json = JsonSerializer.Serialize(schedule, ScheduleJson.Default.LearningRateSchedule);
        foreach (var name in JsonNode.Parse(json)!.AsObject().Select(property => property.Key))
        {
            var lacking = JsonNode.Parse(json)!.AsObject();
            lacking.Remove(name);

            FluentActions.Invoking(() => lacking.Deserialize(ScheduleJson.Default.LearningRateSchedule))
                .Should().Throw<Exception>($"{kind} ({text}) needs {name}")
                .Which.Should().Match(exception => exception is JsonException || name == "kind" && exception is NotSupportedException);
        }
    }

    [Fact]
    public void JSON_of_impossible_values_is_refused()
    {
        const string Warmup = "\"warmupSteps\": 0, \"warmupStartFactor\": 1";
        FluentActions.Invoking(() => Read($$"""{ "kind": "step", {{Warmup}}, "everyEpochs": 1, "gamma": 3 }"""))
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("Gamma is above 0 and at most 1.*");
        FluentActions.Invoking(() => Read($$"""{ "kind": "milestones", {{Warmup}}, "gamma": 1, "epochs": null }"""))
            .Should().Throw<ArgumentNullException>().WithParameterName("Epochs");
        FluentActions.Invoking(() => Read($$"""{ "kind": "polynomial", {{Warmup}} }""")).Should().Throw<JsonException>();

        static void Read(string json) => JsonSerializer.Deserialize(json, ScheduleJson.Default.LearningRateSchedule);
    }

    [Fact]
    public void Impossible_values_are_refused_with_their_name()
    {
        Refuse(() => new ConstantSchedule { WarmupSteps = -1 }, "WarmupSteps");
        foreach (var bad in new[] { 0, -0.1, 1.1, double.NaN })
        {
            Refuse(() => new ConstantSchedule { WarmupStartFactor = bad }, "WarmupStartFactor");
            Refuse(() => new StepDecaySchedule { Gamma = bad }, "Gamma");
            Refuse(() => new MilestoneSchedule { Epochs = [1], Gamma = bad }, "Gamma");
        }

        foreach (var bad in new[] { -0.1, double.NaN, double.PositiveInfinity })
        {
            Refuse(() => new CosineSchedule { MinimumRate = bad }, "MinimumRate");
            Refuse(() => new OneCycleSchedule { PctStart = bad }, "PctStart");
            Refuse(() => new OneCycleSchedule { DivFactor = bad }, "DivFactor");
            Refuse(() => new OneCycleSchedule { FinalDivFactor = bad }, "FinalDivFactor");
            Refuse(() => new OneCycleSchedule { BaseMomentum = bad }, "BaseMomentum");
            Refuse(() => new OneCycleSchedule { MaxMomentum = bad }, "MaxMomentum");
        }

        Refuse(() => new OneCycleSchedule { DivFactor = 0 }, "DivFactor");
        Refuse(() => new OneCycleSchedule { MaxMomentum = 1 }, "MaxMomentum");
        Refuse(() => new StepDecaySchedule { EveryEpochs = 0 }, "EveryEpochs");
        foreach (var bad in new int[][] { [], [0, 3], [3, 3], [5, 4] })
        {
            Refuse(() => new MilestoneSchedule { Epochs = bad }, "Epochs");
        }

        Refuse(() => new TrainingLength(0, 1), "totalSteps");
        Refuse(() => new TrainingLength(1, 0), "stepsPerEpoch");
        Refuse(() => TrainingLength.OfEpochs(0, 1), "epochs");
        Refuse(() => TrainingLength.OfEpochs(-1, -1), "epochs");
        FluentActions.Invoking(() => TrainingLength.OfEpochs(3, long.MaxValue / 2)).Should().Throw<OverflowException>();
    }

    [Fact]
    public void A_step_or_a_rate_that_cannot_be_is_refused()
    {
        var schedule = new CosineSchedule();
        var length = new TrainingLength(10, 5);

        Refuse(() => schedule.RateAt(0.1, -1, length), "step");
        Refuse(() => schedule.RateAt(0.1, 10, length), "step").WithMessage("The run's steps are 0 to 9.*");
        Refuse(() => schedule.MomentumAt(10, length), "step");
        Refuse(() => schedule.RateAt(double.NaN, 0, length), "baseRate");
        Refuse(() => schedule.RateAt(-1, 0, length), "baseRate");
    }

    [Fact]
    public void A_warm_up_as_long_as_the_run_is_refused()
    {
        var schedule = new CosineSchedule { WarmupSteps = 10 };
        var length = new TrainingLength(10, 5);

        schedule.CheckFits(new TrainingLength(11, 5));
        const string Message = "The warm-up of 10 steps must be shorter than the run, which has 10.*";
        Refuse(() => { schedule.CheckFits(length); return 0; }, "length").WithMessage(Message);
        Refuse(() => schedule.RateAt(0.1, 0, length), "length").WithMessage(Message);
        Refuse(() => schedule.MomentumAt(0, length), "length").WithMessage(Message);
    }

    [Fact]
    public void Milestones_are_copied_and_compared_by_value()
    {
        int[] epochs = [1, 2];
        var schedule = new MilestoneSchedule { Epochs = epochs };
        epochs[0] = 7;

        schedule.Should().Be(new MilestoneSchedule { Epochs = [1, 2] });
        schedule.Should().NotBe(new MilestoneSchedule { Epochs = [1, 3] });
    }

    private static FluentAssertions.Specialized.ExceptionAssertions<ArgumentException> Refuse<T>(
        Func<T> action, string name) =>
        FluentActions.Invoking(() => { action(); }).Should().Throw<ArgumentException>().WithParameterName(name);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LearningRateSchedule))]
internal sealed partial class ScheduleJson : JsonSerializerContext;
