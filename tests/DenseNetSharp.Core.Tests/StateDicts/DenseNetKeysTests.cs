using DenseNetSharp.Checkpoints;
using DenseNetSharp.StateDicts;

namespace DenseNetSharp.Core.Tests.StateDicts;

public sealed class DenseNetKeysTests
{
    [Theory]
    [InlineData("features.denseblock1.denselayer10.norm.1.running_mean", "features.denseblock1.denselayer10.norm1.running_mean")]
    [InlineData("features.denseblock1.denselayer1.conv.2.weight", "features.denseblock1.denselayer1.conv2.weight")]
    [InlineData("features.denseblock1.denselayer1.relu.1.weight", "features.denseblock1.denselayer1.relu1.weight")]
    [InlineData("features.denseblock1.denselayer1.norm.3.weight", "features.denseblock1.denselayer1.norm.3.weight")]
    [InlineData("features.denseblock1.denselayer1.norm.1.num_batches_tracked", "features.denseblock1.denselayer1.norm1.num_batches_tracked")]
    [InlineData("features.transition1.norm.weight", "features.transition1.norm.weight")]
    [InlineData("module.features.norm0.bias", "features.norm0.bias")]
    [InlineData("module.densenet121.features.denseblock1.denselayer1.norm.1.bias", "features.denseblock1.denselayer1.norm1.bias")]
    [InlineData("model.module.classifier.weight", "classifier.weight")]
    [InlineData("backbone.classifier.bias", "classifier.bias")]
    [InlineData("features_denseblock1.denselayer1.norm1.weight", "features.denseblock1.denselayer1.norm1.weight")]
    [InlineData("module.features_conv0.weight", "features.conv0.weight")]
    [InlineData("features_extra.weight", "features_extra.weight")]
    [InlineData("norm5.running_var", "features.norm5.running_var")]
    [InlineData("denseblock4.denselayer16.conv.2.weight", "features.denseblock4.denselayer16.conv2.weight")]
    [InlineData("fc.weight", "classifier.weight")]
    [InlineData("fc.running_mean", "fc.running_mean")]
    [InlineData("module.densenet121.classifier.0.bias", "classifier.bias")]
    [InlineData("conv1/conv/kernel:0", "features.conv0.weight")]
    [InlineData("conv1_bn/gamma", "features.norm0.weight")]
    [InlineData("conv1/bn/moving_variance:0", "features.norm0.running_var")]
    [InlineData("conv2_block1_0_bn.beta", "features.denseblock1.denselayer1.norm1.bias")]
    [InlineData("conv5_block16_1_conv/kernel", "features.denseblock4.denselayer16.conv1.weight")]
    [InlineData("conv5_block16_1_bn/moving_mean", "features.denseblock4.denselayer16.norm2.running_mean")]
    [InlineData("conv3_block12_2_conv.weight", "features.denseblock2.denselayer12.conv2.weight")]
    [InlineData("conv3_block12_0_conv.weight", "conv3_block12_0_conv.weight")]
    [InlineData("pool4_conv/kernel:0", "features.transition3.conv.weight")]
    [InlineData("bn/gamma:0", "features.norm5.weight")]
    [InlineData("predictions/kernel:0", "classifier.weight")]
    [InlineData("module.", "module.")]
    [InlineData("classifier.weight", "classifier.weight")]
    public void A_key_is_brought_to_its_name_of_today(string key, string name) =>
        DenseNetKeys.Map([key]).Names[key].Should().Be(name);

    [Theory]
    [InlineData("pool2_bn.running_mean", "features.transition1.norm.running_mean")]
    [InlineData("bn.weight", "features.norm5.weight")]
    [InlineData("conv1.bn.weight", "features.norm0.weight")]
    [InlineData("fc1000.bias", "classifier.bias")]
    public void A_name_of_Kerass_that_others_have_too_counts_where_Kerass_own_stand(string key, string name)
    {
        DenseNetKeys.Map([key]).Names[key].Should().Be(key);
        DenseNetKeys.Map([key, "conv2_block1_0_bn.weight"]).Names[key].Should().Be(name);
    }

    [Theory]
    [InlineData("encoder.", "features.")]
    [InlineData("student.cnn.", "features.")]
    [InlineData("features.", "features.")]
    [InlineData("module.features.", "features.")]
    [InlineData("base.", "")]
    [InlineData("module.base.", "")]
    public void A_prefix_that_is_only_this_files_is_found_at_the_stem(string prefix, string features)
    {
        var names = DenseNetKeys.Map(
            [$"{prefix}{features}conv0.weight", $"{prefix}{features}denseblock1.denselayer1.norm.1.bias", $"{prefix}classifier.bias"]).Names;

        names.Values.Should().Equal(
            "features.conv0.weight", "features.denseblock1.denselayer1.norm1.bias", "classifier.bias");
    }

    [Fact]
    public void A_key_of_a_thousand_prefixes_takes_no_longer_than_another()
    {
        var keys = Enumerable.Range(0, 10_000).Select(i => $"{string.Concat(Enumerable.Repeat("module.", 140))}{i}").ToArray();
        var watch = System.Diagnostics.Stopwatch.StartNew();

        DenseNetKeys.Map(keys).Names.Values.Should().OnlyHaveUniqueItems();

        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Of_two_networks_in_one_file_neither_is_chosen()
    {
        string[] keys = ["student.features.conv0.weight", "teacher.features.conv0.weight"];

        DenseNetKeys.Map(keys).Names.Values.Should().Equal(keys);
    }

    [Fact]
    public void The_rules_that_were_applied_are_counted()
    {
        var mapping = DenseNetKeys.Map(
            ["module.features.conv0.weight", "module.features.denseblock1.denselayer1.conv.1.weight", "classifier.bias"]);

        mapping.Rules.Select(rule => $"{rule.Name}: {rule.Count}").Should().Equal("prefix module.: 2", "old-names: 1");
    }

    [Fact]
    public void A_key_does_not_take_the_name_of_another()
    {
        var mapping = DenseNetKeys.Map(["module.classifier.bias", "classifier.bias", "model.classifier.weight", "net.classifier.weight"]);

        mapping.Names.Should().Equal(new Dictionary<string, string>
        {
            ["module.classifier.bias"] = "module.classifier.bias",
            ["classifier.bias"] = "classifier.bias",
            ["model.classifier.weight"] = "classifier.weight",
            ["net.classifier.weight"] = "net.classifier.weight",
        });
    }

    [Fact]
    public void Standardizing_adds_the_counters_that_are_absent_and_no_others()
    {
        using var checkpoint = new Checkpoint(new[] { "a.running_var", "b.running_var", "b.num_batches_tracked" }
            .Select(name => KeyValuePair.Create(name, CheckpointTensor.FromArray([3L]))));

        var standard = DenseNetKeys.Standardize(checkpoint);

        standard.Tensors.Keys.Should().Equal(
            "a.running_var", "a.num_batches_tracked", "b.running_var", "b.num_batches_tracked");
        Read(standard, "a.num_batches_tracked").Should().Be(0);
        Read(standard, "b.num_batches_tracked").Should().Be(3);
    }

    private static long Read(Checkpoint checkpoint, string name)
    {
        var bytes = new byte[8];
        checkpoint.Tensors[name].CopyTo(bytes);
        return BitConverter.ToInt64(bytes);
    }
}
