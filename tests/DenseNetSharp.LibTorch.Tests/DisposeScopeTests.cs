using static TorchSharp.torch;

namespace DenseNetSharp.LibTorch.Tests;

public class DisposeScopeTests
{
    [Fact]
    public void A_scope_disposes_what_was_made_in_it()
    {
        Tensor inside, moved, outside = ones(1);
        using (var scope = NewDisposeScope())
        {
            inside = outside + 1;
            moved = (inside * 2).MoveToOuterDisposeScope();
            scope.DisposablesCount.Should().Be(1);
        }

        (outside.IsInvalid, inside.IsInvalid, moved.IsInvalid).Should().Be((false, true, false));
        outside.Dispose();
        moved.Dispose();
    }

    [Fact]
    public void An_inner_scope_hands_over_to_the_outer_one()
    {
        Tensor kept, detached;
        using (NewDisposeScope())
        {
            using (var inner = NewDisposeScope())
            {
                kept = inner.MoveToOuter(ones(1));
                detached = ones(1).DetachFromDisposeScope();
            }

            kept.IsInvalid.Should().BeFalse();
        }

        (kept.IsInvalid, detached.IsInvalid).Should().Be((true, false));
        detached.Dispose();
    }

    [Fact]
    public void A_tensor_can_be_attached_to_a_scope_and_moved_to_another_tensors()
    {
        var outside = ones(1);
        var scope = NewDisposeScope();
        scope.Attach(outside);
        var second = ones(1);
        var third = ones(1).DetachFromDisposeScope().MoveToOtherDisposeScope(second);

        scope.Contains(third).Should().BeTrue();
        scope.DisposeEverythingBut(outside);
        (outside.IsInvalid, second.IsInvalid, third.IsInvalid).Should().Be((false, true, true));
        scope.Dispose();
        outside.IsInvalid.Should().BeTrue();
        FluentActions.Invoking(() => scope.DisposablesCount).Should().Throw<ObjectDisposedException>();
    }

    [Fact]
    public void A_scope_forgets_tensors_that_are_disposed_early()
    {
        using var scope = NewDisposeScope();
        var x = ones(1);
        x.Dispose();

        scope.DisposablesCount.Should().Be(0);
    }

    [Fact]
    public void The_result_of_an_expression_survives_its_scope()
    {
        var before = Tensor.TotalCount;
        using var result = WrappedTensorDisposeScope(() => (ones(2) + 1) * 2);

        result.data<float>().ToArray().Should().Equal(4, 4);
        (Tensor.TotalCount - before).Should().Be(1);
    }

    [Fact]
    public void Scopes_belong_to_their_thread()
    {
        using var scope = NewDisposeScope();
        Tensor? other = null;
        var thread = new Thread(() => other = ones(1));
        thread.Start();
        thread.Join();

        scope.Contains(other!).Should().BeFalse();
        other!.Dispose();
    }

    [Fact]
    public void Scopes_may_be_disposed_out_of_order()
    {
        var outer = NewDisposeScope();
        var middle = NewDisposeScope();
        var inner = NewDisposeScope();
        middle.Dispose();
        var x = inner.MoveToOuter(ones(1));

        outer.Contains(x).Should().BeTrue();
        inner.Dispose();
        outer.Dispose();
    }

    [Fact]
    public void A_parameter_takes_the_place_of_its_tensor_in_the_scope()
    {
        using var scope = NewDisposeScope();
        var tensor = ones(1);
        var parameter = nn.Parameter(tensor);

        (tensor.IsInvalid, scope.Contains(parameter), scope.DisposablesCount).Should().Be((true, true, 1));
    }
}
