using DenseNetSharp.Checkpoints;
using DenseNetSharp.StateDicts;

namespace DenseNetSharp.Tests;

public sealed class InputChannelsTests(CheckpointLoadingTests.Reference reference) : IClassFixture<CheckpointLoadingTests.Reference>
{
    [SkippableTheory]
    [InlineData("zip.pth", 1)]
    [InlineData("official.pth", 2)]
    [InlineData("wrapped.pth", 4)]
    [InlineData("keras.pth", 7)]
    [InlineData("keras.pth", 1)]
    public void Filters_for_other_channels_are_those_that_timm_makes(string file, int channels)
    {
        using var adapted = Checkpoint.Open(reference["adapted.pth"]);
        using var expected = Checkpoint.Open(reference["zip.pth"]);

        using var model = DenseNetFactory.FromCheckpoint(reference[file], options: new() { InputChannels = channels });

        model.Spec.InputChannels.Should().Be(channels);
        var state = model.state_dict();
        state["features.conv0.weight"].ShouldBe(adapted.Tensors[$"{channels}"], "conv0");
        state["features.norm5.weight"].ShouldBe(expected.Tensors["features.norm5.weight"], "norm5");
        state["classifier.weight"].ShouldBe(expected.Tensors["classifier.weight"], "the classifier");
    }

    [SkippableFact]
    public void The_checkpoints_own_channels_change_nothing()
    {
        using var rgb = DenseNetFactory.FromCheckpoint(reference["zip.pth"], options: new() { InputChannels = 3 });
        using var two = DenseNetFactory.FromCheckpoint(reference["two-channels.pth"], options: new() { InputChannels = 2 });
        using var expected = Checkpoint.Open(reference["zip.pth"]);

        rgb.StateShouldBe(expected);
        two.Spec.InputChannels.Should().Be(2);
    }

    [SkippableFact]
    public void Weights_for_other_channels_than_three_are_refused_by_name()
    {
        var act = () => DenseNetFactory.FromCheckpoint(reference["two-channels.pth"], options: new() { InputChannels = 1 });

        act.Should().Throw<InvalidDataException>().WithMessage("*two-channels.pth is of a network for images of 2 channels*to 1.");
    }

    [SkippableFact]
    public void What_has_no_first_convolution_is_refused_and_so_are_no_channels()
    {
        using var input = Checkpoint.Open(reference["input.pth"]);

        input.Invoking(checkpoint => checkpoint.WithInputChannels(1)).Should().Throw<InvalidDataException>()
            .WithMessage("*input.pth has no features.conv0.weight*1 channels.");
        input.Invoking(checkpoint => checkpoint.WithInputChannels(0)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [SkippableFact]
    public void An_untrained_network_simply_has_other_channels()
    {
        using var model = DenseNetFactory.Create("densenet-40-12", options: new() { InputChannels = 1 });

        model.Spec.InputChannels.Should().Be(1);
        model.state_dict()["features.conv0.weight"].shape.Should().Equal(16, 1, 3, 3);
    }
}
