using DenseNetSharp.Checkpoints;
using DenseNetSharp.Classification;
using DenseNetSharp.Images;
using DenseNetSharp.Training;

namespace DenseNetSharp.Core.Tests.Classification;

public sealed class RunDescriptionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_saved_is_read_again()
    {
        var description = new RunDescription
        {
            Architecture = "densenet121",
            Task = ClassificationTask.Multilabel,
            ClassNames = ["Edema", "Mass"],
            Preset = ImagePreset.ChestXray,
        };
        var path = _folder.File(RunDescription.FileName);

        description.Save(path);

        var read = RunDescription.Load(path);
        (read.Architecture, read.Task, read.Preset).Should().Be(("densenet121", ClassificationTask.Multilabel, ImagePreset.ChestXray));
        read.ClassNames.Should().Equal("Edema", "Mass");
        File.ReadAllText(path).Should().Contain("\"task\": \"multilabel\"").And.NotContain("fixedOutputSize").And.NotContain("sufficientDecodeSize");
        RunDescription.FindBeside(_folder.File("model.pth"))!.Preset.Should().Be(ImagePreset.ChestXray);
    }

    [Theory]
    [InlineData("interpolation", "*run.json*a preset has no 'not-interpolation'; it has name, resizeSize*preset*")]
    [InlineData("channels", "*run.json*a preset has no 'not-channels'*")]
    [InlineData("mean", "*run.json*a preset has no 'not-mean'*")]
    [InlineData("classNames", "*run.json*not-classNames*")]
    public void A_misspelt_key_is_refused_by_name_and_does_not_pass_for_one_that_was_left_out(string property, string message)
    {
        var path = Saved(text => text.Replace($"\"{property}\"", $"\"not-{property}\""));

        ((Action)(() => RunDescription.Load(path))).Should().Throw<InvalidDataException>().WithMessage(message);
    }

    [Theory]
    [InlineData("\"multiclass\"", "\"sorting\"", "*task*")]
    [InlineData("\"cat\"", "null", "*null*class names*")]
    [InlineData("\"height\": 224", "\"hight\": 224", "*run.json*a size is a whole number*'hight'*cropSize*")]
    [InlineData("\"resizeSize\": 256", "\"resizeSize\": 256, \"fixedSize\": \"224\"", "*run.json*a size is a whole number*fixedSize*")]
    [InlineData("\"name\": \"torchvision-imagenet\",", "", "*run.json*the preset has no name*")]
    [InlineData("\"divisor\": 255", "\"divisor\": 0", "*run.json*divides by zero*")]
    [InlineData("\"channels\": 3", "\"channels\": 2", "*run.json*2 channels*")]
    public void Values_that_make_no_sense_are_refused_with_the_files_name(string sound, string damaged, string message)
    {
        var path = Saved(text => text.Replace(sound, damaged));

        ((Action)(() => RunDescription.Load(path))).Should().Throw<InvalidDataException>().WithMessage(message);
    }

    [Fact]
    public void How_a_checkpoint_was_trained_is_read_back_from_the_file_and_from_a_checkpoints_metadata()
    {
        var description = Trained();
        var path = _folder.File(RunDescription.FileName);
        description.Save(path);
        var weights = _folder.File("weights.safetensors");
        using (var checkpoint = new Checkpoint([], description.ToMetadata()))
        {
            checkpoint.Save(weights);
        }

        using var opened = Checkpoint.Open(weights);
        foreach (var read in new[] { RunDescription.Load(path), RunDescription.FindIn(opened)! })
        {
            read.Training!.Options.Should().Be(description.Training!.Options);
            (read.Training.EpochsDone, read.Training.BestEpoch, read.Training.Images).Should().Be((3, 2, "abc"));
            read.ClassNames.Should().Equal("cat", "dog");
        }

        RunDescription.FindIn(new Checkpoint([])).Should().BeNull();
    }

    [Theory]
    [InlineData("\"epochs\": 10", "\"epochs\": 0", "*run.json*Epochs must be at least 1*")]
    [InlineData("\"minimumRate\": 0", "\"minimumRate\": -1", "*run.json*learning rate is finite and not negative*")]
    [InlineData("\"batchSize\"", "\"bachSize\"", "*run.json*batchSize*")]
    [InlineData("\"kind\": \"cosine\"", "\"kind\": \"sine\"", "*run.json*")]
    public void Options_that_make_no_sense_are_refused_with_the_files_name(string sound, string damaged, string message)
    {
        var path = _folder.File(RunDescription.FileName);
        Trained().Save(path);
        var text = File.ReadAllText(path);
        text.Should().Contain(sound);
        File.WriteAllText(path, text.Replace(sound, damaged));

        ((Action)(() => RunDescription.Load(path))).Should().Throw<InvalidDataException>().WithMessage(message);
    }

    private static RunDescription Trained() => new()
    {
        ClassNames = ["cat", "dog"],
        Preset = ImagePreset.TorchvisionImageNet,
        Training = new TrainingDescription
        {
            Options = new FineTuningOptions { ClassWeights = [1, 2.5f], Stages = [new() { Modules = ["classifier"], LearningRateFactor = 0.5 }] },
            TrainingImages = 8,
            Images = "abc",
            Versions = new Dictionary<string, string> { ["DenseNetSharp"] = "0.1.0" },
            EpochsDone = 3,
            BestEpoch = 2,
        },
    };

    private string Saved(Func<string, string> change)
    {
        var path = _folder.File(RunDescription.FileName);
        new RunDescription { Task = ClassificationTask.Multiclass, ClassNames = ["cat", "dog"], Preset = ImagePreset.TorchvisionImageNet }.Save(path);
        File.WriteAllText(path, change(File.ReadAllText(path)));
        return path;
    }
}
