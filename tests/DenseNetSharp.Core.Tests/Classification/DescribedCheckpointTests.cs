using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Classification;
using DenseNetSharp.Images;
using DenseNetSharp.Weights;

namespace DenseNetSharp.Core.Tests.Classification;

public sealed class DescribedCheckpointTests : IDisposable
{
    private static readonly RunDescription Findings = new()
    {
        Task = ClassificationTask.Multilabel,
        ClassNames = ["Edema", "Mass", "Nodule"],
        Thresholds = [0.9f, 0.4f, float.NaN],
        Preset = ImagePreset.Timm224,
        ApplyExifOrientation = true,
        KeepGrayBits = true,
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_classifier_is_made_as_the_description_says()
    {
        using var network = new ChannelMeans();

        using (var classifier = ImageClassifier.For(network, Findings))
        {
            RequireFindings(classifier);
        }

        network.IsDisposed.Should().BeFalse("it stays the caller's");
    }

    [Fact]
    public void Without_a_description_it_is_torchvisions_preset_and_no_names()
    {
        using var network = new ChannelMeans();

        var classifier = ImageClassifier.For(network, null);

        (classifier.Preset, classifier.Labels, classifier.Task, classifier.DecodeOptions.ApplyExifOrientation)
            .Should().Be((ImagePreset.TorchvisionImageNet, null, ClassificationTask.Multiclass, false));
    }

    [Fact]
    public void Thresholds_without_a_task_are_those_of_sigmoids_and_with_another_task_they_are_not_used_which_is_said()
    {
        var path = Save(3, null);
        using var checkpoint = Checkpoint.Open(path);
        (Findings with { Task = null }).Save(_folder.File(RunDescription.FileName));

        var described = DescribedCheckpoint.Of(checkpoint);
        (Findings with { Task = ClassificationTask.Multiclass }).Save(_folder.File(RunDescription.FileName));
        var excluding = DescribedCheckpoint.Of(checkpoint);

        (described.Task, described.TaskSource).Should().Be((ClassificationTask.Multilabel, $"run.json beside {path}"));
        excluding.Task.Should().Be(ClassificationTask.Multiclass);
        excluding.Remarks.Should().Equal($"the thresholds of run.json beside {path} are not used: the task is multiclass");
    }

    [Fact]
    public void The_description_beside_the_checkpoint_counts_and_else_the_one_inside()
    {
        var path = Save(3, Findings with { ClassNames = ["a", "b", "c"] });
        using var checkpoint = Checkpoint.Open(path);

        DescribedCheckpoint.Of(checkpoint).Labels.Should().Equal("a", "b", "c");
        DescribedCheckpoint.Of(checkpoint).DescribedBy.Should().Be($"the description inside {path}");
        Findings.Save(_folder.File(RunDescription.FileName));
        DescribedCheckpoint.Of(checkpoint).Labels.Should().Equal("Edema", "Mass", "Nodule");
        DescribedCheckpoint.Of(checkpoint).DescribedBy.Should().Be($"run.json beside {path}");
    }

    [Fact]
    public void A_loaded_classifier_disposes_its_network()
    {
        using var checkpoint = Checkpoint.Open(Save(3, Findings));
        var network = new ChannelMeans();

        using (var classifier = DescribedCheckpoint.Of(checkpoint).LoadClassifier(_ => network))
        {
            RequireFindings(classifier);
            network.IsDisposed.Should().BeFalse();
        }

        network.IsDisposed.Should().BeTrue();
    }

    [Fact]
    public void A_network_that_does_not_fit_after_all_is_disposed()
    {
        using var checkpoint = Checkpoint.Open(Save(5, Findings with { ClassNames = ["1", "2", "3", "4", "5"], Thresholds = null }));
        var network = new ChannelMeans();

        Action load = () => DescribedCheckpoint.Of(checkpoint).LoadClassifier(_ => network);

        load.Should().Throw<ArgumentException>().WithMessage("*5 labels*3 classes*");
        network.IsDisposed.Should().BeTrue();
    }

    [Fact]
    public void What_does_not_belong_together_is_refused_by_name()
    {
        var path = Save(3, Findings);
        using var checkpoint = Checkpoint.Open(path);
        var run = _folder.File(RunDescription.FileName);

        (Findings with { ClassNames = ["cat", "dog"], Thresholds = null }).Save(run);
        Refused($"run.json beside {path} has 2 class names, but {path} has 3 classes.");
        (Findings with { Architecture = "densenet121" }).Save(run);
        Refused($"run.json beside {path} says densenet121, but {path} is a DenseNet without a name.");
        (Findings with { Thresholds = [0.5f] }).Save(run);
        Refused($"{run} has 1 thresholds for 3 class names.");
        (Findings with { ClassNames = null, Thresholds = [0.5f] }).Save(run);
        Refused($"run.json beside {path} has 1 thresholds, but {path} has 3 classes.");

        void Refused(string message)
        {
            Action load = () => DescribedCheckpoint.Of(checkpoint).LoadClassifier(_ => throw new InvalidOperationException("loaded"));
            load.Should().Throw<InvalidDataException>().WithMessage(message);
        }
    }

    [Fact]
    public void Without_class_names_in_the_description_they_come_from_elsewhere()
    {
        using var checkpoint = Checkpoint.Open(Save(1000, new RunDescription { Preset = ImagePreset.Timm224 }));

        var described = DescribedCheckpoint.Of(checkpoint);

        described.Labels.Should().BeSameAs(ImageNetLabels.Names);
        described.Preset.Should().Be(ImagePreset.Timm224);
    }

    [Fact]
    public void Gray_is_repeated_for_three_channels_and_colour_made_gray_for_one_and_the_preset_says_so()
    {
        using var three = Checkpoint.Open(Save(3, Findings with { Preset = ImagePreset.ChestXray }));
        using var one = Checkpoint.Open(Save(3, Findings with { Preset = ImagePreset.Timm224 }, channels: 1));
        using var bare = Checkpoint.Open(Save(3, inside: null, channels: 1));
        using var four = Checkpoint.Open(Save(3, Findings, channels: 4));

        using (var classifier = DescribedCheckpoint.Of(three).LoadClassifier(_ => new ChannelMeans()))
        {
            (classifier.Preset.Name, classifier.Preset.Channels, classifier.Preset.ConvertToGray).Should().Be(("chest-xray as 3 channels", 3, true));
        }

        (DescribedCheckpoint.Of(one).Preset.Name, DescribedCheckpoint.Of(one).Preset.Channels).Should().Be(("timm-224 as 1 channel", 1));
        DescribedCheckpoint.Of(bare).Preset.Name.Should().Be("torchvision-imagenet as 1 channel");
        Action load = () => DescribedCheckpoint.Of(four).LoadClassifier(_ => throw new InvalidOperationException("loaded"));
        load.Should().Throw<InvalidDataException>().WithMessage("*preset that makes images of 3 channels, but the network takes 4.");
    }

    [Fact]
    public void A_network_and_a_description_that_do_not_fit_are_refused()
    {
        using var network = new ChannelMeans();

        Action names = () => ImageClassifier.For(network, Findings with { ClassNames = ["cat"], Thresholds = null });

        names.Should().Throw<ArgumentException>().WithMessage("*1 labels*3 classes*");
    }

    private static void RequireFindings(ImageClassifier classifier)
    {
        (classifier.Preset, classifier.Task).Should().Be((ImagePreset.Timm224, ClassificationTask.Multilabel));
        classifier.Labels.Should().Equal("Edema", "Mass", "Nodule");
        classifier.Thresholds.Should().Equal(0.9f, 0.4f, float.NaN);
        classifier.DecodeOptions.Should().Be(new ImageDecodeOptions { ApplyExifOrientation = true, KeepUpperBitsOfGray = true });
    }

    /// <summary>A small network's zeros, with a description inside.</summary>
    private string Save(int classes, RunDescription? inside, int channels = 3)
    {
        var spec = new DenseNetSpec { GrowthRate = 4, BlockConfig = [1, 1], InitFeatures = 8, NumClasses = classes, InputChannels = channels };
        var path = _folder.File(channels == 3 ? "best.pth" : $"{channels}{(inside is null ? " bare" : "")}.pth");
        using var checkpoint = new Checkpoint(
            spec.StateDict.Where(entry => !entry.MayBeAbsent).Select(entry => KeyValuePair.Create(
                entry.Name, CheckpointTensor.FromArray(new float[entry.ElementCount], [.. entry.Shape]))),
            inside?.ToMetadata());
        checkpoint.Save(path);
        return path;
    }

    [Fact]
    public void A_network_whose_classifier_cannot_be_made_of_its_weights_is_freed()
    {
        using var network = new ChannelMeans();
        var weights = PretrainedWeightsCatalog.Densenet121 with { Categories = ["red", "green"] };

        var make = () => weights.ClassifierOf(network);

        make.Should().Throw<ArgumentException>();
        network.IsDisposed.Should().BeTrue();
    }
}
