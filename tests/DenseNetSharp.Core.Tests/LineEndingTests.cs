using DenseNetSharp.Classification;
using DenseNetSharp.Core.Tests.Reports;
using DenseNetSharp.Datasets;
using DenseNetSharp.Images;
using DenseNetSharp.Reports;

namespace DenseNetSharp.Core.Tests;

/// <summary>A clone or an editor on Windows may end lines with a carriage return: every text that is read gives the same.</summary>
public sealed class LineEndingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void ImageNets_names_as_they_are_embedded(string end)
    {
        using var resource = ImageNetLabels.OpenResource();
        var text = resource.ReadToEnd().ReplaceLineEndings(end);

        var names = ImageNetLabels.Read(new StringReader(text));

        names.Should().HaveCount(1000).And.NotContain(name => name.Any(char.IsControl));
        (names[0], names[999]).Should().Be(("tench", "toilet tissue"));
        names.Should().Equal(ImageNetLabels.Names);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void Labels_of_a_run(string end)
    {
        LabelFile.Write(Path("labels.txt"), ["cat", "Ankle boot", "été"]);

        LabelFile.Read(Ending("labels.txt", end)).Should().Equal("cat", "Ankle boot", "été");
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void Metrics_of_a_run(string end)
    {
        EpochRecord[] epochs = [Epochs.Of(0, 0.5, null, ("accuracy, top 1", 0.25)), Epochs.Of(1, 0.25, 0.5, ("accuracy, top 1", 0.75))];
        MetricsTable.Write(Path("metrics.csv"), epochs);

        MetricsTable.Read(Ending("metrics.csv", end)).Should().Equal(epochs);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void Description_of_a_run(string end)
    {
        var description = new RunDescription
        {
            Task = ClassificationTask.Multilabel,
            ClassNames = ["Edema", "Mass"],
            Thresholds = [0.25f, float.NaN],
            Preset = ImagePreset.ChestXray,
            ApplyExifOrientation = true,
        };
        description.Save(Path(RunDescription.FileName));

        var read = RunDescription.Load(Ending(RunDescription.FileName, end));
        var parsed = RunDescription.Parse(description.ToJson().ReplaceLineEndings(end), "the text");

        foreach (var found in new[] { read, parsed })
        {
            found.ClassNames.Should().Equal("Edema", "Mass");
            found.Thresholds.Should().Equal(0.25f, float.NaN);
            (found.Task, found.Preset, found.ApplyExifOrientation).Should().Be((ClassificationTask.Multilabel, ImagePreset.ChestXray, true));
        }
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void Tables_of_labels(string end)
    {
        File.WriteAllText(Path("1.png"), "");
        File.WriteAllText(Path("2.png"), "");
        File.WriteAllText(Path("list.csv"), "Image Index,Finding Labels\n1.png,Mass|Effusion\n2.png,No Finding\n");
        File.WriteAllText(Path("ones.csv"), "Path,Effusion,Mass\n1.png,1,1\n2.png,0,0\n");

        foreach (var table in new[] { "list.csv", "ones.csv" })
        {
            var data = LabelTable.Load(Ending(table, end));
            data.ClassNames.Should().Equal("Effusion", "Mass");
            data.Images.Select(image => string.Join(' ', image.Classes)).Should().Equal("0 1", "");
        }
    }

    private string Path(string name) => _folder.File(name);

    /// <summary>The file with its lines ended so, seen to be so.</summary>
    private string Ending(string name, string end)
    {
        var text = File.ReadAllText(Path(name)).ReplaceLineEndings(end);
        text.Contains('\r').Should().Be(end == "\r\n");
        text.Should().Contain(end);
        File.WriteAllText(Path(name), text);
        return Path(name);
    }
}
