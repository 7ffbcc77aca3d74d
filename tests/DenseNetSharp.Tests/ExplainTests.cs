using DenseNetSharp.Checkpoints;
using DenseNetSharp.Explanations;
using TorchSharp;
using static TorchSharp.torch;

namespace DenseNetSharp.Tests;

public sealed class ExplainTests(ExplainReference reference) : IClassFixture<ExplainReference>
{
    private const double Tolerance = 1e-4;

    // Here sums cancel so far that PyTorch's own float32 is a thousandth from its float64.
    private static readonly string[] _illConditioned = ["gradcam++ features.norm0", "features.denseblock2.denselayer7.conv2"];

    private static readonly int[] _classes = [1, 5, 3];

    public static TheoryData<string, string> Networks => new()
    {
        { "tiny", "evaluation" },
        { "tiny", "frozen" },
        { "tiny", "memory-efficient" },
        { "tiny", "training" },
        { "tiny", "memory-efficient training" },
        { "tiny", "inference mode" },
        { "tiny", "float64" },
        { "densenet121", "evaluation" },
        { "densenet121", "float64" },
        { "densenet121", "frozen memory-efficient training" },
    };

    [SkippableTheory]
    [MemberData(nameof(Networks))]
    public void Heat_maps_are_those_that_PyTorch_computes_and_the_network_stays_as_it_was(string name, string state)
    {
        using var expected = Checkpoint.Open(reference[$"{name}-maps.pth"]);
        using var model = Load(name, state);
        using var before = model.ToCheckpoint();
        using var images = Images(expected);
        using var x = state == "float64" ? images.to(ScalarType.Float64) : images.clone();
        using var mode = inference_mode(state == "inference mode");

        foreach (var (key, want) in expected.Tensors.Where(entry => entry.Key.Contains("cam", StringComparison.Ordinal)))
        {
            if (state != "float64" && Array.Exists(_illConditioned, key.EndsWith))
            {
                continue;
            }

            var (method, layer) = (key[..key.IndexOf(' ', StringComparison.Ordinal)], key[(key.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
            using var maps = model.Explain(x, _classes, MethodOf(method), layer.Length == 0 ? null : layer);
            using var theirs = want.ToTensor();

            ShouldBe(maps, theirs, $"{key} of {name}, {state}", state == "float64" ? 1e-6 : Tolerance);
        }

        model.StateShouldBe(before);
        model.parameters().All(parameter => parameter.grad is null).Should().BeTrue("gradients are not touched");
        model.NamedModules().Select(entry => entry.Module.training).Should().AllBeEquivalentTo(state.Contains("training", StringComparison.Ordinal));
    }

    [SkippableFact]
    public void Each_module_is_in_its_own_mode_afterwards()
    {
        using var model = Load("tiny", "training");
        using var x = randn(1, 3, 64, 64);
        model.Features.named_children().First(child => child.name == "norm0").module.eval();
        var modes = model.NamedModules().Select(entry => entry.Module.training).ToArray();

        model.Explain(x, [2], ExplanationMethod.GradCam, "features.denseblock2").Dispose();

        model.NamedModules().Select(entry => entry.Module.training).Should().Equal(modes);
    }

    [SkippableFact]
    public void A_class_activation_maps_mean_and_the_bias_are_the_logit()
    {
        using var model = Load("tiny", "evaluation");
        using var expected = Checkpoint.Open(reference["tiny-maps.pth"]);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var x = Images(expected);

        var scores = model.Explain(x, _classes).mean([1, 2]) + model.Classifier.bias![tensor(_classes.Select(index => (long)index).ToArray())];

        var logits = expected.Tensors["logits"].ToTensor();
        for (var i = 0; i < _classes.Length; i++)
        {
            scores[i].item<float>().Should().BeApproximately(logits[i, _classes[i]].item<float>(), 1e-5f);
        }
    }

    [SkippableFact]
    public void Without_method_and_layer_it_is_the_class_activation_map_where_there_is_one()
    {
        using var scope = NewDisposeScope();
        using var model = Load("tiny", "evaluation");
        var x = randn(1, 3, 64, 64);

        model.Explain(x, [2]).ShouldHaveBitsOf(model.Explain(x, [2], ExplanationMethod.ClassActivation), "the map");
        model.Explain(x, [2], layer: "features.denseblock2")
            .ShouldHaveBitsOf(model.Explain(x, [2], ExplanationMethod.GradCam, "features.denseblock2"), "the map");

        model.ResetClassifier(7, Architectures.GlobalPooling.Max);
        model.Explain(x, [2]).ShouldHaveBitsOf(model.Explain(x, [2], ExplanationMethod.GradCam), "the map");
        FluentActions.Invoking(() => model.Explain(x, [2], ExplanationMethod.ClassActivation)).Should().Throw<NotSupportedException>()
            .WithMessage("The network has no class activation map (cam), for its pooling is Max; Grad-CAM (gradcam, gradcam++) takes any network.");
    }

    [SkippableFact]
    public void What_cannot_be_explained_is_refused_in_words()
    {
        using var model = Load("tiny", "evaluation");
        using var x = randn(1, 3, 64, 64);
        using var small = randn(1, 3, 8, 8);

        Refused<ArgumentException>(() => model.Explain(x, [7]), "There is no class 7: the network has 7, from 0.");
        Refused<ArgumentException>(() => model.Explain(x, [-1]), "There is no class -1: the network has 7, from 0.");
        Refused<ArgumentException>(() => model.Explain(x, [1, 2]), "There are 2 classes for 1 images; each needs one.*");
        Refused<ArgumentException>(
            () => model.Explain(x, [1], ExplanationMethod.GradCam, "features.block"), "The network has no layer 'features.block'; *");
        Refused<ArgumentException>(() => model.Explain(x, [1], layer: "classifier"), "The layer 'classifier' gives no maps *");
        Refused<ArgumentException>(
            () => model.Explain(x, [1], ExplanationMethod.ClassActivation, "features.denseblock1"),
            "A class activation map (cam) is of the last maps alone; for features.denseblock1 there is Grad-CAM (gradcam, gradcam++).");
        Refused<ArgumentException>(() => model.Explain(small, [1]), "Images must be at least *");
        model.ResetClassifier(0);
        Refused<NotSupportedException>(() => model.Explain(x, [0]), "The network has no classifier, *");

        using var logits = model.call(x);
        logits.requires_grad.Should().BeTrue("nothing has been left behind");

        static void Refused<TException>(Action explain, string message)
            where TException : Exception =>
            explain.Should().Throw<TException>().WithMessage(message);
    }

    [SkippableFact]
    public void Several_threads_may_explain_and_predict_at_once()
    {
        using var model = Load("tiny", "evaluation");
        using var expected = Checkpoint.Open(reference["tiny-maps.pth"]);
        using var x = Images(expected);
        using var theirs = expected.Tensors["gradcam features.denseblock2.denselayer2"].ToTensor();
        using var theirLogits = expected.Tensors["logits"].ToTensor();

        Parallel.For(0, 60, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            if (i % 3 == 0)
            {
                using var noGradients = no_grad();
                using var logits = model.call(x);
                ShouldBe(logits, theirLogits, "the logits");
            }
            else
            {
                using var maps = model.Explain(x, _classes, ExplanationMethod.GradCam, "features.denseblock2.denselayer2");
                ShouldBe(maps, theirs, "the maps");
            }
        });
    }

    [SkippableFact]
    public void Explaining_leaves_no_tensor_behind()
    {
        using var model = Load("tiny", "training");
        using var x = randn(2, 3, 64, 64);
        Explain();
        var before = Tensor.TotalCount;

        Explain();

        Tensor.TotalCount.Should().Be(before);

        void Explain()
        {
            foreach (var method in Enum.GetValues<ExplanationMethod>())
            {
                model.Explain(x, [1, 2], method).Dispose();
            }

            model.Explain(x, [1, 2], layer: "features.denseblock1.denselayer1.norm1").Dispose();
        }
    }

    private DenseNet Load(string name, string state)
    {
        var model = Tests.Networks.Create(name, state.Contains("memory-efficient", StringComparison.Ordinal));
        model.LoadCheckpoint(reference[$"{name}.pth"]);
        model.train(state.Contains("training", StringComparison.Ordinal));
        if (state.Contains("frozen", StringComparison.Ordinal))
        {
            foreach (var parameter in model.parameters())
            {
                parameter.requires_grad = false;
            }
        }

        if (state == "float64")
        {
            model.to(ScalarType.Float64);
        }

        return model;
    }

    private static Tensor Images(Checkpoint expected) => expected.Tensors["x"].ToTensor();

    private static ExplanationMethod MethodOf(string name) => name switch
    {
        "cam" => ExplanationMethod.ClassActivation,
        "gradcam" => ExplanationMethod.GradCam,
        _ => ExplanationMethod.GradCamPlusPlus,
    };

    /// <summary>Within a part of the largest value.</summary>
    private static void ShouldBe(Tensor found, Tensor expected, string what, double tolerance = Tolerance)
    {
        using var scope = NewDisposeScope();
        found.shape.Should().Equal(expected.shape, what);
        found.dtype.Should().Be(ScalarType.Float32);
        var largest = expected.abs().max().item<float>();
        largest.Should().BePositive(what);
        ((found.detach() - expected).abs().max().item<float>() / largest).Should().BeLessThan((float)tolerance, what);
    }
}
