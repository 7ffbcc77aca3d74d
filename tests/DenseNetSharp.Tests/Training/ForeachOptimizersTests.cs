using DenseNetSharp.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DenseNetSharp.Tests.Training;

/// <summary>Ours beside TorchSharp's own optimizers, on the same libtorch.</summary>
public sealed class ForeachOptimizersTests
{
    private const int Steps = 24;

    /// <summary>The second is large enough for several threads, the third goes without gradients for a time, and the fourth gets its first late.
    /// </summary>
    private static readonly long[][] Shapes = [[16, 8, 3, 3], [40, 1000], [7], [5, 16], []];

    private static readonly SGD.Options[] Sgds =
    [
        new() { momentum = 0, dampening = 0, weight_decay = 0, nesterov = false, maximize = false },
        new() { momentum = 0, dampening = 0, weight_decay = 0.01, nesterov = false, maximize = true },
        new() { momentum = 0.9, dampening = 0, weight_decay = 0, nesterov = false, maximize = false },
        new() { momentum = 0.9, dampening = 0.3, weight_decay = 0.01, nesterov = false, maximize = true },
        new() { momentum = 0.9, dampening = 0, weight_decay = 0.01, nesterov = true, maximize = false },
    ];

    private static readonly (double Decay, bool Amsgrad, bool Maximize)[] Adams = [(0, false, false), (0.02, true, false), (0.02, false, true)];

    public static TheoryData<string, int, ScalarType> Kinds()
    {
        var data = new TheoryData<string, int, ScalarType>();
        foreach (var type in new[] { ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16 })
        {
            foreach (var (kind, count) in new[] { ("sgd", Sgds.Length), ("adam", Adams.Length), ("adamw", Adams.Length) })
            {
                Enumerable.Range(0, count).ToList().ForEach(settings => data.Add(kind, settings, type));
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Weights_and_saved_states_have_the_bits_of_TorchSharps_and_each_goes_on_from_the_others(string kind, int settings, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var (own, theirs) = (Parameters(type), Parameters(type));
        var ours = Make(kind, settings, own, isForeach: true);
        var torchSharps = Make(kind, settings, theirs, isForeach: false);
        for (var step = 0; step < Steps; step++)
        {
            if (step == Steps / 2)
            {
                var (mine, other) = (StateOf(ours), StateOf(torchSharps));
                mine.Should().Equal(other, "it is the same file");
                ours.Dispose();
                torchSharps.Dispose();
                ours = Make(kind, settings, own, isForeach: true);
                torchSharps = Make(kind, settings, theirs, isForeach: false);
                Load(ours, other);
                Load(torchSharps, mine);
            }

            foreach (var (parameters, optimizer) in new[] { (own, ours), (theirs, torchSharps) })
            {
                optimizer.zero_grad();
                Backward(parameters, step);
                foreach (var (i, group) in optimizer.ParamGroups.Index())
                {
                    group.LearningRate = (i + 1) * 0.01 / (step + 1);
                }

                optimizer.step();
            }
        }

        foreach (var (i, (parameter, expected)) in own.Zip(theirs).Index())
        {
            parameter.ShouldHaveBitsOf(expected, $"parameter {i}");
            parameter.isfinite().all().item<bool>().Should().BeTrue();
        }

        StateOf(ours).Should().Equal(StateOf(torchSharps));
        ours.Dispose();
        torchSharps.Dispose();
    }

    [Fact]
    public void The_figures_of_a_single_group_are_those_of_torch_optim()
    {
        using var scope = NewDisposeScope();
        foreach (var (create, createTheirs) in new (Func<Parameter[], optim.Optimizer> Own, Func<Parameter[], optim.Optimizer> Theirs)[]
        {
            (p => ForeachOptimizers.Sgd(p, 0.1, 0.9, weightDecay: 0.1, nesterov: true), p => optim.SGD(p, 0.1, 0.9, weight_decay: 0.1, nesterov: true)),
            (p => ForeachOptimizers.Sgd(p, 0.1, 0.9, dampening: 0.2), p => optim.SGD(p, 0.1, 0.9, dampening: 0.2)),
            (p => ForeachOptimizers.Adam(p), p => optim.Adam(p)),
            (p => ForeachOptimizers.Adam(p, 0.1, 0.8, 0.9, 1e-3, 0.1, amsgrad: true), p => optim.Adam(p, 0.1, 0.8, 0.9, 1e-3, 0.1, amsgrad: true)),
            (p => ForeachOptimizers.AdamW(p), p => optim.AdamW(p)),
            (p => ForeachOptimizers.AdamW(p, 0.1, 0.8, 0.9, 1e-3, 0.1, amsgrad: true), p => optim.AdamW(p, 0.1, 0.8, 0.9, 1e-3, 0.1, amsgrad: true)),
        })
        {
            var (own, theirs) = (Parameters(ScalarType.Float32), Parameters(ScalarType.Float32));
            using var ours = create(own);
            using var torchSharps = createTheirs(theirs);
            for (var step = 0; step < 3; step++)
            {
                // A closure, as in torch.optim: it computes the loss anew, with gradients.
                using var loss = ours.step(() => Loss(own, ours));
                using var expected = torchSharps.step(() => Loss(theirs, torchSharps));
                loss.ShouldHaveBitsOf(expected, "the loss");
            }

            own.Zip(theirs).ToList().ForEach(pair => pair.First.ShouldHaveBitsOf(pair.Second, $"what {ours.GetType()} makes of a parameter"));
        }

        static Tensor Loss(Parameter[] parameters, optim.Optimizer optimizer)
        {
            optimizer.zero_grad();
            var loss = parameters.Select(parameter => parameter.square().sum()).Aggregate((a, b) => a + b);
            loss.backward();
            return loss.detach().DetachFromDisposeScope();
        }
    }

    [Fact]
    public void Gradients_are_dropped_and_what_has_none_stays()
    {
        using var scope = NewDisposeScope();
        var parameters = Parameters(ScalarType.Float32);
        var before = parameters.Select(parameter => parameter.detach().clone()).ToArray();
        using var optimizer = ForeachOptimizers.Sgd(parameters, 0.1, momentum: 0.9, weightDecay: 0.1);
        Backward(parameters, step: 0);

        optimizer.zero_grad();
        optimizer.step();

        parameters.Select(parameter => parameter.grad is null).Should().OnlyContain(isDropped => isDropped);
        parameters.Zip(before).ToList().ForEach(pair => pair.First.ShouldHaveBitsOf(pair.Second, "a parameter without a gradient"));
    }

    [Fact]
    public void Optimizers_step_on_several_threads_at_once()
    {
        var expected = After(10);

        var results = new byte[8][];
        Parallel.For(0, results.Length, i => results[i] = After(10));

        results.Should().OnlyContain(result => result.SequenceEqual(expected));

        static byte[] After(int steps)
        {
            using var scope = NewDisposeScope();
            using var parameter = nn.Parameter(ones(100));
            using var optimizer = ForeachOptimizers.Adam([parameter], 0.1);
            for (var step = 0; step < steps; step++)
            {
                parameter.grad = arange(100, dtype: ScalarType.Float32).sub(step * 10);
                optimizer.step();
            }

            return [.. parameter.bytes];
        }
    }

    [Fact]
    public void Figures_that_are_none_are_refused()
    {
        using var parameter = nn.Parameter(ones(1));

        ((Action)(() => ForeachOptimizers.Sgd([parameter], -1))).Should().Throw<ArgumentException>().WithMessage("*learning rate: -1*");
        ((Action)(() => ForeachOptimizers.Sgd([parameter], 1, nesterov: true))).Should().Throw<ArgumentException>().WithMessage("*Nesterov*");
        ((Action)(() => ForeachOptimizers.AdamW([parameter], beta1: 1))).Should().Throw<ArgumentException>().WithMessage("*beta1: 1*");
    }

    private static Parameter[] Parameters(ScalarType type) =>
    [
        .. Shapes.Select((shape, i) =>
        {
            using var generator = new Generator((ulong)i);
            return nn.Parameter(randn(shape, generator: generator).to(type));
        }),
    ];

    private static void Backward(Parameter[] parameters, int step)
    {
        foreach (var (i, parameter) in parameters.Index())
        {
            using var generator = new Generator((ulong)(1000 + (step * Shapes.Length) + i));
            using var gradient = randn(Shapes[i], generator: generator).to(parameter.dtype);
            parameter.grad = (i == 2 && step is >= 3 and < 6) || (i == 3 && step < 8) ? null : gradient;
        }
    }

    /// <summary>Two groups with figures of their own.</summary>
    private static OptimizerHelper Make(string kind, int settings, Parameter[] parameters, bool isForeach)
    {
        switch (kind)
        {
            case "sgd":
                SGD.ParamGroup Sgd(Parameter[] some, double decay)
                {
                    var options = new SGD.Options { LearningRate = 1 };
                    options.LoadStateDict(Sgds[settings]);
                    options.weight_decay *= decay;
                    return new SGD.ParamGroup(some, options);
                }

                SGD.ParamGroup[] sgd = [Sgd(parameters[..2], 1), Sgd(parameters[2..], 0.5)];
                return isForeach ? ForeachOptimizers.Sgd(sgd) : optim.SGD(sgd, 1e-3);
            case "adam":
                Adam.ParamGroup Adam(Parameter[] some, double factor) => new(
                    some, 1, 0.8 * factor, 0.9 * factor, 1e-6, Adams[settings].Decay * factor, Adams[settings].Amsgrad, Adams[settings].Maximize);
                Adam.ParamGroup[] adam = [Adam(parameters[..2], 1), Adam(parameters[2..], 0.5)];
                return isForeach ? ForeachOptimizers.Adam(adam) : optim.Adam(adam);
            default:
                AdamW.ParamGroup AdamW(Parameter[] some, double factor) => new(
                    some, 1, 0.8 * factor, 0.9 * factor, 1e-6, Adams[settings].Decay * factor, Adams[settings].Amsgrad, Adams[settings].Maximize);
                AdamW.ParamGroup[] adamW = [AdamW(parameters[..2], 1), AdamW(parameters[2..], 0.5)];
                return isForeach ? ForeachOptimizers.AdamW(adamW) : optim.AdamW(adamW);
        }
    }

    private static byte[] StateOf(OptimizerHelper optimizer)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        optimizer.save_state_dict(writer);
        writer.Flush();
        return stream.ToArray();
    }

    private static void Load(OptimizerHelper optimizer, byte[] state)
    {
        using var reader = new BinaryReader(new MemoryStream(state));
        optimizer.load_state_dict(reader);
    }
}
