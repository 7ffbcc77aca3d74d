using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Classification;
using DenseNetSharp.StateDicts;

namespace DenseNetSharp.Inference.Tests;

/// <summary>Networks of the whole family as their projects save them: each opens with PyTorch's logits, or is refused by what it is.</summary>
public sealed class FoundFamilyTests(FoundFamilyTests.Files files) : IClassFixture<FoundFamilyTests.Files>
{
    /// <summary>What Reference/found_family.py writes.</summary>
    public sealed class Files() : ReferenceFiles("found_family.py");

    [SkippableTheory]
    [InlineData("kuangliu", "kuangliu", 32, 32)]
    [InlineData("bamos", "bamos", 32, 32)]
    [InlineData("bamos-plain", "bamos-plain", 32, 32)]
    [InlineData("bearpaw", "bearpaw", 32, 32)]
    [InlineData("andreasveit", "andreasveit", 32, 32)]
    [InlineData("andreasveit-plain", "andreasveit-plain", 32, 32)]
    [InlineData("gpleiss", "gpleiss", 32, 32)]
    [InlineData("timm-blur", "timm-blur", 41, 34)]
    [InlineData("timm-blur-arch", "timm-blur", 41, 34)]
    [InlineData("my_densenetblur121d_best", "timm-blur", 41, 34)]
    [InlineData("timm-blur-whole", "timm-blur", 41, 34)]
    [InlineData("timm-deep", "timm-deep", 41, 34)]
    [InlineData("timm-deep-arch", "timm-deep", 41, 34)]
    [InlineData("my_densenet264d_best", "timm-deep", 41, 34)]
    [InlineData("timm-deep-whole", "timm-deep", 41, 34)]
    [InlineData("mlp", "mlp", 40, 33)]
    [InlineData("mlp-whole", "mlp", 40, 33)]
    [InlineData("mlp-three", "mlp-three", 40, 33)]
    [InlineData("mlp-three-whole", "mlp-three", 40, 33)]
    [InlineData("mlp-norm-first", "mlp-norm-first", 40, 33)]
    [InlineData("mlp-norm-last", "mlp-norm-last", 40, 33)]
    [InlineData("mlp-norm-last-whole", "mlp-norm-last", 40, 33)]
    [InlineData("mlp-no-room", "mlp-no-room", 40, 33)]
    [InlineData("mlp-no-room-whole", "mlp-no-room", 40, 33)]
    [InlineData("mlp-tanh-whole", "mlp-tanh", 40, 33)]
    [InlineData("mlp-silu", "mlp-silu", 40, 33)]
    [InlineData("mlp-named", "mlp-named", 40, 33)]
    [InlineData("fastai", "fastai", 40, 33)]
    [InlineData("fastai-single", "fastai-single", 40, 33)]
    [InlineData("head-epsilon", "head-epsilon", 40, 33)]
    public void It_opens_with_the_logits_that_its_own_network_gives(string name, string expected, int height, int width)
    {
        using var engine = FusedDenseNet.Load(files[$"{name}.pth"]);

        ShouldGive(engine, expected, height, width);
    }

    [SkippableTheory]
    [InlineData("mlp", HeadLayerKind.ReLU)]
    [InlineData("mlp-tanh", HeadLayerKind.Tanh)]
    [InlineData("mlp-gelu", HeadLayerKind.Gelu)]
    [InlineData("mlp-silu", HeadLayerKind.Silu)]
    public void A_caller_names_the_heads_activation_where_a_state_dict_does_not(string name, HeadLayerKind activation)
    {
        using var checkpoint = Checkpoint.Open(files[$"{name}.pth"]);
        using var engine = FusedDenseNet.Load(new Checkpoint(checkpoint.Tensors), new() { HeadActivation = activation });

        ShouldGive(engine, name, 40, 33);
    }

    [SkippableTheory]
    [InlineData("mlp", "classifier.0")]
    [InlineData("mlp-three", "classifier.1 and classifier.3")]
    [InlineData("mlp-norm-first", "classifier.1")]
    [InlineData("mlp-named", "head.fc1")]
    [InlineData("fastai", "1.4")]
    public void An_activation_that_was_assumed_is_said(string name, string layers)
    {
        using var checkpoint = Checkpoint.Open(files[$"{name}.pth"]);

        DenseNetKeys.Map(checkpoint).Rules.Should().ContainSingle(rule => rule.Name == "head-relu").Which.Description
            .Should().Be($"the head's activations are not in the file; ReLU is assumed after {layers}");
    }

    [SkippableTheory]
    [InlineData("mlp-no-room")]
    [InlineData("mlp-whole")]
    [InlineData("mlp-tanh-whole")]
    public void Where_the_file_tells_the_activations_none_is_assumed(string name)
    {
        using var checkpoint = Checkpoint.Open(files[$"{name}.pth"]);

        DenseNetKeys.Map(checkpoint).Rules.Should().NotContain(rule => rule.Name == "head-relu");
    }

    [SkippableTheory]
    [InlineData("kuangliu")]
    [InlineData("kuangliu-half")]
    [InlineData("bamos-plain")]
    [InlineData("timm-blur")]
    [InlineData("mlp-norm-last")]
    [InlineData("mlp-tanh-whole")]
    [InlineData("fastai")]
    public void Rewritten_it_opens_as_the_same_network_with_the_same_logits(string name)
    {
        using var folder = new TemporaryFolder();
        using var checkpoint = Checkpoint.Open(files[$"{name}.pth"]);
        using var original = FusedDenseNet.Load(checkpoint);
        foreach (var file in new[] { "rewritten.pth", "rewritten.safetensors" })
        {
            DenseNetKeys.Standardize(checkpoint).Save(folder.File(file));
            using var engine = FusedDenseNet.Load(folder.File(file));
            var images = RandomNetwork.Images(engine.Spec, 2, 40, 33);

            engine.Spec.Should().Be(original.Spec);
            Logits.Of(engine, images, 2, 40, 33).Should().Equal(Logits.Of(original, images, 2, 40, 33));
        }
    }

    [SkippableTheory]
    [InlineData("timm-blur-bare.pth")]
    [InlineData("timm-deep-bare.pth")]
    [InlineData("timm-deep-flattened.pth")]
    public void A_deep_stem_whose_pooling_nothing_tells_is_refused_until_the_network_is_named(string file)
    {
        using var checkpoint = Checkpoint.Open(files[file]);

        FluentActions.Invoking(() => FusedDenseNet.Load(checkpoint)).Should().Throw<InvalidDataException>()
            .WithMessage("*deep stem*which no tensor tells: the network must be named.");

        var spec = DenseNetSpec.Infer(Named(checkpoint, "densenet264d"));
        spec.HasBlurPooling.Should().BeFalse();
        using var engine = FusedDenseNet.Load(checkpoint, new() { Spec = spec with { HasBlurPooling = file.StartsWith("timm-blur", StringComparison.Ordinal) } });
        ShouldGive(engine, file.StartsWith("timm-blur", StringComparison.Ordinal) ? "timm-blur" : "timm-deep", 41, 34);
    }

    [SkippableFact]
    public void A_classifier_takes_the_network_its_channels_and_its_heads_activation_from_the_options()
    {
        using var blur = Checkpoint.Open(files["timm-blur.pth"]);
        var spec = DenseNetSpec.Infer(blur);
        var gray = new Images.RgbImage(48, 48, [.. Enumerable.Range(0, 48 * 48).SelectMany(i => Enumerable.Repeat((byte)(i * 7), 3))]);

        using var named = ImageClassifier.Load(files["timm-blur-bare.pth"], new() { Spec = spec });
        using var told = ImageClassifier.Load(files["timm-blur.pth"]);
        using var oneChannel = ImageClassifier.Load(files["timm-blur.pth"], new() { InputChannels = 1 });
        using var tanh = ImageClassifier.Load(files["mlp-tanh.pth"], new() { HeadActivation = HeadLayerKind.Tanh });
        using var whole = ImageClassifier.Load(files["mlp-tanh-whole.pth"]);

        named.Classify(gray).Logits.Should().Equal(told.Classify(gray).Logits);
        oneChannel.Preset.Channels.Should().Be(1);
        oneChannel.Classify(gray).Logits.Should().HaveCount(5);
        tanh.Classify(gray).Logits.Should().Equal(whole.Classify(gray).Logits);
    }

    [SkippableTheory]
    [InlineData("timm-blur", "the stem's pooling has a blur, for the file's list of modules names pool0.1")]
    [InlineData("timm-deep", "the stem's pooling has no blur, for the file's list of modules has nothing within pool0")]
    [InlineData("timm-blur-arch", "the stem's pooling has a blur, for the file's 'arch' names densenetblur121d")]
    [InlineData("my_densenet264d_best", "the stem's pooling has no blur, for the file's name names densenet264d")]
    public void What_tells_the_stems_pooling_is_said(string name, string description)
    {
        using var checkpoint = Checkpoint.Open(files[$"{name}.pth"]);

        DenseNetKeys.Map(checkpoint).Rules.Should().Contain(rule => rule.Description == description);
    }

    [SkippableTheory]
    [InlineData("branches", "Its head has several layers (classifier.age, classifier.sex) that are no sequence of linear layers and batch norms")]
    [InlineData("out-of-order", "Its head has several layers (head.fc2, head.fc1, head.fc3) that are no sequence of linear layers and batch norms")]
    [InlineData("layer-norm", "Its head has several layers (classifier.0, classifier.1, classifier.3) that are no sequence of linear layers and batch norms")]
    [InlineData("twice-as-wide", "Its head has several layers (classifier.0, classifier.2), the first of which takes ")]
    public void A_head_that_is_not_built_is_refused_and_the_features_open(string name, string reason)
    {
        using var engine = FusedDenseNet.Load(files[$"{name}.pth"]);
        using var checkpoint = Checkpoint.Open(files[$"{name}.pth"]);

        engine.NumClasses.Should().Be(0);
        FluentActions.Invoking(() => DescribedCheckpoint.Of(checkpoint)).Should().Throw<InvalidDataException>().WithMessage($"*{reason}*");
    }

    [SkippableFact]
    public void A_sigmoid_behind_a_larger_head_tells_the_task()
    {
        using var checkpoint = Checkpoint.Open(files["mlp-silu.pth"]);

        DescribedCheckpoint.Of(checkpoint).Task.Should().Be(ClassificationTask.Multilabel);
    }

    private void ShouldGive(FusedDenseNet engine, string expected, int height, int width)
    {
        using var reference = Checkpoint.Open(files[$"{expected}.expected.pth"]);

        var logits = Logits.Of(engine, reference.Tensors["images"].ToSingleArray(), 2, height, width);

        logits.ShouldBe([.. reference.Tensors["logits"].ToSingleArray().Select(value => (double)value)]);
    }

    private static Checkpoint Named(Checkpoint checkpoint, string name) =>
        new(checkpoint.Tensors, new Dictionary<string, string> { ["arch"] = name });
}
