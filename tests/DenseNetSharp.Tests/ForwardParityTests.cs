using static TorchSharp.torch;

namespace DenseNetSharp.Tests;

public sealed class ForwardParityTests(ForwardParityTests.Reference reference) : IClassFixture<ForwardParityTests.Reference>
{
    public sealed class Reference() : ReferenceFiles("forward.py");

    [SkippableTheory]
    [MemberData(nameof(Networks.All), MemberType = typeof(Networks))]
    public void Logits_and_every_blocks_output_are_torchvisions_at_every_batch_and_size(string name)
    {
        using var model = Load(name);
        using var torchvision = new ScriptedNetwork(reference[$"{name}.pt"]);
        var outputs = new List<(string Name, Tensor Output)>();
        foreach (var (child, module) in model.Features.named_children())
        {
            // A clone at once: the ReLU after a norm overwrites its output in place.
            ((nn.Module<Tensor, Tensor>)module).register_forward_hook((_, _, output) =>
            {
                outputs.Add((child, output.clone()));
                return output;
            });
        }

        using var noGradients = no_grad();
        foreach (var (batch, size) in new[] { (1, 224), (3, 224), (1, 97), (3, 97) })
        {
            using var scope = NewDisposeScope();
            outputs.Clear();
            var x = Images(batch, size);
            outputs.Add(("logits", model.call(x)));

            List<(string Name, Tensor Output)> expected = [.. torchvision.Outputs(x), ("logits", torchvision.Call(x))];

            outputs.Select(output => output.Name).Should().Equal(expected.Select(output => output.Name));
            foreach (var ((child, output), (_, want)) in outputs.Zip(expected))
            {
                output.ShouldHaveBitsOf(want, $"{child} at {batch}x{size}");
            }
        }
    }

    [SkippableTheory]
    [InlineData("densenet121", 224)]
    [InlineData("densenet169", 97)]
    [InlineData("densenet201", 97)]
    [InlineData("densenet161", 97)]
    [InlineData("tiny", 224)]
    [InlineData("tiny", 97)]
    public void Gradients_and_running_statistics_are_torchvisions(string name, int size)
    {
        using var model = Load(name);
        using var torchvision = new ScriptedNetwork(reference[$"{name}.pt"]);
        using var scope = NewDisposeScope();
        var x = Images(3, size).requires_grad_();
        var theirX = x.detach().clone().requires_grad_();
        var labels = tensor(new long[] { 1, 5, 3 });
        model.train();
        torchvision.Train();

        nn.functional.cross_entropy(model.call(x), labels).backward();
        nn.functional.cross_entropy(torchvision.Call(theirX), labels).backward();

        x.grad!.ShouldHaveBitsOf(theirX.grad!, "the images' gradient");
        var gradients = model.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.grad!);
        foreach (var (key, parameter) in torchvision.Parameters)
        {
            gradients[key].ShouldHaveBitsOf(parameter.grad!, $"{key}'s gradient");
        }

        model.StateShouldBe(torchvision.State);
    }

    [SkippableTheory]
    [InlineData("densenet121", 1, 97)]
    [InlineData("tiny", 3, 224)]
    public void Recording_gradients_changes_no_bit_of_an_evaluation(string name, int batch, int size)
    {
        using var model = Load(name);
        using var torchvision = new ScriptedNetwork(reference[$"{name}.pt"]);
        using var x = Images(batch, size);

        using var logits = model.call(x);

        logits.requires_grad.Should().BeTrue();
        using var noGradients = no_grad();
        using var expected = torchvision.Call(x);
        logits.ShouldHaveBitsOf(expected, "the logits");
    }

    [SkippableFact]
    public void Every_layers_hook_fires_in_evaluation()
    {
        using var model = Load("densenet121");
        var fired = new List<string>();
        foreach (var (name, module) in model.NamedModules())
        {
            if (module is _DenseLayer layer)
            {
                layer.register_forward_hook((_, features, output) =>
                {
                    features.Sum(f => f.shape[1]).Should().Be(64 + 32 * (fired.Count % 6), "the first block's layers see all before them");
                    fired.Add(name);
                    return output;
                });
            }

            if (fired.Count == 0 && name == "features.denseblock1.denselayer6")
            {
                break;
            }
        }

        using var noGradients = no_grad();
        using var x = randn(1, 3, 64, 64);
        using var logits = model.call(x);

        fired.Should().Equal(Enumerable.Range(1, 6).Select(i => $"features.denseblock1.denselayer{i}"));
    }

    [SkippableFact]
    public void Several_threads_may_evaluate_one_model_at_once()
    {
        using var model = Load("tiny");
        using var torchvision = new ScriptedNetwork(reference["tiny.pt"]);
        using var x = Images(3, 97);
        using var inference = no_grad();
        using var expected = torchvision.Call(x);

        // On one thread each, so that they do not merely take turns at the pool.
        Parallel.For(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ =>
        {
            // libtorch counts for each thread, and this one may have got another test's count, which decides the last bits.
            set_num_threads(Expectations.Threads);
            using var noGradients = no_grad();
            using var logits = model.call(x);
            logits.ShouldHaveBitsOf(expected, "the logits");
        });
    }

    private static Tensor Images(int batch, int size)
    {
        manual_seed(batch + size);
        return randn(batch, 3, size, size);
    }

    private DenseNet Load(string name)
    {
        set_num_threads(Expectations.Threads);
        var model = Networks.Create(name);
        model.LoadCheckpoint(reference[$"{name}.pth"]);
        model.eval();
        return model;
    }
}
