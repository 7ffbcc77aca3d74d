using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace DenseNetSharp.LibTorch.Tests;

public class CustomFunctionTests
{
    [Fact]
    public void A_custom_functions_gradient_is_its_own()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[] { 1f, 2 }, requires_grad: true);

        var y = Scale.apply(x, 5.0);
        (y * 10).sum().backward();

        y.data<float>().ToArray().Should().Equal(5, 10);
        y.requires_grad.Should().BeTrue();
        x.grad!.data<float>().ToArray().Should().Equal(50, 50);
    }

    [Fact]
    public void Saved_tensors_and_several_results_reach_the_backward_pass()
    {
        using var scope = NewDisposeScope();
        var (x, y) = (tensor(2f, requires_grad: true), tensor(3f, requires_grad: true));

        var results = ProductAndSum.apply(x, y);
        (results[0] * 10 + results[1]).backward();

        results.Select(result => result.ToSingle()).Should().Equal(6, 5);
        x.grad!.ToSingle().Should().Be(31);
        y.grad!.ToSingle().Should().Be(21);
    }

    [Fact]
    public void A_missing_gradient_arrives_as_zeros()
    {
        using var scope = NewDisposeScope();
        var (x, y) = (tensor(2f, requires_grad: true), tensor(3f, requires_grad: true));

        ProductAndSum.apply(x, y)[1].backward();

        x.grad!.ToSingle().Should().Be(1);
    }

    [Fact]
    public void A_graph_is_built_only_where_an_argument_requires_it()
    {
        using var scope = NewDisposeScope();

        Scale.apply(ones(1), 2.0).requires_grad.Should().BeFalse();
        using (no_grad())
        {
            Scale.apply(ones(1, requires_grad: true), 2.0).requires_grad.Should().BeFalse();
        }
    }

    [Fact]
    public void Gradient_mode_is_off_in_both_passes_and_can_be_turned_on_to_recompute()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[] { 1f, 2 }, requires_grad: true);

        Recompute.apply(x).sum().backward();

        Recompute.Modes.Should().Equal(false, false);
        x.grad!.data<float>().ToArray().Should().Equal(2, 4);
    }

    [Fact]
    public void An_exception_in_backward_comes_out_of_backward()
    {
        using var scope = NewDisposeScope();
        var x = ones(1, requires_grad: true);

        FluentActions.Invoking(() => Failing.apply(x, false).sum().backward()).Should().Throw<ExternalException>()
            .WithMessage("*the backward pass failed*").WithInnerException<FormatException>();
        FluentActions.Invoking(() => autograd.grad([Failing.apply(x, false).sum()], [x])).Should()
            .Throw<ExternalException>().WithMessage("*the backward pass failed*");
        (x * 2).backward();
        x.grad!.ToSingle().Should().Be(2);
    }

    [Fact]
    public void An_exception_in_forward_comes_out_of_apply_as_it_is()
    {
        using var x = ones(1, requires_grad: true);

        FluentActions.Invoking(() => Failing.apply(x, true)).Should().Throw<FormatException>();
        is_grad_enabled().Should().BeTrue();
    }

    [Fact]
    public void A_wrong_number_of_gradients_is_an_error()
    {
        using var scope = NewDisposeScope();
        var x = ones(1, requires_grad: true);

        FluentActions.Invoking(() => TooFew.apply(x, ones(1)).backward()).Should().Throw<ExternalException>()
            .WithMessage("*incorrect number of gradients*");
    }

    [Fact]
    public void A_graph_frees_what_its_functions_kept()
    {
        var state = Run();
        for (var i = 0; i < 10 && state.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        state.IsAlive.Should().BeFalse();

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static WeakReference Run()
        {
            using var scope = NewDisposeScope();
            var kept = new object();
            Keep.apply(ones(1, requires_grad: true), kept).backward();
            return new WeakReference(kept);
        }
    }

    private sealed class Scale : autograd.SingleTensorFunction<Scale>
    {
        public override string Name => nameof(Scale);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            ctx.save_data("factor", vars[1]);
            return (Tensor)vars[0] * (double)vars[1];
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) =>
            [grad_output * (double)ctx.get_data("factor"), null!];
    }

    private sealed class ProductAndSum : autograd.MultiTensorFunction<ProductAndSum>
    {
        public override string Name => nameof(ProductAndSum);

        public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (x, y) = ((Tensor)vars[0], (Tensor)vars[1]);
            ctx.save_for_backward([x, y]);
            return [x * y, x + y];
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
        {
            var saved = ctx.get_saved_variables();
            return [grad_outputs[0] * saved[1] + grad_outputs[1], grad_outputs[0] * saved[0] + grad_outputs[1]];
        }
    }

    // What gradient checkpointing does.
    private sealed class Recompute : autograd.SingleTensorFunction<Recompute>
    {
        public static List<bool> Modes { get; } = [];

        public override string Name => nameof(Recompute);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            Modes.Clear();
            Modes.Add(is_grad_enabled());
            ctx.save_for_backward([(Tensor)vars[0]]);
            return ((Tensor)vars[0]).pow(2);
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            Modes.Add(is_grad_enabled());
            using var scope = NewDisposeScope();
            var x = ctx.get_saved_variables()[0].detach().requires_grad_();
            using (enable_grad())
            {
                x.pow(2).backward([grad_output]);
            }

            return [x.grad!.MoveToOuterDisposeScope()];
        }
    }

    private sealed class Failing : autograd.SingleTensorFunction<Failing>
    {
        public override string Name => nameof(Failing);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars) =>
            (bool)vars[1] ? throw new FormatException("the forward pass failed") : (Tensor)vars[0] * 2;

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) =>
            throw new FormatException("the backward pass failed");
    }

    private sealed class TooFew : autograd.SingleTensorFunction<TooFew>
    {
        public override string Name => nameof(TooFew);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars) =>
            (Tensor)vars[0] * (Tensor)vars[1];

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) => [grad_output];
    }

    private sealed class Keep : autograd.SingleTensorFunction<Keep>
    {
        public override string Name => nameof(Keep);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            ctx.save_data("kept", vars[1]);
            return (Tensor)vars[0] * 2;
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) =>
            [grad_output * 2, null!];
    }
}
