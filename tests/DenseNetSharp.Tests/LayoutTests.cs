using DenseNetSharp.Explanations;
using DenseNetSharp.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace DenseNetSharp.Tests;

public sealed class LayoutTests(ForwardParityTests.Reference reference) : IClassFixture<ForwardParityTests.Reference>
{
    /// <summary>How far other kernels may move a number, against the largest.</summary>
    private const double Tolerance = 1e-5;

    [SkippableTheory]
    [InlineData("densenet121", 1, 97)]
    [InlineData("densenet121", 3, 97)]
    [InlineData("tiny", 1, 224)]
    [InlineData("tiny", 3, 97)]
    public void Logits_with_the_channels_last_are_torchvisions(string name, int batch, int size)
    {
        using var model = Load(name).ToChannelsLast();
        using var torchvision = new ScriptedNetwork(reference[$"{name}.pt"]);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var x = Images(batch, size);

        var logits = model.call(x);

        Near(logits, torchvision.Call(x), "the logits");
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gradients_and_running_statistics_with_the_channels_last_are_torchvisions(bool memoryEfficient)
    {
        // In doubles: a norm's gradient is what is left of sums that cancel.
        using var model = Load("tiny", memoryEfficient).ToChannelsLast().to(ScalarType.Float64);
        using var torchvision = new ScriptedNetwork(reference["tiny.pt"], ScalarType.Float64);
        using var scope = NewDisposeScope();
        var x = Images(3, 97).to(ScalarType.Float64);
        var labels = tensor(new long[] { 1, 5, 3 });
        model.train();
        torchvision.Train();

        nn.functional.cross_entropy(model.call(x), labels).backward();
        nn.functional.cross_entropy(torchvision.Call(x), labels).backward();

        var gradients = model.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.grad!);
        foreach (var (key, parameter) in torchvision.Parameters)
        {
            Near(gradients[key], parameter.grad!, $"{key}'s gradient");
        }

        foreach (var (key, tensor) in torchvision.State.Where(entry => entry.Key.Contains("running", StringComparison.Ordinal)))
        {
            Near(model.state_dict()[key], tensor, key);
        }
    }

    [Fact]
    public void Weights_and_maps_lie_with_their_channels_last_and_images_may_come_in_either_layout()
    {
        using var model = Networks.Create("tiny").ToChannelsLast();
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        model.eval();
        var x = randn(2, 3, 65, 47);
        var laidOut = x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);

        var maps = model.FeaturePyramid(x);

        model.IsChannelsLast.Should().BeTrue();
        model.parameters().Where(parameter => parameter.dim() == 4).Should()
            .OnlyContain(parameter => parameter.stride(1) == 1 && parameter.requires_grad && parameter.is_leaf);
        maps.Append(model.ForwardFeatures(x)).Should().OnlyContain(map => map.stride(1) == 1);
        model.call(laidOut).ShouldHaveBitsOf(model.call(x), "the logits");
        x.stride().Should().Equal(randn(2, 3, 65, 47).stride());
    }

    [Fact]
    public void Files_are_the_same_in_either_layout_and_load_into_either()
    {
        using var plain = Networks.Create("tiny");
        using var model = new DenseNet(Networks.Tiny).ToChannelsLast();
        using var folder = new TemporaryFolder();
        plain.SaveCheckpoint(folder.File("plain.safetensors"));

        model.LoadCheckpoint(folder.File("plain.safetensors"));
        model.SaveCheckpoint(folder.File("last.safetensors"));

        File.ReadAllBytes(folder.File("last.safetensors")).Should().Equal(File.ReadAllBytes(folder.File("plain.safetensors")));
        model.FirstWeight.stride(1).Should().Be(1);
    }

    [Fact]
    public void TorchSharps_own_files_are_the_same_in_either_layout()
    {
        using var plain = Networks.Create("tiny");
        using var model = new DenseNet(Networks.Tiny).ToChannelsLast();
        using var folder = new TemporaryFolder();
        plain.save(folder.File("plain.dat"));

        model.load(folder.File("plain.dat"));
        model.save(folder.File("last.dat"));

        File.ReadAllBytes(folder.File("last.dat")).Should().Equal(File.ReadAllBytes(folder.File("plain.dat")));
        model.FirstWeight.stride(1).Should().Be(1);
        using var expected = plain.ToCheckpoint();
        model.StateShouldBe(expected);
    }

    [Fact]
    public void An_optimizer_that_was_made_before_trains_the_weights_where_they_lie_now()
    {
        using var model = Networks.Create("tiny");
        using var optimizer = ForeachOptimizers.Sgd(model.parameters(), 0.1, momentum: 0.9);
        using var average = new WeightAverage(model.ToChannelsLast(), 0);
        using var before = model.ToCheckpoint();
        var trainer = new Trainer(model, optimizer);
        trainer.EnterTraining();
        using var images = randn(4, 3, 40, 40);
        using var labels = tensor(new long[] { 0, 1, 2, 3 });

        float[] losses = [.. Enumerable.Range(0, 4).Select(_ => trainer.Train(images, labels))];
        average.Update(model);

        losses[^1].Should().BeLessThan(losses[0]);
        model.FirstWeight.stride(1).Should().Be(1);
        average.Model.IsChannelsLast.Should().BeTrue();
        average.Model.FirstWeight.ShouldHaveBitsOf(model.FirstWeight, "the average's weight");
        before.Tensors["features.conv0.weight"].ToTensor().HasBitsOf(model.FirstWeight).Should().BeFalse();
    }

    [Fact]
    public void A_heat_map_and_a_prediction_are_near_those_of_the_plain_layout()
    {
        using var model = Networks.Create("tiny");
        model.eval();
        var pixels = randn(3 * 65 * 47).data<float>().ToArray();
        var (plain, last) = (new float[7], new float[7]);
        model.Predict(pixels, 1, (65, 47), plain);
        var plainMap = model.Explain(pixels, (65, 47), 2, ExplanationMethod.GradCam, "features.denseblock2");

        model.ToChannelsLast().Predict(pixels, 1, (65, 47), last);
        var lastMap = model.Explain(pixels, (65, 47), 2, ExplanationMethod.GradCam, "features.denseblock2");

        Distance(last, plain).Should().BeLessThan(Tolerance);
        Distance([.. lastMap.Values], [.. plainMap.Values]).Should().BeLessThan(10 * Tolerance);
    }

    [Fact]
    public void An_option_lays_a_network_out_where_it_is_made_and_a_type_or_a_classifier_changes_nothing_of_it()
    {
        using var model = DenseNetFactory.Create("densenet-bc-100-12", options: new() { ChannelsLast = true });
        using var plain = DenseNetFactory.Create("densenet-bc-100-12", options: new() { Device = CPU });

        model.ReplaceClassifier(3).to(ScalarType.Float64);

        model.IsChannelsLast.Should().BeTrue();
        model.FirstWeight.stride(1).Should().Be(1);
        plain.IsChannelsLast.Should().BeFalse();
    }

    [Fact]
    public void The_layout_does_not_change_in_the_middle_of_a_forward_pass()
    {
        using var model = Networks.Create("tiny");
        model.eval();
        using var x = randn(1, 3, 40, 40);
        using var hook = new Hook(model.Features.register_forward_hook((_, _, output) =>
        {
            model.ToChannelsLast();
            return output;
        }).remove);

        model.Invoking(network => network.call(x)).Should().Throw<InvalidOperationException>();

        model.IsChannelsLast.Should().BeFalse();
    }

    private static Tensor Images(int batch, int size)
    {
        manual_seed(batch + size);
        return randn(batch, 3, size, size);
    }

    private static double Distance(float[] actual, float[] expected) =>
        actual.Zip(expected, (a, b) => Math.Abs((double)a - b)).Max() / expected.Max(value => Math.Abs((double)value));

    private static void Near(Tensor actual, Tensor expected, string what)
    {
        using var scope = NewDisposeScope();
        actual.shape.Should().Equal(expected.shape);
        var distance = actual.detach().sub(expected.detach()).abs().max().to(ScalarType.Float64).item<double>()
            / expected.detach().abs().max().to(ScalarType.Float64).item<double>();
        distance.Should().BeLessThan(actual.dtype == ScalarType.Float64 ? 1e-9 : Tolerance, "{0} is torchvision's", what);
    }

    private DenseNet Load(string name, bool memoryEfficient = false)
    {
        set_num_threads(Expectations.Threads);
        var model = Networks.Create(name, memoryEfficient);
        model.LoadCheckpoint(reference[$"{name}.pth"]);
        model.eval();
        return model;
    }
}
