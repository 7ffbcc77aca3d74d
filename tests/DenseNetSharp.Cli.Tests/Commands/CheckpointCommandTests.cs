namespace DenseNetSharp.Cli.Tests.Commands;

/// <summary>What <c>inspect</c> and <c>convert</c> say of a checkpoint beyond its tensors.</summary>
public sealed class CheckpointCommandTests(CommandTests.Reference reference) : IClassFixture<CommandTests.Reference>
{
    [SkippableFact]
    public void Inspect_says_what_the_outputs_mean_what_the_classes_are_called_and_what_is_set_aside()
    {
        var run = Densenet.Run("inspect", reference["findings.pth"], "--json");
        var text = Densenet.Run("inspect", reference["findings.pth"]);

        run.Json.GetProperty("task").GetString().Should().Be("multilabel");
        run.Json.GetProperty("taskSource").GetString().Should().Be("the file's op_threshs");
        run.Json.GetProperty("classNames").EnumerateArray().Select(name => name.GetString()).Should().Equal(Enumerable.Range(0, 12).Select(i => $"finding {i}"));
        run.Json.GetProperty("aside").EnumerateArray().Select(key => key.GetString()).Should().Equal("op_threshs", "features.total_ops", "total_ops");
        text.Output.Should().Contain("set aside, as no part of the network: 2 total_ops, op_threshs")
            .And.Contain("outputs: multilabel, from the file's op_threshs")
            .And.Contain("classes: finding 0, finding 1,");
    }

    [SkippableFact]
    public void Inspect_of_a_network_without_classifier_says_so()
    {
        var run = Densenet.Run("inspect", reference["headless.pth"]);

        run.Status.Should().Be(0, run.Errors);
        run.Output.Should().Contain("fits: densenet121, no classifier, 3 input channels. It has no classifier; its features").And.NotContain("outputs:");
    }

    [SkippableFact]
    public void What_may_change_results_is_named_by_inspect_and_refused_by_convert_but_without_strictness()
    {
        var target = reference["denormalised.pth"];

        var inspected = Densenet.Run("inspect", reference["normalising.pth"]);
        var refused = Densenet.Run("convert", reference["normalising.pth"], target);
        var isWritten = File.Exists(target);
        var converted = Densenet.Run("convert", reference["normalising.pth"], target, "--no-strict");

        inspected.Output.Should().Contain("refused, for what it may change, without --no-strict: mean, std");
        refused.Status.Should().Be(1);
        refused.ErrorLines.Should().ContainSingle().Which.Should().Contain("mean").And.Contain("std");
        isWritten.Should().BeFalse();
        converted.Status.Should().Be(0, converted.Errors);
        PythonReference.Run(Path.Combine("Reference", "converted.py"), target, reference["zip.pth"]).Should().BeEmpty();
    }

    [SkippableFact]
    public void Convert_keeps_what_lies_beside_the_tensors_and_says_what_the_new_file_does_not_say_any_more()
    {
        var folder = Directory.CreateDirectory(reference["converted"]).FullName;
        string[] targets = [Path.Combine(folder, "kept.pth"), Path.Combine(folder, "kept.safetensors"), Path.Combine(folder, "bare.pth")];

        var kept = targets[..2].Select(target => Densenet.Run("convert", reference["findings.pth"], target)).ToArray();
        var bare = Densenet.Run("convert", reference["sigmoid.pth"], targets[2]);

        kept.Should().OnlyContain(run => run.Errors.Length == 0);
        foreach (var target in targets[..2])
        {
            Densenet.Run("inspect", target).Output.Should().Contain("outputs: multilabel, from the file's op_threshs").And.Contain("classes: finding 0,");
        }

        bare.Output.Should().Contain("outputs: multilabel, from the file's module 1, a Sigmoid");
        bare.ErrorLines.Should().ContainSingle().Which.Should().Be(
            $"densenet: {targets[2]} does not say any more: the task (--task multilabel); a run.json beside it can");
    }
}
