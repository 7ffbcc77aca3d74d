using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace DenseNetSharp.LibTorch.Tests;

public class AutogradTests
{
    [Fact]
    public void Backward_accumulates_gradients_into_the_leaves()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[] { 1f, 2, 3 }, requires_grad: true);

        (x * x).sum().backward();
        (x * 2).backward([ones(3)]);

        x.is_leaf.Should().BeTrue();
        x.grad!.data<float>().ToArray().Should().Equal(4, 6, 8);
        x.grad = null;
        x.grad.Should().BeNull();
    }

    [Fact]
    public void Gradients_can_be_asked_for_without_touching_any_tensors_own()
    {
        using var scope = NewDisposeScope();
        var (x, unused) = (ones(2, requires_grad: true), ones(2, requires_grad: true));

        var gradients = autograd.grad([(x * 3).sum()], [x, unused], allow_unused: true);

        gradients[0].data<float>().ToArray().Should().Equal(3, 3);
        gradients[1].IsInvalid.Should().BeTrue();
        x.grad.Should().BeNull();
    }

    [Fact]
    public void Gradients_of_gradients_are_built_on_demand()
    {
        using var scope = NewDisposeScope();
        var x = tensor(2f, requires_grad: true);
        var first = autograd.grad([x.pow(3)], [x], create_graph: true)[0];

        first.backward();

        first.ToSingle().Should().Be(12);
        x.grad!.ToSingle().Should().Be(12);
    }

    [Fact]
    public void An_intermediate_result_keeps_its_gradient_on_demand()
    {
        using var scope = NewDisposeScope();
        var y = ones(1, requires_grad: true) * 2;
        y.retain_grad();

        (y * 3).backward();

        y.grad!.ToSingle().Should().Be(3);
        y.is_leaf.Should().BeFalse();
    }

    [Fact]
    public void Gradient_modes_nest_and_are_restored()
    {
        is_grad_enabled().Should().BeTrue();
        using (no_grad())
        {
            is_grad_enabled().Should().BeFalse();
            using (enable_grad())
            {
                is_grad_enabled().Should().BeTrue();
            }

            using var x = ones(1, requires_grad: true);
            using var y = x * 2;
            y.requires_grad.Should().BeFalse();
        }

        using (set_grad_enabled(false))
        {
            is_grad_enabled().Should().BeFalse();
        }

        using (inference_mode())
        {
            is_inference_mode_enabled().Should().BeTrue();
            is_grad_enabled().Should().BeFalse();
        }

        (is_grad_enabled(), is_inference_mode_enabled()).Should().Be((true, false));
    }

    [Fact]
    public void Changing_a_leaf_in_place_is_refused_outside_no_grad()
    {
        using var x = ones(1, requires_grad: true);

        FluentActions.Invoking(() => x.add_(1)).Should().Throw<ExternalException>().WithMessage("*leaf*");
        using (no_grad())
        {
            x.add_(1).ToSingle().Should().Be(2);
        }
    }

    [Fact]
    public void A_graph_cannot_be_walked_twice_unless_it_is_kept()
    {
        using var scope = NewDisposeScope();
        var x = ones(1, requires_grad: true);
        var y = x * x;
        y.backward(retain_graph: true);
        y.backward();

        x.grad!.ToSingle().Should().Be(4);
        FluentActions.Invoking(() => y.backward()).Should().Throw<ExternalException>().WithMessage("*second time*");
    }

    [Fact]
    public void Only_floating_point_tensors_can_require_gradients()
    {
        using var x = arange(3);

        FluentActions.Invoking(() => x.requires_grad = true).Should().Throw<ExternalException>();
    }
}
