using DenseNetSharp.Checkpoints;
using DenseNetSharp.StateDicts;
using DenseNetSharp.Weights;
using static TorchSharp.torch;

namespace DenseNetSharp.Tests;

public sealed class CheckpointLoadingTests(CheckpointLoadingTests.Reference reference) : IClassFixture<CheckpointLoadingTests.Reference>
{
    public sealed class Reference() : ReferenceFiles("checkpoints.py");

    [SkippableTheory]
    [InlineData("zip.pth")]
    [InlineData("legacy.pth")]
    [InlineData("wrapped.pth")]
    [InlineData("official.pth")]
    public void Every_way_of_writing_a_state_dict_gives_PyTorchs_logits(string file)
    {
        using var expected = Checkpoint.Open(reference["input.pth"]);
        using var model = Networks.Create("tiny");
        model.LoadCheckpoint(reference[file]);
        model.eval();
        using var x = expected.Tensors["input"].ToTensor();
        set_num_threads(1);

        using var torchvision = new ScriptedNetwork(reference["network.pt"]);
        using var theirLogits = torchvision.Call(x);

        using var logits = model.call(x);

        logits.ShouldHaveBitsOf(theirLogits, "the logits");
    }

    [SkippableFact]
    public void Half_precision_weights_are_converted_to_the_models_dtype()
    {
        using var half = Checkpoint.Open(reference["half.pth"]);
        using var model = Networks.Create("tiny");

        model.LoadCheckpoint(half);

        var weight = model.Classifier.weight;
        weight.dtype.Should().Be(ScalarType.Float32);
        weight.data<float>().ToArray().Should().Equal(half.Tensors["classifier.weight"].ToSingleArray());
    }

    [SkippableFact]
    public void A_head_of_another_size_is_reported_by_key_and_shapes_and_nothing_changes()
    {
        using var model = Networks.Create("tiny");
        using var before = model.ToCheckpoint();

        var act = () => model.LoadCheckpoint(reference["nine-classes.pth"]);

        act.Should().Throw<CheckpointMismatchException>().WithMessage("*nine-classes.pth*classifier.weight*[9, *[7, *classifier.bias*[9]*[7]*");
        model.StateShouldBe(before);
    }

    [SkippableFact]
    public void Missing_unexpected_and_misshapen_keys_are_all_named_and_nothing_changes()
    {
        using var model = Networks.Create("tiny");
        using var before = model.ToCheckpoint();

        var act = () => model.LoadCheckpoint(reference["lacking.pth"]);

        act.Should().Throw<CheckpointMismatchException>()
            .WithMessage("*features.norm0.bias*extra.weight*features.conv0.weight*[10, 3, 5, 5]*[10, 3, 7, 7]*");
        model.StateShouldBe(before);
    }

    [SkippableFact]
    public void All_but_the_classifier_can_be_loaded()
    {
        using var expected = Checkpoint.Open(reference["zip.pth"]);
        using var model = Networks.Create("tiny");
        using var head = model.Classifier.weight.detach().clone();

        model.LoadCheckpoint(reference["nine-classes.pth"], CheckpointLoading.AllButClassifier);

        model.Classifier.weight.HasBitsOf(head).Should().BeTrue();
        model.state_dict()["features.norm5.running_var"].ShouldBe(expected.Tensors["features.norm5.running_var"], "norm5");
    }

    [SkippableFact]
    public void Loading_what_fits_does_what_PyTorchs_strict_False_does_and_reports_the_rest()
    {
        using var model = Networks.Create("tiny");
        using var expected = Checkpoint.Open(reference["after.pth"]);
        model.LoadCheckpoint(reference["before.pth"]);

        var match = model.LoadCheckpoint(reference["some.pth"], strict: false);

        model.StateShouldBe(expected);
        match.Unexpected.Should().Equal("extra.weight");
        match.Missing.Select(entry => entry.Name).Should().Contain("classifier.bias")
            .And.OnlyContain(name => name == "classifier.bias" || name.StartsWith("features.denseblock2."));
    }

    [SkippableFact]
    public void Loading_what_fits_leaves_misshapen_tensors_aside()
    {
        using var model = Networks.Create("tiny");
        using var head = model.Classifier.weight.detach().clone();
        using var expected = Checkpoint.Open(reference["zip.pth"]);

        var match = model.LoadCheckpoint(reference["nine-classes.pth"], CheckpointLoading.WhatFits);

        match.Misshapen.Select(tensor => tensor.Entry.Name).Should().Equal("classifier.weight", "classifier.bias");
        model.Classifier.weight.HasBitsOf(head).Should().BeTrue();
        model.state_dict()["features.norm5.running_var"].ShouldBe(expected.Tensors["features.norm5.running_var"], "norm5");
    }

    [SkippableFact]
    public void A_file_of_which_nothing_fits_is_refused_even_so()
    {
        using var model = Networks.Create("tiny");
        using var before = model.ToCheckpoint();

        var act = () => model.LoadCheckpoint(reference["input.pth"], strict: false);

        act.Should().Throw<CheckpointMismatchException>().WithMessage("*input.pth*");
        model.StateShouldBe(before);
    }

    [SkippableFact]
    public void A_Keras_ports_weights_give_the_logits_that_PyTorch_gives_with_Keras_epsilon()
    {
        using var expected = Checkpoint.Open(reference["input.pth"]);
        using var keras = new ScriptedNetwork(reference["keras.pt"]);
        using var model = DenseNetFactory.FromCheckpoint(reference["keras.pth"]);
        model.eval();
        using var x = expected.Tensors["input"].ToTensor();
        set_num_threads(1);

        using var logits = model.call(x);

        model.Spec.BatchNormEpsilon.Should().Be(1.001e-5);
        using var kerasLogits = keras.Call(x);
        logits.ShouldHaveBitsOf(kerasLogits, "the logits");
    }

    [SkippableTheory]
    [InlineData(CheckpointFormat.Zip)]
    [InlineData(CheckpointFormat.Legacy)]
    public void What_we_save_loads_strictly_in_torchvision_to_the_bit(CheckpointFormat format)
    {
        using var model = DenseNetFactory.FromCheckpoint(reference["zip.pth"]);
        var saved = reference[$"ours-{format}.pth"];

        model.SaveCheckpoint(saved, format);

        PythonReference.Run(Path.Combine("Reference", "read_back.py"), saved, reference["zip.pth"]).Should().BeEmpty();
    }

    [SkippableFact]
    public void Inherited_load_of_a_pickle_under_any_name_says_which_method_to_use()
    {
        using var model = Networks.Create("tiny");
        foreach (var file in new[] { "zip.pth", "legacy.pth" })
        {
            var renamed = reference[$"{file}.weights"];
            File.Copy(reference[file], renamed);

            var act = () => model.load(renamed);

            act.Should().Throw<NotSupportedException>().WithMessage($"*{Path.GetFileName(renamed)}*LoadCheckpoint*");
            using var stream = File.OpenRead(renamed);
            var fromStream = () => model.load(stream);
            fromStream.Should().Throw<NotSupportedException>().WithMessage("*LoadCheckpoint*");
        }
    }

    [SkippableFact]
    public void A_network_is_built_from_a_checkpoints_shapes_with_a_new_head_if_asked()
    {
        using var same = DenseNetFactory.FromCheckpoint(reference["official.pth"]);
        using var other = DenseNetFactory.FromCheckpoint(reference["official.pth"], numClasses: 3);

        same.Spec.Should().Be(Networks.Tiny);
        other.Spec.Should().Be(Networks.Tiny with { NumClasses = 3 });
        other.Features.parameters().Last().HasBitsOf(same.Features.parameters().Last()).Should().BeTrue();
    }

    [SkippableTheory]
    [InlineData(null, 7)]
    [InlineData(3, 3)]
    public async Task Pretrained_weights_with_another_class_count_keep_the_features_and_make_a_new_head(int? classes, int expectedClasses)
    {
        var cache = Directory.CreateDirectory(reference["cache"]).FullName;
        File.Copy(reference["official.pth"], Path.Combine(cache, "tiny.pth"), overwrite: true);
        var weights = new PretrainedWeights
        {
            Name = "Tiny_Weights.TEST",
            ArchitectureName = "tiny",
            Architecture = Networks.Tiny,
            Url = new Uri("https://example.invalid/tiny.pth"),
            Sha256Prefix = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(reference["official.pth"])))[..8],
            Categories = [.. Enumerable.Range(0, 7).Select(i => $"class {i}")],
            Recipe = "none",
            License = "none",
        };
        using var expected = Checkpoint.Open(reference["zip.pth"]);

        using var model = DenseNetFactory.Create(weights, classes, new() { Download = new() { Directory = cache, Offline = true } });

        model.Spec.NumClasses.Should().Be(expectedClasses);
        model.Features.state_dict()["norm5.weight"].ShouldBe(expected.Tensors["features.norm5.weight"], "norm5");
        model.Classifier.weight.shape[0].Should().Be(expectedClasses);
        using var same = await DenseNetFactory.CreateAsync(weights, classes, new() { Download = new() { Directory = cache, Offline = true } });
        same.Features.state_dict()["norm5.weight"].HasBitsOf(model.Features.state_dict()["norm5.weight"]).Should().BeTrue();
        (classes is null).Should().Be(model.Classifier.weight.data<float>().ToArray().SequenceEqual(expected.Tensors["classifier.weight"].ToSingleArray()));
    }

    [SkippableFact]
    public void What_TorchSharp_saves_opens_and_gives_the_same_tensors_and_outputs_to_the_bit()
    {
        using var expected = Checkpoint.Open(reference["input.pth"]);
        using var model = Networks.Create("tiny");
        model.LoadCheckpoint(reference["zip.pth"]);
        model.save(reference["own.dat"]);
        set_num_threads(1);

        using var checkpoint = Checkpoint.Open(reference["own.dat"]);
        using var same = DenseNetFactory.FromCheckpoint(reference["own.dat"]);

        checkpoint.Format.Should().Be(CheckpointFormat.TorchSharp);
        checkpoint.Tensors.Keys.Should().BeEquivalentTo(model.state_dict().Keys);
        model.StateShouldBe(checkpoint);
        same.Spec.Should().Be(Networks.Tiny);
        using var x = expected.Tensors["input"].ToTensor();
        model.eval();
        same.eval();
        using var logits = model.call(x);
        using var sameLogits = same.call(x);
        sameLogits.ShouldHaveBitsOf(logits, "the logits");
    }

    [SkippableFact]
    public void TorchSharp_loads_what_we_save_in_its_format()
    {
        using var model = DenseNetFactory.FromCheckpoint(reference["zip.pth"]);
        using var other = Networks.Create("tiny");
        model.SaveCheckpoint(reference["ours.dat"], CheckpointFormat.TorchSharp);

        other.load(reference["ours.dat"]);

        using var expected = model.ToCheckpoint();
        other.StateShouldBe(expected);
    }

    [Fact]
    public void TorchSharps_own_format_still_saves_and_loads()
    {
        using var model = Networks.Create("tiny");
        using var other = Networks.Create("tiny");
        var folder = Directory.CreateTempSubdirectory("densenetsharp-").FullName;
        var path = Path.Combine(folder, "own.pth");
        try
        {
            model.save(path);
            other.load(path);

            using var expected = model.ToCheckpoint();
            other.StateShouldBe(expected);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
