using TorchSharp;
using static TorchSharp.torch;

namespace DenseNetSharp.LibTorch.Tests;

public class HookTests
{
    [Fact]
    public void Hooks_see_and_may_replace_arguments_and_results()
    {
        using var scope = NewDisposeScope();
        using var relu = nn.ReLU();
        var seen = new List<float>();
        relu.register_forward_pre_hook((_, input) => input + 1);
        relu.register_forward_hook((_, input, result) =>
        {
            seen.Add(input.ToSingle());
            return result * 10;
        });

        relu.call(tensor(2f)).ToSingle().Should().Be(30);
        seen.Should().Equal(3);
    }

    [Fact]
    public void A_hook_that_returns_null_changes_nothing()
    {
        using var scope = NewDisposeScope();
        using var relu = nn.ReLU();
        relu.register_forward_pre_hook((_, _) => null!);
        relu.register_forward_hook((_, _, _) => null!);

        relu.call(tensor(2f)).ToSingle().Should().Be(2);
    }

    [Fact]
    public void Hooks_can_be_removed()
    {
        using var scope = NewDisposeScope();
        using var relu = nn.ReLU();
        var calls = 0;
        var before = relu.register_forward_pre_hook((nn.Module _) => calls++);
        var after = relu.register_forward_hook((nn.Module _) => calls++);
        relu.call(tensor(2f));
        before.remove();
        after.remove();
        relu.call(tensor(2f));

        calls.Should().Be(2);
    }

    [Fact]
    public void Modules_of_two_arguments_have_hooks_too()
    {
        using var scope = NewDisposeScope();
        using var loss = nn.CrossEntropyLoss(reduction: nn.Reduction.Sum);
        loss.register_forward_pre_hook((_, input, target) => (input * 0, target));

        loss.call(randn(2, 4), tensor(new long[] { 0, 1 })).ToSingle().Should()
            .BeApproximately(2 * MathF.Log(4), 1e-6f);
    }
}
