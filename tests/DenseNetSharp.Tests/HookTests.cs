using DenseNetSharp.Checkpoints;
using static TorchSharp.torch;

namespace DenseNetSharp.Tests;

public sealed class HookTests(ExplainReference reference) : IClassFixture<ExplainReference>
{
    private const double Tolerance = 1e-4;

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_hooks_keep_over_a_training_step_and_its_gradients_are_PyTorchs(bool isMemoryEfficient)
    {
        using var expected = Checkpoint.Open(reference["hooked-tensors.pth"]);
        using var model = Load(isMemoryEfficient);
        var kept = new Dictionary<string, Tensor>();
        var cloned = new Dictionary<string, Tensor>();
        // Recomputed in the backward pass, the convolution has no gradient to retain: PyTorch's checkpoint refuses it too.
        Hook(model, Names(expected).Where(name => !isMemoryEfficient || !name.EndsWith("conv1", StringComparison.Ordinal)), (name, output) =>
        {
            output.retain_grad();
            kept[name] = output;
            cloned[name] = output.clone();
        });
        using var x = expected.Tensors["x"].ToTensor();

        nn.functional.cross_entropy(model.call(x), tensor(new long[] { 1, 5, 3 })).backward();

        kept.Should().HaveCountGreaterThan(9);
        foreach (var (name, output) in kept)
        {
            using var theirs = expected.Tensors[$"output {name}"].ToTensor();
            using var theirGradient = expected.Tensors[$"gradient {name}"].ToTensor();
            ShouldBe(output, theirs, name);
            ShouldBe(cloned[name], theirs, name);
            ShouldBe(output.grad!, theirGradient, $"{name}'s gradient");
        }
    }

    [SkippableTheory]
    [InlineData(1, "no gradients")]
    [InlineData(3, "no gradients")]
    [InlineData(1, "gradients")]
    [InlineData(1, "memory-efficient")]
    [InlineData(1, "Predict")]
    public void What_hooks_keep_of_an_evaluation_stays(int count, string how)
    {
        using var expected = Checkpoint.Open(reference[$"hooked-evaluated{count}.pth"]);
        using var inputs = Checkpoint.Open(reference["hooked-tensors.pth"]);
        using var model = Load(isMemoryEfficient: how == "memory-efficient");
        model.train();
        // Batch statistics of the reference's training step moved its running ones.
        model.call(inputs.Tensors["x"].ToTensor()).Dispose();
        model.eval();
        var kept = new Dictionary<string, (Tensor Output, Tensor Copy)>();
        Hook(model, Names(expected), (name, output) => kept[name] = (output, output.clone()));
        using var all = inputs.Tensors["x"].ToTensor();
        using var x = all.narrow(0, 0, count).contiguous();

        if (how == "Predict")
        {
            model.Predict(x.data<float>().ToArray(), count, 64, new float[count * 7]);
        }
        else
        {
            using var mode = set_grad_enabled(how != "no gradients");
            using var maps = model.FeaturePyramid(x)[0];
            using var features = model.PooledFeatures(x);
            _ = model.call(x);
        }

        kept.Should().HaveCount(expected.Tensors.Count);
        foreach (var (name, (output, copy)) in kept)
        {
            using var theirs = expected.Tensors[$"output {name}"].ToTensor();
            ShouldBe(output, theirs, name);
            ShouldBe(copy, theirs, name);
        }
    }

    [SkippableFact]
    public void A_hook_may_keep_what_goes_in_and_take_itself_off()
    {
        using var model = Load(isMemoryEfficient: false);
        model.eval();
        var kept = new List<Tensor>();
        foreach (var (name, module) in model.NamedModules())
        {
            switch (module)
            {
                case nn.Module<Tensor, Tensor> single when name.Length > 0:
                    nn.Module<Tensor, Tensor>.HookRemover remover = null!;
                    remover = single.register_forward_pre_hook((_, input) =>
                    {
                        kept.Add(input);
                        remover.remove();
                        return input;
                    });
                    break;
                case _DenseLayer layer:
                    layer.register_forward_pre_hook((_, inputs) =>
                    {
                        kept.AddRange(inputs);
                        return inputs;
                    });
                    break;
            }
        }

        using var noGradients = no_grad();
        using var x = randn(2, 3, 64, 64);
        _ = model.call(x);

        kept.Should().HaveCountGreaterThan(60).And.OnlyContain(tensor => !tensor.IsInvalid);
    }

    [SkippableTheory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    public void A_hook_on_one_layer_costs_what_it_is_shown_and_no_more(int count, bool hasGradients)
    {
        using var model = Load(isMemoryEfficient: false);
        model.eval();
        using var x = randn(count, 3, 64, 64);
        List<Tensor> kept = [];
        var layer = (nn.Module<Tensor, Tensor>)model.NamedModules().First(entry => entry.Name == "features.denseblock2.denselayer2.conv1").Module;
        layer.register_forward_hook((_, input, output) =>
        {
            kept.AddRange([input, output]);
            return output;
        });
        using var mode = set_grad_enabled(hasGradients);
        Pass();
        var before = Tensor.TotalCount;

        Pass();

        Tensor.TotalCount.Should().Be(before);

        void Pass()
        {
            model.call(x).Dispose();
            kept.ForEach(tensor => tensor.Dispose());
        }
    }

    [SkippableFact]
    public void Hooks_that_retain_gradients_may_stay_while_the_network_is_explained()
    {
        using var model = Load(isMemoryEfficient: false);
        model.eval();
        using var x = randn(2, 3, 64, 64);
        using var expected = model.Explain(x, [1, 2]);
        Hook(model, ["features.conv0", "features.denseblock2.denselayer1", "features.norm5"], (_, output) => output.retain_grad());

        using var maps = model.Explain(x, [1, 2]);

        maps.ShouldHaveBitsOf(expected, "the heat maps");
    }

    private DenseNet Load(bool isMemoryEfficient)
    {
        var model = Networks.Create("tiny", isMemoryEfficient);
        model.LoadCheckpoint(reference["hooked.pth"]);
        return model;
    }

    private static IEnumerable<string> Names(Checkpoint expected) =>
        expected.Tensors.Keys.Where(key => key.StartsWith("output ", StringComparison.Ordinal)).Select(key => key["output ".Length..]);

    private static void Hook(DenseNet model, IEnumerable<string> names, Action<string, Tensor> see)
    {
        var modules = model.NamedModules().ToDictionary(entry => entry.Name, entry => entry.Module);
        foreach (var name in names)
        {
            switch (modules[name])
            {
                case nn.Module<Tensor, Tensor> single:
                    single.register_forward_hook((_, _, output) => Seen(output));
                    break;
                case _DenseLayer layer:
                    layer.register_forward_hook((_, _, output) => Seen(output));
                    break;
            }

            Tensor Seen(Tensor output)
            {
                see(name, output);
                return output;
            }
        }
    }

    private static void ShouldBe(Tensor found, Tensor expected, string what)
    {
        using var scope = NewDisposeScope();
        found.shape.Should().Equal(expected.shape, what);
        var largest = expected.abs().max().item<float>();
        ((found.detach() - expected).abs().max().item<float>() / largest).Should().BeLessThan((float)Tolerance, what);
    }
}
