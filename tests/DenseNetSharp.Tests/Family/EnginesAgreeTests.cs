using DenseNetSharp.Architectures;
using DenseNetSharp.Explanations;
using DenseNetSharp.Inference;
using static TorchSharp.torch;

namespace DenseNetSharp.Tests.Family;

/// <summary>A network's own checkpoint is all that the fused engine needs to compute what the network computes on libtorch.</summary>
public sealed class EnginesAgreeTests(FamilyReference reference) : IClassFixture<FamilyReference>
{
    private const double Tolerance = 2e-5;

    [SkippableTheory]
    [MemberData(nameof(FamilyNetworks.All), MemberType = typeof(FamilyNetworks))]
    public void A_checkpoint_tells_the_other_engine_which_network_it_is_and_both_agree(string name)
    {
        using var model = reference.Load(name);
        using var folder = new TemporaryFolder();
        foreach (var file in new[] { "network.pth", "network.safetensors" })
        {
            model.SaveCheckpoint(folder.File(file));
            using var engine = FusedDenseNet.Load(folder.File(file));

            Compare(model, engine);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(FamilyNetworks.All), MemberType = typeof(FamilyNetworks))]
    public void Both_give_the_same_class_activation_map_or_the_same_reason_for_none(string name)
    {
        using var model = reference.Load(name);
        using var checkpoint = model.ToCheckpoint();
        using var engine = FusedDenseNet.Load(checkpoint);
        using var images = randn(1, model.Spec.InputChannels, 65, 47);
        var pixels = images.data<float>().ToArray();
        var index = Math.Max(model.Spec.NumClasses - 1, 0);

        try
        {
            var expected = model.Explain(pixels, (65, 47), index, ExplanationMethod.ClassActivation);

            var found = engine.Explain(pixels, (65, 47), index);

            (found.Height, found.Width).Should().Be((expected.Height, expected.Width));
            found.Values.Zip(expected.Values, (a, b) => Math.Abs((double)a - b)).Max().Should()
                .BeLessThanOrEqualTo(1e-4 * expected.Values.Max(Math.Abs));
        }
        catch (NotSupportedException exception)
        {
            engine.Invoking(fused => fused.Explain(pixels, (65, 47), index)).Should().Throw<NotSupportedException>().WithMessage(exception.Message);
            (model.Spec.Head.Any(layer => layer.Kind is HeadLayerKind.ReLU or HeadLayerKind.Tanh or HeadLayerKind.Silu or HeadLayerKind.Gelu
                or HeadLayerKind.Sigmoid or HeadLayerKind.LeakyReLU or HeadLayerKind.Elu)
                || model.Spec.Pooling != GlobalPooling.Average || model.Spec.NumClasses == 0).Should().BeTrue();
        }
    }

    [SkippableFact]
    public void The_fused_engine_says_what_takes_libtorch()
    {
        using var model = reference.Load("densenet-40-12");
        using var checkpoint = model.ToCheckpoint();
        using var engine = FusedDenseNet.Load(checkpoint);
        var pixels = new float[3 * 32 * 32];

        Refused(() => engine.Explain(pixels, 32, 0, ExplanationMethod.GradCam));
        Refused(() => engine.Explain(pixels, 32, 0, layer: "features.denseblock1"));
        engine.Invoking(fused => fused.Explain(pixels, 32, 10)).Should().Throw<ArgumentException>().WithMessage("There is no class 10: *");

        static void Refused(Action explain) =>
            explain.Should().Throw<NotSupportedException>().WithMessage("The fused engine computes no gradients: *libtorch.");
    }

    private static void Compare(DenseNet model, FusedDenseNet engine)
    {
        var (spec, size) = (model.Spec, (Height: 47, Width: 65));
        engine.Spec.StateDict.Should().Equal(spec.StateDict);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var images = randn(3, spec.InputChannels, size.Height, size.Width);
        var pixels = images.data<float>().ToArray();
        var maps = spec.FeatureMapSize(size.Height, size.Width);
        var found = new float[3 * Math.Max(spec.NumClasses, 1) * spec.PooledFeatureCount * maps.Height * maps.Width];
        var expected = model.call(images);
        if (spec.NumClasses > 0)
        {
            engine.Predict(pixels, 3, size, found = found[..(3 * spec.NumClasses)]);
        }
        else if (spec.Pooling == GlobalPooling.None)
        {
            engine.PredictMaps(pixels, 3, size, found = found[..(3 * spec.FeatureCount * maps.Height * maps.Width)]);
        }
        else
        {
            engine.PredictFeatures(pixels, 3, size, found = found[..(3 * spec.PooledFeatureCount)]);
        }

        var values = expected.contiguous().data<float>().ToArray();
        found.Should().HaveSameCount(values);
        found.Zip(values, (a, b) => Math.Abs((double)a - b)).Max().Should().BeLessThanOrEqualTo(Tolerance * Math.Max(1, values.Max(Math.Abs)));
    }
}
