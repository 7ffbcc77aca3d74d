using DenseNetSharp.Classification;
using DenseNetSharp.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace DenseNetSharp.Tests;

public sealed class PredictionTests
{
    [Fact]
    public void Predict_gives_the_forward_passs_logits_to_the_bit()
    {
        using var model = Networks.Create("tiny");
        model.eval();
        var pixels = Pixels(3 * 3 * 64 * 50);
        float[] expected;
        using (no_grad())
        {
            using var x = tensor(pixels, [3, 3, 64, 50]);
            using var logits = model.call(x);
            expected = logits.data<float>().ToArray();
        }

        var actual = new float[3 * 7];
        model.Predict(pixels, 3, (64, 50), actual);

        actual.Should().Equal(expected);
    }

    [Fact]
    public void Predict_switches_a_network_in_training_to_evaluation_and_moves_no_statistics()
    {
        using var model = Networks.Create("tiny");
        model.train();
        var before = model.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value.bytes.ToArray());

        model.Predict(Pixels(3 * 32 * 32), 1, 32, new float[7]);

        model.training.Should().BeFalse();
        foreach (var (key, value) in model.state_dict())
        {
            value.bytes.ToArray().Should().Equal(before[key], key);
        }
    }

    [Fact]
    public void A_device_without_memory_names_the_batch_and_what_helps()
    {
        using var model = Networks.Create("tiny");
        // No machine has a petabyte: libtorch's own failure.
        using var hook = new Hook(model.Features.register_forward_hook((_, _, output) =>
        {
            empty([1L << 50], dtype: ScalarType.Float32).Dispose();
            return output;
        }).remove);

        model.Invoking(network => network.Predict(Pixels(5 * 3 * 40 * 40), 5, 40, new float[5 * 7])).Should().Throw<InsufficientMemoryException>()
            .WithMessage("cpu has not enough memory for a batch of 5 images of 40x40: take smaller batches or smaller images*");
        model.Invoking(network => network.Predict(Pixels(3 * 40 * 40), 1, 40, new float[7])).Should().Throw<InsufficientMemoryException>()
            .WithMessage("cpu has not enough memory for a batch of 1 image of 40x40: take smaller images*");
    }

    [Fact]
    public void Predict_on_other_weights_takes_and_gives_single_precision_all_the_same()
    {
        using var model = Networks.Create("tiny");
        model.eval();
        var pixels = Pixels(3 * 40 * 40);
        var single = new float[7];
        model.Predict(pixels, 1, 40, single);
        model.to(ScalarType.Float64);
        var wide = new float[7];

        model.Predict(pixels, 1, 40, wide);

        wide.Zip(single, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-5f).And.BeGreaterThan(0);
    }

    [Fact]
    public void What_does_not_fit_is_refused_before_anything_is_computed()
    {
        using var model = Networks.Create("tiny");
        var untouched = new float[7];

        Action images = () => model.Predict(new float[10], 1, 32, untouched);
        Action logits = () => model.Predict(new float[2 * 3 * 32 * 32], 2, 32, untouched);
        Action size = () => model.Predict(new float[3 * 28 * 32], 1, (28, 32), untouched);
        Action none = () => model.Predict([], 0, 32, untouched);

        images.Should().Throw<ArgumentException>().WithMessage("*[1, 3, 32, 32] are 3072 values, but there are 10*");
        logits.Should().Throw<ArgumentException>().WithMessage("*2 images are 14 values*holds 7*");
        size.Should().Throw<ArgumentException>().WithMessage("*at least 29x29, but got 28x32*");
        none.Should().Throw<ArgumentException>().WithMessage("*n*1*");
        untouched.Should().OnlyContain(value => value == 0);
    }

    [Fact]
    public void A_classifier_runs_on_a_DenseNet()
    {
        using var model = Networks.Create("tiny");
        var classifier = new ImageClassifier(model, ImagePreset.TorchvisionImageNet with { ResizeSize = 40, CropSize = 36 });

        var result = classifier.Classify(new RgbImage(50, 60, new byte[3 * 50 * 60]));

        result.Probabilities.Should().HaveCount(7);
        result.Probabilities.Sum().Should().BeApproximately(1, 1e-5f);
    }

    private static float[] Pixels(int count)
    {
        var random = new Random(2);
        return Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() * 4 - 2)).ToArray();
    }
}
