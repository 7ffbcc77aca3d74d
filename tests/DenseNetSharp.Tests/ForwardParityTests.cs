using DenseNetSharp.Checkpoints;
using static TorchSharp.torch;

namespace DenseNetSharp.Tests;

public sealed class ForwardParityTests(ForwardParityTests.Reference reference) : IClassFixture<ForwardParityTests.Reference>
{
    public sealed class Reference() : ReferenceFiles("forward.py", Expectations.Threads.ToString());

    public static TheoryData<string, int, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, int, int>();
            foreach (var name in new[] { "densenet121", "densenet169", "densenet201", "densenet161", "tiny" })
            {
                foreach (var batch in new[] { 1, 3 })
                {
                    cases.Add(name, batch, 224);
                    cases.Add(name, batch, 97);
                }
            }

            return cases;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Logits_and_every_blocks_output_are_torchvisions(string name, int batch, int size)
    {
        using var model = Load(name);
        using var expected = Checkpoint.Open(reference[$"{name}-{batch}-{size}.pth"]);
        using var x = expected.Tensors["input"].ToTensor();
        var outputs = new Dictionary<string, Tensor>();
        foreach (var (child, module) in model.Features.named_children())
        {
            // A clone at once: the ReLU after a norm overwrites its output in place.
            ((nn.Module<Tensor, Tensor>)module).register_forward_hook((_, _, output) =>
            {
                outputs[$"features.{child}"] = output.clone().DetachFromDisposeScope();
                return output;
            });
        }

        using var noGradients = no_grad();
        using var logits = model.call(x);

        outputs.Keys.Should().BeEquivalentTo(expected.Tensors.Keys.Except(["input", "logits"]));
        foreach (var (child, output) in outputs)
        {
            output.ShouldBe(expected.Tensors[child], child);
            output.Dispose();
        }

        logits.ShouldBe(expected.Tensors["logits"], "logits");
    }

    [SkippableTheory]
    [InlineData("densenet121", 1, 97)]
    [InlineData("tiny", 3, 224)]
    public void Recording_gradients_changes_no_bit_of_an_evaluation(string name, int batch, int size)
    {
        using var model = Load(name);
        using var expected = Checkpoint.Open(reference[$"{name}-{batch}-{size}.pth"]);
        using var x = expected.Tensors["input"].ToTensor();

        using var logits = model.call(x);

        logits.requires_grad.Should().BeTrue();
        logits.ShouldBe(expected.Tensors["logits"], "logits");
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
        using var expected = Checkpoint.Open(reference["tiny-3-97.pth"]);
        using var x = expected.Tensors["input"].ToTensor();

        // On one thread each, so that they do not merely take turns at the pool.
        Parallel.For(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ =>
        {
            using var noGradients = no_grad();
            using var logits = model.call(x);
            logits.ShouldBe(expected.Tensors["logits"], "logits");
        });
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
