using TorchSharp;
using static TorchSharp.torch;

namespace DenseNetSharp.Tests;

public sealed class DenseNetTests
{
    private static readonly string[] ClassifierKeys = ["classifier.weight", "classifier.bias"];

    public static TheoryData<long[], ScalarType, string> BadInputs => new()
    {
        { [3, 64, 64], ScalarType.Float32, "*[N, 3, H, W]*3 dimensions: [3, 64, 64]*" },
        { [1, 1, 3, 64, 64], ScalarType.Float32, "*5 dimensions*" },
        { [2, 1, 64, 64], ScalarType.Float32, "*3 channels*1 in [2, 1, 64, 64]*" },
        { [2, 3, 28, 64], ScalarType.Float32, "*29x29*28x64*" },
        { [2, 3, 64, 28], ScalarType.Float32, "*29x29*64x28*" },
        { [2, 3, 64, 64], ScalarType.Float64, "*Float32*Float64*" },
        { [2, 3, 64, 64], ScalarType.Byte, "*Float32*Byte*" },
    };

    [Theory]
    [MemberData(nameof(BadInputs))]
    public void Input_that_does_not_fit_is_refused_before_anything_runs(long[] shape, ScalarType type, string message)
    {
        using var model = Networks.Create("tiny");
        var ran = false;
        model.Features.register_forward_pre_hook((_, x) =>
        {
            ran = true;
            return x;
        });
        using var input = zeros(shape, dtype: type);

        var act = () => model.call(input);

        act.Should().Throw<ArgumentException>().WithMessage(message);
        ran.Should().BeFalse();
    }

    [Fact]
    public void The_smallest_input_is_29_by_29()
    {
        using var model = Networks.Create("tiny");
        model.eval();
        using var x = zeros(1, 3, 29, 29);

        using var logits = model.call(x);

        logits.shape.Should().Equal(1, 7);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    public void ReplaceClassifier_says_no_to_nonsense_and_changes_nothing(int classes)
    {
        using var model = Networks.Create("tiny");
        var before = model.Classifier;

        var act = () => model.ReplaceClassifier(classes);

        act.Should().Throw<ArgumentOutOfRangeException>().WithMessage($"*at least one class*{classes}*");
        model.Classifier.Should().BeSameAs(before);
        model.Spec.NumClasses.Should().Be(7);
    }

    [Fact]
    public void ReplaceClassifier_swaps_the_last_layer_alone_again_and_again()
    {
        using var model = Networks.Create("tiny");
        model.eval();
        using var x = randn(2, 3, 40, 40);
        using var featuresBefore = model.Features.call(x);
        foreach (var classes in new[] { 3, 11, 1 })
        {
            model.ReplaceClassifier(classes).Should().BeSameAs(model);

            using var logits = model.call(x);
            using var features = model.Features.call(x);
            logits.shape.Should().Equal(2, classes);
            features.HasBitsOf(featuresBefore).Should().BeTrue();
            model.Classifier.training.Should().BeFalse();
            model.Spec.NumClasses.Should().Be(classes);
            model.state_dict().Keys.Where(k => k.StartsWith("classifier", StringComparison.Ordinal)).Should().Equal(ClassifierKeys);
            model.state_dict().Values.Should().OnlyContain(t => !t.IsInvalid);
            model.parameters().Count().Should().Be(model.NamedModules().Sum(m => m.Module.parameters(false).Count()));
        }
    }

    [Fact]
    public void ReplaceClassifier_keeps_the_models_dtype()
    {
        using var model = Networks.Create("tiny").to(ScalarType.Float64);
        model.ReplaceClassifier(4);
        using var x = randn(2, 3, 40, 40, dtype: ScalarType.Float64);

        using var logits = model.call(x);

        logits.dtype.Should().Be(ScalarType.Float64);
    }

    [Fact]
    public void A_replaced_classifier_learns_and_frozen_features_do_not()
    {
        using var model = Networks.Create("tiny");
        model.ReplaceClassifier(2);
        foreach (var parameter in model.Features.parameters())
        {
            parameter.requires_grad = false;
        }

        using var before = model.Classifier.weight.detach().clone();
        using var feature = model.Features.parameters().First().detach().clone();
        using var optimizer = optim.SGD(model.parameters().Where(p => p.requires_grad), 0.5);
        using var x = randn(2, 3, 40, 40);
        using var y = tensor(new long[] { 0, 1 });
        using var loss = nn.functional.cross_entropy(model.call(x), y);

        loss.backward();
        optimizer.step();

        model.Classifier.weight.HasBitsOf(before).Should().BeFalse();
        model.Features.parameters().First().HasBitsOf(feature).Should().BeTrue();
    }

    [Fact]
    public void Inherited_load_of_a_pth_file_says_which_method_to_use()
    {
        using var model = Networks.Create("tiny");

        var act = () => model.load("weights.pth");

        act.Should().Throw<NotSupportedException>().WithMessage("*weights.pth*LoadCheckpoint*");
    }

    [Fact]
    public void A_disposed_model_is_not_saved_over_a_good_file()
    {
        var model = Networks.Create("tiny");
        model.Dispose();

        var act = () => model.SaveCheckpoint(Path.Combine(Path.GetTempPath(), "never-written.pth"));

        act.Should().Throw<ObjectDisposedException>();
    }

    [Fact]
    public void A_classifier_replaced_in_inference_mode_can_be_trained()
    {
        using var model = Networks.Create("tiny");
        using (inference_mode())
        {
            model.ReplaceClassifier(2);
        }

        using var x = randn(2, 3, 40, 40);
        using var loss = model.call(x).sum();
        loss.backward();

        model.Classifier.weight.grad.Should().NotBeNull();
    }

    [Fact]
    public void Memory_efficient_steps_leave_no_tensors_waiting_for_the_garbage_collector()
    {
        using var model = Networks.Create("tiny", memoryEfficient: true);
        using var x = randn(2, 3, 40, 40);
        var counts = new List<long>();
        for (var step = 0; step < 12; step++)
        {
            using var scope = NewDisposeScope();
            model.zero_grad();
            model.call(x).sum().backward();
            counts.Add(Tensor.TotalCount);
        }

        counts[^1].Should().BeLessThanOrEqualTo(counts[2]);
    }

    [Fact]
    public void A_memory_efficient_step_changes_gradients_statistics_and_outputs_by_no_bit()
    {
        manual_seed(3);
        using var plain = Networks.Create("tiny");
        using var efficient = Networks.Create("tiny", memoryEfficient: true);
        using (var checkpoint = plain.ToCheckpoint())
        {
            efficient.LoadCheckpoint(checkpoint);
        }

        for (var step = 0; step < 3; step++)
        {
            using var scope = NewDisposeScope();
            var x = randn(4, 3, 48, 48);
            var input = x.clone().requires_grad_();
            var otherInput = x.clone().requires_grad_();
            var y = randint(0, 7, [4], dtype: ScalarType.Int64);

            var logits = plain.call(input);
            var otherLogits = efficient.call(otherInput);
            nn.functional.cross_entropy(logits, y).backward();
            nn.functional.cross_entropy(otherLogits, y).backward();

            otherLogits.HasBitsOf(logits).Should().BeTrue();
            otherInput.grad!.HasBitsOf(input.grad!).Should().BeTrue();
            foreach (var ((name, parameter), (_, other)) in plain.named_parameters().Zip(efficient.named_parameters()))
            {
                other.grad!.HasBitsOf(parameter.grad!).Should().BeTrue("{0} has the same gradient in step {1}", name, step);
            }

            foreach (var ((name, buffer), (_, other)) in plain.named_buffers().Zip(efficient.named_buffers()))
            {
                other.HasBitsOf(buffer).Should().BeTrue("{0} is the same in step {1}", name, step);
            }
        }
    }

    [Fact]
    public void A_change_of_mode_before_the_backward_pass_changes_no_memory_efficient_gradient()
    {
        using var plain = Networks.Create("tiny");
        using var efficient = Networks.Create("tiny", memoryEfficient: true);
        using (var checkpoint = plain.ToCheckpoint())
        {
            efficient.LoadCheckpoint(checkpoint);
        }

        using var scope = NewDisposeScope();
        var x = randn(2, 3, 40, 40);
        foreach (var model in new[] { plain, efficient })
        {
            var loss = model.call(x).sum();
            model.eval();
            loss.backward();
        }

        foreach (var ((name, parameter), (_, other)) in plain.named_parameters().Zip(efficient.named_parameters()))
        {
            other.grad!.HasBitsOf(parameter.grad!).Should().BeTrue("{0} has the same gradient", name);
        }

        efficient.NamedModules().Should().OnlyContain(module => !module.Module.training);
    }

    [Fact]
    public void A_memory_efficient_model_with_frozen_parts_still_trains_the_rest()
    {
        using var model = Networks.Create("tiny", memoryEfficient: true);
        foreach (var (name, parameter) in model.named_parameters())
        {
            parameter.requires_grad = name.Contains("denseblock2.denselayer2", StringComparison.Ordinal);
        }

        using var x = randn(2, 3, 40, 40);
        using var loss = model.call(x).sum();

        loss.backward();

        model.parameters().Where(p => p.requires_grad).Select(p => p.grad is not null).Should().HaveCount(6)
            .And.OnlyContain(hasGradient => hasGradient);
    }

    [Fact]
    public void Forward_passes_leave_no_tensors_behind()
    {
        using var model = Networks.Create("tiny");
        using var x = randn(1, 3, 40, 40);
        model.eval();
        using (no_grad())
        {
            model.call(x).Dispose();
            var before = Expectations.LiveTensors();

            for (var i = 0; i < 10; i++)
            {
                model.call(x).Dispose();
            }

            Tensor.TotalCount.Should().Be(before);
        }
    }
}
