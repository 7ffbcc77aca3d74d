using DenseNetSharp.Classification;
using DenseNetSharp.Images;
using DenseNetSharp.Weights;

namespace DenseNetSharp.Tests.Weights;

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
        string path = _folder.File(RunDescription.FileName);

        description.Save(path);

        RunDescription read = RunDescription.Load(path);
        (read.Architecture, read.Task, read.Preset).Should().Be(("densenet121", ClassificationTask.Multilabel, ImagePreset.ChestXray));
        read.ClassNames.Should().Equal("Edema", "Mass");
        File.ReadAllText(path).Should().Contain("\"task\": \"multilabel\"").And.NotContain("fixedOutputSize").And.NotContain("sufficientDecodeSize");
        RunDescription.FindBeside(_folder.File("model.pth"))!.Preset.Should().Be(ImagePreset.ChestXray);
    }

    [Theory]
    [InlineData("interpolation")]
    [InlineData("channels")]
    [InlineData("divisor")]
    [InlineData("mean")]
    public void A_preset_that_leaves_out_what_changes_the_numbers_is_refused_by_name(string property)
    {
        string path = Saved(text => text.Replace($"\"{property}\"", $"\"not-{property}\""));

        ((Action)(() => RunDescription.Load(path))).Should().Throw<InvalidDataException>().WithMessage($"*{RunDescription.FileName}*{property}*");
    }

    [Theory]
    [InlineData("\"multiclass\"", "\"sorting\"", "*task*")]
    [InlineData("\"cat\"", "null", "*null*class names*")]
    [InlineData("\"divisor\": 255", "\"divisor\": 0", "*run.json*divides by zero*")]
    [InlineData("\"channels\": 3", "\"channels\": 2", "*run.json*2 channels*")]
    public void Values_that_make_no_sense_are_refused_with_the_files_name(string sound, string damaged, string message)
    {
        string path = Saved(text => text.Replace(sound, damaged));

        ((Action)(() => RunDescription.Load(path))).Should().Throw<InvalidDataException>().WithMessage(message);
    }

    private string Saved(Func<string, string> change)
    {
        string path = _folder.File(RunDescription.FileName);
        new RunDescription { ClassNames = ["cat", "dog"], Preset = ImagePreset.TorchvisionImageNet }.Save(path);
        File.WriteAllText(path, change(File.ReadAllText(path)));
        return path;
    }
}
