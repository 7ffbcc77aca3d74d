using DenseNetSharp.Classification;
using DenseNetSharp.Images;
using DenseNetSharp.Training;

namespace DenseNetSharp.Core.Tests.Classification;

/// <summary>What may stand in a <c>run.json</c>, to the reader and to the schema.</summary>
public sealed class RunJsonTests
{
    private const string Plain = """
        "name": "p", "mean": [0.5, 0.4, 0.3], "std": [0.2, 0.25, 0.3]
        """;

    private static readonly ImagePreset PlainPreset = new() { Name = "p", Mean = [0.5f, 0.4f, 0.3f], Std = [0.2f, 0.25f, 0.3f] };

    public static TheoryData<string, ImagePreset> Presets => new()
    {
        { Plain, PlainPreset },
        { $$"""{{Plain}}, "fixedSize": 224""", PlainPreset with { FixedSize = 224 } },
        { $$"""{{Plain}}, "fixedSize": { "width": 448, "height": 224 }, "cropSize": null""", PlainPreset with { FixedSize = (224, 448) } },
        { $$"""{{Plain}}, "interpolation": "bicubic", "resizeSize": 256, "cropSize": 224""", ImagePresetOf(256, 224, Resampling.Bicubic) },
        { $$"""{{Plain}}, "channels": 3, "divisor": 1""", PlainPreset with { Divisor = 1 } },
        { $$"""{{Plain}}, "convertToGray": true""", PlainPreset with { ConvertToGray = true } },
        { $$"""{{Plain}}, "channels": null, "divisor": null, "interpolation": null, "resizeSize": null, "$schema": "run.schema.json" """, PlainPreset },
        { $$"""{{Plain}}, "channels": 3.0, "fixedSize": 32.0, "cropSize": { "height": 16.0, "width": 24 }""", PlainPreset with { FixedSize = 32, CropSize = (16, 24) } },
        { $$"""{{Plain}}, "resizeSize": 32.0""", PlainPreset with { ResizeSize = 32 } },
        { """ "name": "g", "mean": [0], "std": [1] """, new ImagePreset { Name = "g", Channels = 1, Mean = [0], Std = [1] } },
    };

    [Theory]
    [MemberData(nameof(Presets))]
    public void Short_forms_mean_what_torchvision_does_without_being_told(string preset, ImagePreset expected)
    {
        var json = $$"""{ "$schema": "run.schema.json", "preset": { {{preset}} } }""";

        var description = RunDescription.Parse(json, "run.json");

        description.Preset.Should().Be(expected);
        (description.ClassNames, description.Task).Should().Be((null, null));
        RunSchema.FaultsOf(json).Should().BeEmpty();
        RunSchema.FaultsOf(description.ToJson()).Should().BeEmpty();
        RunDescription.Parse(description.ToJson(), "run.json").Preset.Should().Be(expected);
    }

    [Fact]
    public void A_temperature_is_a_number_and_stays_it()
    {
        var description = RunDescription.Parse($$"""{ "temperature": 1.75, "preset": { {{Plain}} } }""", "run.json");

        description.Temperature.Should().Be(1.75);
        RunSchema.FaultsOf(description.ToJson()).Should().BeEmpty();
        RunDescription.Parse(description.ToJson(), "run.json").Temperature.Should().Be(1.75);
        RunDescription.Parse($$"""{ "temperature": null, "preset": { {{Plain}} } }""", "run.json").Temperature.Should().BeNull();
    }

    [Theory]
    [InlineData("""{ "preset": { "name": "p", "mean": [0], "std": [1] }, "classnames": ["a"] }""")]
    [InlineData("""{ "classNames": ["a"] }""")]
    [InlineData("""{ "preset": { "name": "p", "mean": [0], "std": [1] }, "temperature": 0 }""")]
    [InlineData("""{ "preset": { "name": "p", "mean": [0], "std": [1] }, "temperature": "1.5" }""")]
    [InlineData("""{ "preset": null }""")]
    [InlineData("""{ "preset": { "name": "p", "mean": [0], "std": [1] }, "classNames": [1] }""")]
    [InlineData("""{ "preset": { "name": "p", "mean": [0], "std": [1] }, "classNames": [null] }""")]
    [InlineData("""{ "preset": { "name": "p", "mean": [0], "std": [1] }, "task": "sorting" }""")]
    [InlineData("""{ "preset": { "mean": [0], "std": [1] } }""")]
    [InlineData("""{ "preset": { "name": "p", "std": [1] } }""")]
    [InlineData("""{ "preset": { "name": "p", "mean": [0], "std": [0] } }""")]
    [InlineData("""{ "preset": { "name": "p", "mean": [0, 0], "std": [1, 1] } }""")]
    [InlineData("""{ "preset": { "name": "p", "mean": [0, 0, 0], "std": [1] } }""")]
    [InlineData("""{ "preset": { "name": "p", "mean": [0], "std": [1, 1, 1], "channels": 1 } }""")]
    [InlineData("""{ "preset": { "name": "p", "mean": [0], "std": [1], "channels": 3 } }""")]
    [InlineData("""{ "preset": { "name": "p", "mean": [0], "std": [1], "fixedSize": 32.5 } }""")]
    [InlineData("""{ "preset": { "name": "p", "mean": [0], "std": [1], "divisor": 0 } }""")]
    [InlineData("""{ "preset": { "name": "p", "mean": [0], "std": [1], "channels": 2 } }""")]
    [InlineData("""{ "preset": { "name": "p", "mean": [0], "std": [1], "resize": 256 } }""")]
    [InlineData("""{ "preset": { "name": "p", "mean": [0], "std": [1], "resizeSize": 0 } }""")]
    [InlineData("""{ "preset": { "name": "p", "mean": [0], "std": [1], "resizeSize": 256, "fixedSize": 224 } }""")]
    [InlineData("""{ "preset": { "name": "p", "mean": [0], "std": [1], "fixedSize": [224, 224] } }""")]
    [InlineData("""{ "preset": { "name": "p", "mean": [0], "std": [1], "cropSize": { "height": 224 } } }""")]
    [InlineData("""{ "preset": { "name": "p", "mean": [0], "std": [1], "interpolation": "cubic" } }""")]
    [InlineData("""{ "preset": { "name": "p", "mean": [0], "std": [1] }, "training": { "options": {} } }""")]
    public void Reader_and_schema_refuse_the_same(string json)
    {
        RunSchema.FaultsOf(json).Should().NotBeEmpty();
        ((Action)(() => RunDescription.Parse(json, "run.json"))).Should().Throw<InvalidDataException>().WithMessage("run.json*");
    }

    [Fact]
    public void The_schema_takes_what_runs_write()
    {
        LearningRateSchedule[] schedules =
        [
            new ConstantSchedule(), new StepDecaySchedule(), new MilestoneSchedule { Epochs = [3, 6] }, new CosineSchedule(), new OneCycleSchedule(),
        ];
        RunDescription[] descriptions =
        [
            .. ImagePreset.All.Select(preset => new RunDescription { Preset = preset }),
            .. TrainingRecipe.All.Select(recipe => Trained(recipe.ToOptions(epochs: 9))),
            .. schedules.Select(schedule => Trained(new FineTuningOptions { Schedule = schedule, ClassWeights = [1, 2], Patience = 3, MaxGradientNorm = 1 })),
            .. Enum.GetValues<TrainingAugmentation>().Select(augmentation => Trained(new FineTuningOptions { Augmentation = augmentation })),
            new RunDescription { Preset = ImagePreset.ChestXray.ForChannels(3) },
            new RunDescription
            {
                Architecture = "densenet121",
                Task = ClassificationTask.Multilabel,
                ClassNames = ["Edema", "Mass"],
                Thresholds = [0.5f, float.NaN],
                Preset = ImagePreset.ChestXray,
                ApplyExifOrientation = true,
                KeepGrayBits = true,
            },
        ];

        foreach (var description in descriptions)
        {
            RunSchema.FaultsOf(description.ToJson()).Should().BeEmpty();
        }
    }

    [Fact]
    public void A_preset_is_read_from_a_file_of_its_own_and_from_a_run()
    {
        using var folder = new TemporaryFolder();
        var (own, run) = (folder.File("mine.json"), folder.File("run.json"));
        File.WriteAllText(own, $$"""{ {{Plain}}, "fixedSize": 64 }""");
        new RunDescription { ClassNames = ["a", "b"], Preset = ImagePreset.ChestXray }.Save(run);

        ImagePreset.Load(own).Should().Be(PlainPreset with { FixedSize = 64 });
        ImagePreset.Load(run).Should().Be(ImagePreset.ChestXray);
        Refused("[1]", "*mine.json is no preset: a preset is an object*");
        Refused("""{ "preset": null }""", "*mine.json is no preset: its preset is null*");
        Refused("""{ "name": "p", "mean": [0], "std": [1], "channels": 3 }""", "*mine.json: The preset 'p' has 3 channels, but 1 means*");
        Refused($$"""{ {{Plain}}, "fixedSize": 100000 }""", "*mine.json: The preset 'p' resizes to 100000x100000 pixels, more than fit in one array.");
        Refused($$"""{ {{Plain}}, "cropSize": 100000 }""", "*mine.json: The preset 'p' crops to 100000x100000 pixels, more than fit in one array.");
        Refused("{", "*mine.json is no preset: it is no JSON, or not all of it (at line 1).");
        Refused("""{ "name": "a", "mean": "x", "std": [1] }""", "*mine.json is no preset: a value is not of the kind that is needed there (at $.mean, line 1).");

        void Refused(string json, string message)
        {
            File.WriteAllText(own, json);
            ((Action)(() => ImagePreset.Load(own))).Should().Throw<InvalidDataException>().WithMessage(message);
        }
    }

    private static ImagePreset ImagePresetOf(int resize, int crop, Resampling interpolation) =>
        PlainPreset with { ResizeSize = resize, CropSize = crop, Interpolation = interpolation };

    private static RunDescription Trained(FineTuningOptions options) => new()
    {
        Architecture = "densenet121",
        Task = ClassificationTask.Multiclass,
        ClassNames = ["cat", "dog"],
        Preset = ImagePreset.TorchvisionImageNet,
        Training = new TrainingDescription
        {
            Options = options,
            TrainingImages = 8,
            Images = "abc",
            Versions = new Dictionary<string, string> { ["DenseNetSharp"] = "0.1.0" },
            EpochsDone = 3,
            BatchesDone = 2,
            BestEpoch = 2,
            Notes = new Dictionary<string, string> { ["recipe"] = "finetune" },
        },
    };

    [Theory]
    [InlineData("""{ "classNames": ["a"] }""", "run.json holds no description of a run: it has no 'preset' (at line 1).")]
    [InlineData("""{ "Task": "none" }""", "run.json holds no description of a run: there is no field 'Task' (at $.Task, line 1).")]
    [InlineData("""{ "task": "sorting" }""", "run.json holds no description of a run: 'sorting' must be multiclass, multilabel or none (at $.task, line 1).")]
    [InlineData("""{ "task": "multiclass,multilabel" }""", "*'multiclass,multilabel' must be multiclass, multilabel or none*")]
    [InlineData("""{ "task": 1 }""", "*the value must be multiclass, multilabel or none*")]
    [InlineData("""{ "preset": { "name": "p", "mean": [0], "std": [1], "interpolation": "bilinear,bicubic" } }""",
        "*'bilinear,bicubic' must be nearest, lanczos, bilinear, bicubic, box or hamming*")]
    [InlineData("""{ "preset": { "name": "p", "mean": [0], "std": [1], "interpolation": 2 } }""", "*the value must be nearest, lanczos*")]
    [InlineData("""{ "preset": { "name": "p", "mean": [0], "mean": [1], "std": [1] } }""", "*'mean' stands there twice*")]
    [InlineData("""{ "preset": { "name": "p", "mean": [0], "std": [1] }, "task": "none", "task": "multilabel" }""", "*'task' stands there twice*")]
    [InlineData("""{ "preset": { "name": "", "mean": [0], "std": [1] } }""", "*the preset's name is empty*")]
    [InlineData("no JSON", "run.json holds no description of a run: it is no JSON, or not all of it (at line 1).")]
    public void What_is_wrong_is_said_in_words_for_whoever_wrote_the_file(string json, string message) =>
        FluentActions.Invoking(() => RunDescription.Parse(json, "run.json")).Should().Throw<InvalidDataException>().WithMessage(message);
}
