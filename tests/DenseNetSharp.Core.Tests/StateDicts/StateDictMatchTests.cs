using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Core.Tests.Checkpoints;
using DenseNetSharp.StateDicts;

namespace DenseNetSharp.Core.Tests.StateDicts;

public sealed class StateDictMatchTests
{
    private static readonly DenseNetSpec _spec = new()
    {
        GrowthRate = 4,
        BlockConfig = [2, 3],
        InitFeatures = 6,
        BottleneckSize = 2,
        NumClasses = 5,
    };

    [Fact]
    public void Tensors_that_all_fit_make_an_exact_match_in_the_networks_order()
    {
        var match = StateDictMatch.Create(_spec, Make(_spec, tensors => tensors.Reverse()));

        match.IsExact.Should().BeTrue();
        match.RequireExact().Should().BeSameAs(match);
        match.Pairs.Select(pair => pair.Entry).Should().Equal(_spec.StateDict);
        match.Absent.Should().BeEmpty();
    }

    [Fact]
    public void Counters_may_be_absent()
    {
        var match = StateDictMatch.Create(_spec, Make(_spec, tensors =>
            tensors.Where(item => !item.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal))));

        match.IsExact.Should().BeTrue();
        match.Absent.Should().HaveCount(13);
    }

    [Fact]
    public void Another_number_of_classes_is_recognised_as_a_difference_of_the_head_alone()
    {
        var match = StateDictMatch.Create(_spec with { NumClasses = 10 }, Make(_spec));

        match.DiffersOnlyInHead.Should().BeTrue();
        match.RequireExactButHead().Pairs.Should().HaveCount(_spec.StateDict.Count - 2);
        var error = match.Invoking(m => m.RequireExact()).Should().Throw<CheckpointMismatchException>().Which;
        error.Message.Should()
            .Contain($"classifier.weight: the checkpoint has [5, {_spec.FeatureCount}], the model has [10, {_spec.FeatureCount}]")
            .And.Contain("classifier.bias: the checkpoint has [5], the model has [10]")
            .And.Contain("Only the classifier differs");
    }

    [Theory]
    [InlineData("classifier.0.")]
    [InlineData("classifier.1.")]
    [InlineData("classifier.linear.")]
    [InlineData("last_linear.")]
    [InlineData("fc.")]
    [InlineData("head.fc.")]
    public void A_last_layer_of_another_name_under_a_prefix_is_the_classifier(string name)
    {
        var match = StateDictMatch.Create(_spec, Make(_spec, tensors => tensors.Select(item => KeyValuePair.Create(
            "module." + item.Key.Replace("classifier.", name, StringComparison.Ordinal), item.Value))));

        match.IsExact.Should().BeTrue();
        match.Rules.Should().ContainSingle(rule => rule.Name == "head" && rule.Count == 2);
    }

    [Fact]
    public void A_head_of_several_layers_under_a_prefix_is_a_difference_of_the_head_alone()
    {
        var match = StateDictMatch.Create(_spec, Make(_spec, tensors => tensors.SelectMany(item =>
            item.Key == "classifier.weight"
                ? new[] { 0, 3 }.Select(i => KeyValuePair.Create(
                    $"module.classifier.{i}.weight", CheckpointTensor.FromArray(new float[14], 2, 7)))
                : [KeyValuePair.Create($"module.{item.Key}", item.Value)])));

        match.DiffersOnlyInHead.Should().BeTrue();
        match.Unexpected.Should().Equal("module.classifier.0.weight", "module.classifier.3.weight");
        match.Missing.Should().Contain(entry => entry.Name == "classifier.weight");
    }

    [Fact]
    public void Buffers_that_no_layer_uses_are_set_aside_and_kept_as_text()
    {
        using var checkpoint = Make(_spec, tensors => tensors.Append(
            KeyValuePair.Create("op_threshs", CheckpointTensor.FromArray([0.25f, 0.5f], 2)))
            .Append(KeyValuePair.Create("n_averaged", CheckpointTensor.FromArray([3L]))));

        var match = StateDictMatch.Create(_spec, checkpoint);
        var standard = DenseNetKeys.Standardize(checkpoint);

        match.IsExact.Should().BeTrue();
        match.Aside.Should().Equal("op_threshs", "n_averaged");
        standard.Tensors.Keys.Should().Equal(_spec.StateDict.Select(entry => entry.Name));
        standard.Metadata["op_threshs"].Should().Be("0.25, 0.5");
        standard.Metadata["n_averaged"].Should().Be("3");
    }

    [Fact]
    public void A_checkpoint_of_which_nothing_fits_is_refused_whatever_is_asked()
    {
        var match = StateDictMatch.Create(
            _spec, new Checkpoint([KeyValuePair.Create("other", CheckpointTensor.FromArray([1f], 1))]));

        match.Invoking(m => m.RequireSome()).Should().Throw<CheckpointMismatchException>();
    }

    [Fact]
    public void A_difference_beside_the_head_is_no_difference_of_the_head_alone()
    {
        var match = StateDictMatch.Create(_spec, Make(_spec, tensors =>
            tensors.Where(item => item.Key is not ("classifier.bias" or "features.norm0.weight"))));

        match.DiffersOnlyInHead.Should().BeFalse();
        match.Invoking(m => m.RequireExactButHead()).Should().Throw<CheckpointMismatchException>();
    }

    [Fact]
    public void The_message_lists_the_first_ten_of_each_kind_and_a_count()
    {
        var match = StateDictMatch.Create(
            DenseNetSpec.Densenet121,
            new Checkpoint(Enumerable.Range(0, 12).Select(i =>
                KeyValuePair.Create($"other{i}", CheckpointTensor.FromArray([1f], 1)))));

        var lines = new CheckpointMismatchException(match).Message.Split('\n');

        lines[0].Should().Be("The checkpoint does not fit the model.");
        lines.Should().Contain(line => line.StartsWith("Missing from the checkpoint (606): ") && line.EndsWith("; and 596 more."));
        lines.Should().Contain(line => line.StartsWith("Not in the model (12): ") && line.EndsWith("; other9; and 2 more."));
        lines.Should().NotContain("  other10");
        match.Missing.Should().HaveCount(606);
        match.Unexpected.Should().HaveCount(12);
    }

    [Fact]
    public void Half_precision_fits_and_integers_do_not()
    {
        var half = StateDictMatch.Create(_spec, Make(_spec, tensors => tensors.Select(item =>
            item.Key == "classifier.bias"
                ? KeyValuePair.Create(item.Key, CheckpointTensor.FromArray(new Half[5], 5))
                : item)));
        var integer = StateDictMatch.Create(_spec, Make(_spec, tensors => tensors.Select(item =>
            item.Key == "classifier.bias"
                ? KeyValuePair.Create(item.Key, CheckpointTensor.FromArray(new long[5], 5))
                : item)));

        half.IsExact.Should().BeTrue();
        integer.Misshapen.Should().ContainSingle()
            .Which.ToString().Should().Be("classifier.bias: the checkpoint has int64, the model has float32");
    }

    private static Checkpoint Make(
        DenseNetSpec spec,
        Func<IEnumerable<KeyValuePair<string, CheckpointTensor>>, IEnumerable<KeyValuePair<string, CheckpointTensor>>>? change = null)
    {
        var tensors = spec.StateDict.Select(entry => KeyValuePair.Create(
            entry.Name,
            CheckpointTensor.FromBytes(
                entry.DataType, entry.Shape, new byte[entry.ElementCount * entry.DataType.SizeInBytes()])));
        return new Checkpoint(change is null ? tensors : change(tensors));
    }
}

[Collection(TorchFilesCollection.Name)]
public sealed class StateDictMatchOfFilesTests(TorchFiles files)
{
    [SkippableTheory]
    [InlineData("densenet121", 606, 580)]
    [InlineData("densenet161", 806, 780)]
    [InlineData("densenet169", 846, 820)]
    [InlineData("densenet201", 1006, 980)]
    public void An_official_file_fits_once_its_old_names_are_joined(string name, int keys, int oldKeys)
    {
        using var checkpoint = files.Open($"{name}.official.pth");

        var match = StateDictMatch.Create(DenseNetArchitectures.Get(name), checkpoint).RequireExact();

        match.Pairs.Should().HaveCount(keys);
        match.Rules.Should().ContainSingle().Which.Should().Match<AppliedKeyRule>(rule =>
            rule.Name == "old-names" && rule.Count == oldKeys);
    }

    [SkippableFact]
    public void Wrappers_and_prefixes_are_reported_with_the_rest()
    {
        using var checkpoint = files.Open("prefixed.zip.pth");

        DenseNetKeys.Map(checkpoint).Rules.Select(rule => $"{rule.Name}: {rule.Count}").Should().Equal(
            "wrapper model_state_dict: 66", "prefix module.: 66", "prefix densenet121.: 66", "old-names: 50");
    }
}
