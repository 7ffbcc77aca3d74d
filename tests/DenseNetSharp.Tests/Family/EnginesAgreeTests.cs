using DenseNetSharp.Architectures;
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
