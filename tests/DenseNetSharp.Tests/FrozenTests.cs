using DenseNetSharp.Tests.Family;
using TorchSharp;
using static TorchSharp.torch;

namespace DenseNetSharp.Tests;

public sealed class FrozenTests(FamilyReference reference) : IClassFixture<FamilyReference>
{
    [SkippableTheory]
    [MemberData(nameof(FamilyNetworks.All), MemberType = typeof(FamilyNetworks))]
    public void A_frozen_copy_gives_the_references_logits(string name)
    {
        using var model = reference.Load(name);
        using var expected = reference.Expected(name);
        using var frozen = model.Freeze();
        using var frozenLast = model.ToChannelsLast().Freeze();
        frozenLast.IsChannelsLast.Should().BeTrue();
        for (var i = 0; expected.Tensors.TryGetValue($"x{i}", out var input); i++)
        {
            using var x = input.ToTensor();
            using var logits = frozen.Call(x);
            using var logitsLast = frozenLast.Call(x);

            logits.ShouldBeNear(expected.Tensors[$"output{i}"], 1e-5, $"output {i}");
            logitsLast.ShouldBeNear(expected.Tensors[$"output{i}"], 1e-5, $"output {i} with its channels last");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void In_doubles_nothing_but_the_last_digits_differs(int batch)
    {
        using var model = Networks.Create("tiny").to(ScalarType.Float64);
        RandomStatistics(model);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var x = randn(batch, 3, 65, 47, dtype: ScalarType.Float64);
        var expected = model.call(x);

        using var frozen = model.Freeze();

        (frozen.Call(x) - expected).abs().max().item<double>().Should().BeLessThan(1e-13 * expected.abs().max().item<double>());
    }

    [Fact]
    public void A_copy_has_no_hooks_and_stays_as_it_was_when_the_network_changes_or_goes()
    {
        var model = Networks.Create("tiny");
        var calls = 0;
        model.eval();
        model.Features.register_forward_hook((_, _, output) =>
        {
            calls++;
            return output;
        });
        using var x = randn(2, 3, 40, 40);
        using var frozen = model.Freeze();
        using var before = frozen.Call(x);

        using (no_grad())
        {
            foreach (var parameter in model.parameters())
            {
                parameter.zero_();
            }
        }

        model.Dispose();
        using var after = frozen.Call(x);

        calls.Should().Be(0);
        after.ShouldHaveBitsOf(before, "the logits");
        after.requires_grad.Should().BeFalse();
    }

    [Fact]
    public void Freezing_leaves_the_network_and_what_the_caller_draws_as_they_are()
    {
        using var model = Networks.Create("tiny");
        model.train();
        using var before = model.ToCheckpoint();
        manual_seed(3);
        using var expected = randn(5);
        manual_seed(3);

        using var frozen = model.Freeze();

        using var drawn = randn(5);
        drawn.ShouldHaveBitsOf(expected, "what is drawn next");
        model.training.Should().BeTrue();
        model.StateShouldBe(before);
    }

    [Fact]
    public void A_copy_predicts_without_tensors_on_several_threads_and_ends_with_its_last_call()
    {
        using var model = Networks.Create("tiny");
        RandomStatistics(model);
        var frozen = model.Freeze();
        var pixels = randn(2 * 3 * 40 * 50).data<float>().ToArray();
        var expected = new float[2 * 7];
        model.Predict(pixels, 2, (40, 50), expected);

        Parallel.For(0, 16, _ =>
        {
            var logits = new float[2 * 7];
            frozen.Predict(pixels, 2, (40, 50), logits);
            logits.Zip(expected, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-5f * expected.Max(Math.Abs));
        });
        frozen.Dispose();
        frozen.Dispose();

        frozen.Invoking(network => network.Predict(pixels, 2, (40, 50), new float[14])).Should().Throw<ObjectDisposedException>();
    }

    [Fact]
    public void A_copy_that_is_made_in_a_dispose_scope_outlives_it()
    {
        using var model = Networks.Create("tiny");
        using var x = randn(2, 3, 40, 40);
        FrozenDenseNet frozen;
        using (NewDisposeScope())
        {
            frozen = model.Freeze();
        }

        using (frozen)
        {
            using var logits = frozen.Call(x);
            logits.shape.Should().Equal(2, 7);
        }
    }

    [Fact]
    public void What_a_network_refuses_its_copy_refuses()
    {
        using var model = Networks.Create("tiny");
        using var frozen = model.Freeze();
        using var small = randn(1, 3, 20, 20);
        using var gray = randn(1, 1, 40, 40);
        using var wide = randn(1, 3, 40, 40, dtype: ScalarType.Float64);

        frozen.Invoking(network => network.Call(small)).Should().Throw<ArgumentException>().WithMessage("*at least 29x29*20x20*");
        frozen.Invoking(network => network.Call(gray)).Should().Throw<ArgumentException>().WithMessage("*3 channels*[1, 1, 40, 40]*");
        frozen.Invoking(network => network.Call(wide)).Should().Throw<ArgumentException>().WithMessage("*Float32*Float64*");
        frozen.Invoking(network => network.Predict(new float[3], 1, 40, new float[7])).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Nothing_is_left_of_a_copys_calls_nor_of_the_copy()
    {
        using var model = Networks.Create("tiny");
        using var x = randn(2, 3, 40, 40);
        var before = Expectations.LiveTensors();
        var frozen = model.Freeze();
        var made = Tensor.TotalCount;

        frozen.Call(x).Dispose();
        frozen.Predict(new float[3 * 40 * 40], 1, 40, new float[7]);
        var called = Tensor.TotalCount;
        frozen.Dispose();

        called.Should().Be(made);
        // A classifier that is made for a device and a type leaves the shells of the parameters that it was made with.
        (Tensor.TotalCount - before).Should().BeLessThanOrEqualTo(2);
    }

    /// <summary>Statistics that folding must take into account.</summary>
    private static void RandomStatistics(DenseNet model)
    {
        using var noGradients = no_grad();
        manual_seed(4);
        model.train();
        for (var i = 0; i < 3; i++)
        {
            using var x = randn([4, 3, 40, 40], dtype: model.FirstWeight.dtype);
            model.call(x).Dispose();
        }

        model.eval();
    }
}
