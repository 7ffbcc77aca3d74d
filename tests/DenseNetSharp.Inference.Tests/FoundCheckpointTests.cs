using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Classification;
using DenseNetSharp.StateDicts;

namespace DenseNetSharp.Inference.Tests;

/// <summary>A network as other projects save it: each opens with PyTorch's logits, or is refused by what it is.</summary>
public sealed class FoundCheckpointTests(FoundCheckpointTests.Files files) : IClassFixture<FoundCheckpointTests.Files>
{
    private static readonly float[] Thresholds = [0.1f, 0.9f, 0.5f, float.NaN, 0.3f];
    private static bool MatchesPattern(string pattern, string text) =>
        pattern.EndsWith('*') ? text.StartsWith(pattern[..^1], StringComparison.Ordinal) : pattern == text;

    private static readonly string[] Names = ["class 0", "class 1", "class 2", "class 3", "class 4"];

    /// <summary>What Reference/found_checkpoints.py writes.</summary>
    public sealed class Files() : ReferenceFiles("found_checkpoints.py");

    [SkippableTheory]
    [InlineData("monai", "three")]
    [InlineData("monai-one-channel", "one")]
    [InlineData("monai-ignite", "three")]
    [InlineData("monai-lightning", "three")]
    [InlineData("monai-whole", "three")]
    [InlineData("monai-script", "three")]
    [InlineData("gpleiss", "three")]
    [InlineData("chexnet", "three")]
    [InlineData("head-output", "three")]
    [InlineData("head-deep", "three")]
    [InlineData("head-dropout", "three")]
    [InlineData("head-outside", "three")]
    [InlineData("head-no-bias", "no-bias")]
    [InlineData("sigmoid-whole", "three")]
    [InlineData("sigmoid-script", "three")]
    [InlineData("profiled", "three")]
    [InlineData("lightning-loss", "three")]
    [InlineData("averaged", "three")]
    [InlineData("moco", "three")]
    [InlineData("xrv-whole", "three")]
    [InlineData("xrv-state", "three")]
    [InlineData("xrv-list", "three")]
    [InlineData("xrv-attribute", "three")]
    [InlineData("rezipped-stored", "three")]
    [InlineData("same-in-a-row", "three")]
    [InlineData("same-around", "three")]
    [InlineData("same-trace", "three")]
    [InlineData("same-script", "three")]
    [InlineData("same-epsilon", "epsilon")]
    [InlineData("code-script", "three")]
    [InlineData("counters", "three")]
    [InlineData("beside-average", "three")]
    public void It_opens_with_the_logits_that_PyTorch_gives_the_same_tensors(string name, string expected)
    {
        using var engine = FusedDenseNet.Load(files[$"{name}.pth"]);
        using var reference = Checkpoint.Open(files[$"{expected}.expected.pth"]);

        var logits = Logits.Of(engine, reference.Tensors["images"].ToSingleArray(), 2, 40, 33);

        logits.ShouldBe(Doubles(reference, "logits"));
    }

    [SkippableTheory]
    [InlineData("monai")]
    [InlineData("gpleiss")]
    [InlineData("head-deep")]
    [InlineData("head-no-bias")]
    [InlineData("profiled")]
    [InlineData("moco")]
    public void Rewritten_it_has_torchvisions_keys_and_no_others(string name)
    {
        using var checkpoint = Checkpoint.Open(files[$"{name}.pth"]);

        DenseNetKeys.Standardize(checkpoint).Tensors.Keys.Should().BeEquivalentTo(
            DenseNetSpec.Infer(checkpoint).StateDict.Select(entry => entry.Name));
    }

    [SkippableTheory]
    [InlineData("headless", "It has no classifier; its features are those of a DenseNet without a name")]
    [InlineData("weight-norm", "Its head is kept by weight normalisation (classifier.weight_g; ")]
    [InlineData("spectral-norm", "Its head is kept by spectral normalisation (classifier.weight_u; ")]
    [InlineData("parametrized", "Its head is kept by a parametrization (classifier.parametrizations.")]
    [InlineData("pruned", "Its head is kept by pruning (classifier.weight_mask; ")]
    [InlineData("arcface", "Its head metric_fc compares by angles")]
    public void Without_a_classifier_that_is_one_layer_it_gives_its_features(string name, string reason)
    {
        using var engine = FusedDenseNet.Load(files[$"{name}.pth"]);
        using var reference = Checkpoint.Open(files["three.expected.pth"]);
        using var checkpoint = Checkpoint.Open(files[$"{name}.pth"]);
        var images = reference.Tensors["images"].ToSingleArray();
        var features = new float[2 * engine.FeatureCount];

        engine.PredictFeatures(images, 2, (40, 33), features);

        features.ShouldBe(Doubles(reference, "features"));
        engine.NumClasses.Should().Be(0);
        engine.Invoking(it => it.Predict(images, 2, (40, 33), [])).Should().Throw<InvalidOperationException>().WithMessage("*no classifier*");
        FluentActions.Invoking(() => DescribedCheckpoint.Of(checkpoint)).Should().Throw<InvalidDataException>().WithMessage($"*{reason}*densenet features*");
    }

    [SkippableTheory]
    [InlineData("mean-std", "mean", "std")]
    [InlineData("temperature", "temperature")]
    public void What_may_change_its_results_is_refused_by_name_and_left_out_where_that_is_asked_for(string name, params string[] keys)
    {
        using var reference = Checkpoint.Open(files["three.expected.pth"]);
        var load = () => FusedDenseNet.Load(files[$"{name}.pth"]);

        load.Should().Throw<CheckpointMismatchException>().Which.Match.Unexpected.Should().Equal(keys);

        using var engine = FusedDenseNet.Load(files[$"{name}.pth"], new() { Strict = false });
        Logits.Of(engine, reference.Tensors["images"].ToSingleArray(), 2, 40, 33).ShouldBe(Doubles(reference, "logits"));
    }

    [SkippableTheory]
    [InlineData("otherwise-no-relu", "the outermost module, a Sequential without the ReLU that DenseNet has after 0")]
    [InlineData("otherwise-max", "2, an AdaptiveMaxPool2d before the classifier, where DenseNet has none")]
    [InlineData("otherwise-no-pool", "features.pool0, an Identity where DenseNet has a MaxPool2d")]
    [InlineData("otherwise-stride", "features.conv0, whose stride is 1 where DenseNet has 2")]
    [InlineData("otherwise-leaky", "features.denseblock1.denselayer2.relu2, a LeakyReLU where DenseNet has a ReLU")]
    [InlineData("otherwise-softmin", "classifier.1, a Softmin after the classifier, where DenseNet has none")]
    [InlineData("otherwise-relu", "after, a ReLU after the classifier, where DenseNet has none")]
    [InlineData("otherwise-unsaved", "mean, a buffer that is no part of the state dict")]
    [InlineData("otherwise-normalize", "0, torchvision's Normalize, which changes images before the network sees them")]
    [InlineData("otherwise-pool-first", "0, an AvgPool2d before the classifier, where DenseNet has none")]
    [InlineData("otherwise-sigmoid-first", "classifier.0, a Sigmoid before the classifier, where DenseNet has none")]
    [InlineData("otherwise-sigmoid-twice", "0.classifier.1, a Sigmoid after the classifier, where DenseNet has none")]
    [InlineData("otherwise-softmax-rows", "1, a Softmax after the classifier, where DenseNet has none")]
    [InlineData("otherwise-reflect", "features.denseblock1.denselayer1.conv2, whose padding_mode is reflect where DenseNet has zeros")]
    [InlineData("otherwise-ceil", "features.pool0, whose ceil_mode is True where DenseNet has False")]
    [InlineData("otherwise-script-normalize", "0, torchvision's Normalize, which changes images before the network sees them", "0, whose code calls normalize")]
    [InlineData("otherwise-script-resize", "0, torchvision's Resize, which changes images before the network sees them", "0, whose code calls *")]
    [InlineData("otherwise-script-order", "the outermost module, whose code calls *")]
    [InlineData("otherwise-script-bgr", "the outermost module, whose code calls *")]
    [InlineData("otherwise-trace-order", "the outermost module, whose code calls *")]
    [InlineData("otherwise-trace-cut", "the outermost module, whose code calls slice")]
    [InlineData("otherwise-trace-flip", "the outermost module, whose code calls flip")]
    [InlineData("otherwise-script", "the outermost module, whose code calls div, mul, sub")]
    [InlineData("otherwise-trace", "the outermost module, whose code calls div, mul, sub")]
    public void A_module_that_computes_otherwise_with_the_same_tensors_is_refused_by_name(string name, params string[] modules)
    {
        using var reference = Checkpoint.Open(files["three.expected.pth"]);
        var load = () => FusedDenseNet.Load(files[$"{name}.pth"]);

        load.Should().Throw<CheckpointMismatchException>().Which.Match.UnexpectedModules
            .Should().HaveSameCount(modules).And.AllSatisfy(found => modules.Should().Contain(module => MatchesPattern(module, found)));

        using var engine = FusedDenseNet.Load(files[$"{name}.pth"], new() { Strict = false });
        Logits.Of(engine, reference.Tensors["images"].ToSingleArray(), 2, 40, 33).ShouldBe(Doubles(reference, "logits"));
    }

    [SkippableFact]
    public void Where_the_head_alone_computes_otherwise_the_features_open()
    {
        foreach (var name in new[] { "otherwise-tanh", "convolution" })
        {
            using var checkpoint = Checkpoint.Open(files[$"{name}.pth"]);
            using var reference = Checkpoint.Open(files["three.expected.pth"]);
            FluentActions.Invoking(() => FusedDenseNet.Load(checkpoint).Predict([], 1, 40, [])).Should().Throw<Exception>();
            using var engine = FusedDenseNet.Load(checkpoint, new() { Spec = DescribedCheckpoint.Of(checkpoint, featuresOnly: true).Spec });
            var features = new float[2 * engine.FeatureCount];

            engine.PredictFeatures(reference.Tensors["images"].ToSingleArray(), 2, (40, 33), features);

            features.ShouldBe(Doubles(reference, "features"));
        }
    }

    [SkippableTheory]
    [InlineData("task-text", "the file's 'task'")]
    [InlineData("task-settings", "the file's 'hyper_parameters.task'")]
    [InlineData("task-thresholds", "the file's thresholds")]
    public void A_task_that_a_script_wrote_down_is_taken_and_said(string name, string source)
    {
        using var checkpoint = Checkpoint.Open(files[$"{name}.pth"]);

        var described = DescribedCheckpoint.Of(checkpoint);

        (described.Task, described.TaskSource).Should().Be((ClassificationTask.Multilabel, source));
        described.Remarks.Should().Contain($"task multilabel from {source}");
        (described.Thresholds is not null).Should().Be(name == "task-thresholds");
    }

    [SkippableTheory]
    [InlineData("beside-loss")]
    [InlineData("beside-average", "the file's 'state_dict_ema' holds tensors of a network too, which are left out")]
    [InlineData("beside-temperature", "the file's 'temperature' (1.5) is not used", "the file's tensor 'std' is not used")]
    [InlineData("names-gap", "the file's 'class_to_idx' has no name for the index 0: left out")]
    [InlineData("names-two-orders", "class names from the file's 'classes'",
        "the file's 'class_to_idx' has other names, or another order, than the file's 'classes': left out")]
    [InlineData("xrv-too-few", "task multilabel from the file's op_threshs",
        "the file has 2 thresholds where the network has 5 classes: left out, 0.5 is each class's")]
    public void What_of_a_file_is_not_used_is_said(string name, params string[] remarks)
    {
        using var checkpoint = Checkpoint.Open(files[$"{name}.pth"]);

        DescribedCheckpoint.Of(checkpoint).Remarks.Should().Equal(remarks);
    }

    [SkippableFact]
    public void Raw_values_of_a_module_that_ends_in_a_sigmoid_are_those_before_it_and_that_is_said()
    {
        using var checkpoint = Checkpoint.Open(files["sigmoid-sequential.pth"]);

        DescribedCheckpoint.Of(checkpoint, ClassificationTask.None).Remarks.Should().Equal("the values are those before the file's module 1, a Sigmoid");
    }

    [SkippableTheory]
    [InlineData("siamese", "It holds several networks, under 'left.' and 'right.'; save the state dict of the one that is meant.")]
    [InlineData("three-dimensions", "in three dimensions")]
    [InlineData("cifar-unknown", "whether a layer puts its new channels before or after the old ones, its shapes do not tell")]
    [InlineData("small-stem", "It has features.norm0.weight, which no DenseNet of its size has")]
    [InlineData("pruned-convolution", "Its weights are kept by pruning (features.conv0.weight_mask)")]
    [InlineData("two-prefixes", "It holds several networks, under 'model.' and 'model_ema.'")]
    public void A_network_that_is_not_built_is_refused_by_what_it_is(string name, string named)
    {
        using var checkpoint = Checkpoint.Open(files[$"{name}.pth"]);

        FluentActions.Invoking(() => DescribedCheckpoint.Of(checkpoint)).Should().Throw<InvalidDataException>().WithMessage($"*{named}*");
        FluentActions.Invoking(() => DenseNetSpec.InferFeatures(checkpoint)).Should().Throw<InvalidDataException>().WithMessage($"*{named}*");
    }

    [SkippableTheory]
    [InlineData("teacher-student", "several networks, under 'teacher', 'student'; save the one that is meant")]
    [InlineData("quantized-state", "quantised")]
    [InlineData("quantized-whole", "quantised")]
    [InlineData("quantized-script", "quantised")]
    [InlineData("frozen", "torch.jit.freeze")]
    [InlineData("gzip", "gzip; unpack it first")]
    [InlineData("loose", "data.pkl of an unpacked PyTorch archive")]
    [InlineData("dumped", "pickle.dump")]
    [InlineData("rezipped", "zip -0 -r")]
    [InlineData("rezipped-flat", "pack the folder itself")]
    [InlineData("rezipped-deep", "pack that folder alone")]
    [InlineData("in-zip", "holds model/best.pth; unpack it first")]
    [InlineData("keras", "Keras 3 archive")]
    [InlineData("h5", "Keras's .h5")]
    [InlineData("t7", "Lua Torch's .t7")]
    [InlineData("onnx", "ONNX graph")]
    public void A_file_that_is_not_for_us_is_named_with_what_to_do(string name, string named) =>
        FluentActions.Invoking(() => Checkpoint.Open(files[$"{name}.pth"])).Should().Throw<CheckpointFormatException>()
            .Which.Message.Should().Contain(named);

    [SkippableTheory]
    [InlineData("names-list", "class names from the file's 'class_names'")]
    [InlineData("names-tuple", "class names from the file's 'classes'")]
    [InlineData("names-to-index", "class names from the file's 'class_to_idx'")]
    [InlineData("names-by-index", "class names from the file's 'idx_to_class'")]
    [InlineData("names-numpy", "class names from the file's 'classes'")]
    [InlineData("names-objects", "class names from the file's 'classes'")]
    [InlineData("names-by-text", "class names from the file's 'idx_to_class'")]
    [InlineData("names-hyper", "class names from the file's 'hyper_parameters.classes'")]
    public void Class_names_in_the_file_are_used_and_said(string name, string remark)
    {
        using var checkpoint = Checkpoint.Open(files[$"{name}.pth"]);

        var described = DescribedCheckpoint.Of(checkpoint);

        described.Labels.Should().Equal(Names);
        described.Remarks.Should().Equal(remark);
        described.Task.Should().Be(ClassificationTask.Multiclass);
    }

    [SkippableFact]
    public void Class_names_of_another_number_are_left_out_and_that_is_said()
    {
        using var checkpoint = Checkpoint.Open(files["names-too-few.pth"]);

        var described = DescribedCheckpoint.Of(checkpoint);

        described.Labels.Should().BeNull();
        described.Remarks.Should().Equal("the file's 'classes' has 3 names where the network has 5 classes: left out");
    }

    [SkippableTheory]
    [InlineData("xrv-whole", "op_threshs")]
    [InlineData("xrv-state", "op_threshs")]
    [InlineData("xrv-list", "op_threshs")]
    [InlineData("xrv-attribute", "op_threshs")]
    [InlineData("xrv-numpy", "op_threshs")]
    [InlineData("xrv-tensor", "op_threshs")]
    [InlineData("xrv-none", "op_threshs")]
    [InlineData("xrv-settings", "op_threshs")]
    [InlineData("code-script", "the file's code, which calls sigmoid")]
    [InlineData("code-trace", "the file's code, which calls sigmoid")]
    [InlineData("sigmoid-whole", "densenet121.classifier.1, a Sigmoid")]
    [InlineData("sigmoid-script", "densenet121.classifier.1, a Sigmoid")]
    [InlineData("sigmoid-sequential", "the file's module 1, a Sigmoid")]
    public void A_file_that_was_trained_with_sigmoids_says_so(string name, string source)
    {
        using var classifier = ImageClassifier.Load(files[$"{name}.pth"]);
        using var checkpoint = Checkpoint.Open(files[$"{name}.pth"]);

        classifier.Task.Should().Be(ClassificationTask.Multilabel);
        DescribedCheckpoint.Of(checkpoint).TaskSource.Should().EndWith(source);
        DescribedCheckpoint.Of(checkpoint, ClassificationTask.Multiclass).Task.Should().Be(ClassificationTask.Multiclass, "the caller knows better");
        if (source == "op_threshs")
        {
            classifier.Thresholds.Should().Equal(Thresholds, (a, b) => a.Equals(b));
        }
    }

    [SkippableFact]
    public void A_caller_who_knows_that_findings_do_not_exclude_each_other_gets_a_sigmoid_each()
    {
        using var classifier = ImageClassifier.Load(files["chexnet.pth"], task: ClassificationTask.Multilabel);
        var result = classifier.Classify(new Images.RgbImage(40, 40, new byte[3 * 40 * 40]));

        result.Probabilities.Should().Equal(result.Logits.Select(value => (float)(1 / (1 + Math.Exp(-value)))), (a, b) => Math.Abs(a - b) < 1e-6f);
    }

    [SkippableFact]
    public void A_run_json_counts_before_the_file_and_the_caller_before_both()
    {
        using var folder = new TemporaryFolder();
        File.Copy(files["xrv-state.pth"], folder.File("best.pth"));
        File.WriteAllText(folder.File("config.json"), """{"id2label": {"0": "a", "1": "b", "2": "c", "3": "d", "4": "e"}}""");
        using (var bare = ImageClassifier.Load(folder.File("best.pth")))
        {
            (bare.Task, bare.Labels![4]).Should().Be((ClassificationTask.Multilabel, "e"));
        }

        new RunDescription { Task = ClassificationTask.Multiclass, ClassNames = Names, Preset = Images.ImagePreset.TorchvisionImageNet }
            .Save(folder.File(RunDescription.FileName));

        using var described = ImageClassifier.Load(folder.File("best.pth"));
        using var told = ImageClassifier.Load(folder.File("best.pth"), task: ClassificationTask.None);

        (described.Task, described.Thresholds, described.Labels![4]).Should().Be((ClassificationTask.Multiclass, null, "class 4"));
        told.Task.Should().Be(ClassificationTask.None);
    }

    [SkippableFact]
    public void One_output_is_a_sigmoids_unless_the_task_says_otherwise()
    {
        var image = new Images.RgbImage(40, 40, new byte[3 * 40 * 40]);
        using var classifier = ImageClassifier.Load(files["one-output.pth"]);
        using var raw = ImageClassifier.Load(files["one-output.pth"], task: ClassificationTask.None);
        using var certain = ImageClassifier.Load(files["one-output.pth"], task: ClassificationTask.Multiclass);

        var value = raw.Classify(image).Logits[0];

        classifier.Classify(image).Probabilities.Should().ContainSingle().Which.Should().BeApproximately((float)(1 / (1 + Math.Exp(-value))), 1e-6f);
        certain.Classify(image).Probabilities.Should().Equal(1);
        raw.Invoking(it => it.Classify(image).Top(1)).Should().Throw<InvalidOperationException>();
    }

    private static double[] Doubles(Checkpoint file, string name) => [.. file.Tensors[name].ToSingleArray().Select(value => (double)value)];
}
