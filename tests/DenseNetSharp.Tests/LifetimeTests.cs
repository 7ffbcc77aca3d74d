using TorchSharp;
using static TorchSharp.torch;

namespace DenseNetSharp.Tests;

public class LifetimeTests
{
    /// <summary>A use after the end kills the process: each race has one of its own, and its exit status is checked.</summary>
    [Theory]
    [InlineData("dispose", "ObjectDisposedException")]
    [InlineData("replace", null)]
    [InlineData("load", null)]
    [InlineData("to", "ArgumentException")]
    public void A_thousand_changes_in_the_middle_of_predictions_end_in_nothing_worse_than_an_exception(string change, string? allowed)
    {
        var endings = OwnProgram.Run("race", change, "1000").Split(", ").Select(ending => ending.Split(' ')).ToDictionary(e => e[1], e => int.Parse(e[0]));

        endings.Values.Sum().Should().Be(6000);
        endings["fine"].Should().BePositive();
        endings.Keys.Should().BeSubsetOf(["fine", allowed ?? "fine"]);
    }

    [Fact]
    public void Every_call_of_a_disposed_network_says_so()
    {
        var model = Networks.Create("tiny");
        using var checkpoint = model.ToCheckpoint();
        var state = new Dictionary<string, Tensor>();
        using var x = zeros(1, 3, 32, 32);
        model.Dispose();
        model.Dispose();

        Action[] calls =
        [
            () => model.call(x),
            () => model.PooledFeatures(x),
            () => model.LayerOutput(x, "features.norm5"),
            () => model.Predict(new float[3 * 32 * 32], 1, 32, new float[7]),
            () => model.ToCheckpoint(),
            () => model.LoadCheckpoint(checkpoint),
            () => model.load_state_dict(state, strict: false),
            () => model.ReplaceClassifier(3),
            () => model.to(ScalarType.Float64),
            () => model.to(CPU),
            () => model.to(CPU, ScalarType.Float64),
            () => model.eval(),
        ];
        foreach (var call in calls)
        {
            call.Should().Throw<ObjectDisposedException>().Which.ObjectName.Should().Be(nameof(DenseNet));
        }
    }

    [Fact]
    public void A_network_disposed_in_its_own_hook_finishes_the_pass_and_is_gone_afterwards()
    {
        using var x = zeros(1, 3, 32, 32);
        using var noGradients = no_grad();
        using var model = Networks.Create("tiny");
        model.eval();
        using var whole = model.call(x);
        var weight = model.Classifier.weight;
        model.Features.register_forward_hook((_, _, maps) =>
        {
            model.Dispose();
            weight.IsInvalid.Should().BeFalse("the pass needs it");
            return maps;
        });

        using var logits = model.call(x);

        logits.allclose(whole, rtol: 0, atol: 0).Should().BeTrue();
        model.Invoking(m => m.call(x)).Should().Throw<ObjectDisposedException>();
        weight.IsInvalid.Should().BeTrue("the last to leave frees the weights");
    }

    [Fact]
    public void A_hook_may_call_the_network_again_while_another_thread_waits_to_change_it()
    {
        using var model = Networks.Create("tiny");
        model.eval();
        using var x = zeros(1, 3, 32, 32);
        using var noGradients = no_grad();
        Thread? changer = null;
        var isInside = false;
        var again = 0L;
        model.Features.register_forward_hook((_, _, maps) =>
        {
            if (!isInside)
            {
                isInside = true;
                changer = new Thread(() => model.ReplaceClassifier(3));
                changer.Start();
                // Waiting for the pass, it sleeps.
                SpinWait.SpinUntil(() => changer.ThreadState.HasFlag(ThreadState.WaitSleepJoin), TimeSpan.FromSeconds(30)).Should().BeTrue();
                using var inner = model.call(x);
                again = inner.size(1);
            }

            return maps;
        });

        using var logits = model.call(x);
        changer!.Join();

        (again, logits.size(1), model.Spec.NumClasses).Should().Be((7, 7, 3));
    }

    [Fact]
    public void A_hook_that_changes_the_network_is_refused_and_nothing_hangs()
    {
        using var model = Networks.Create("tiny");
        using var x = zeros(1, 3, 32, 32);
        using var noGradients = no_grad();
        model.eval();
        model.Features.register_forward_hook((_, _, maps) =>
        {
            model.ReplaceClassifier(3);
            return maps;
        });

        model.Invoking(m => m.call(x)).Should().Throw<InvalidOperationException>().WithMessage("*in the middle of its own forward pass*");
        model.ReplaceClassifier(4).Spec.NumClasses.Should().Be(4);
    }

    [Fact]
    public void A_backward_pass_needs_no_network_any_more()
    {
        var model = Networks.Create("tiny");
        using var x = randn([2, 3, 32, 32], requires_grad: true);
        using var loss = model.call(x).sum();
        model.Dispose();

        loss.backward();

        x.grad!.abs().sum().item<float>().Should().BePositive();
    }
}
