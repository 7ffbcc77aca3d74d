using System.Diagnostics;
using System.Globalization;
using DenseNetSharp.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DenseNetSharp.Benchmarks.Networks;

/// <summary>A step and <c>zero_grad</c> of our optimizers against TorchSharp's own, over a network's parameters, with a look at the bits.</summary>
internal static class OptimizerComparison
{
    private const int Warmups = 4;

    public static void Time(string model, int threads, int runs)
    {
        set_num_threads(threads);
        Console.WriteLine($"{Turns.Description(threads)}.");
        Write($"{"",-24} {"DenseNetSharp",14} {"TorchSharp",11} {"ratio",6}   (step and zero_grad in milliseconds, medians of {runs} runs in turns)");
        Time(model, "SGD", runs, p => ForeachOptimizers.Sgd(p, 0.01, 0.9, weightDecay: 1e-4), p => optim.SGD(p, 0.01, 0.9, weight_decay: 1e-4));
        Time(model, "Adam", runs, p => ForeachOptimizers.Adam(p, weightDecay: 1e-4), p => optim.Adam(p, weight_decay: 1e-4));
        Time(model, "AdamW", runs, p => ForeachOptimizers.AdamW(p, weightDecay: 0.01), p => optim.AdamW(p, weight_decay: 0.01));
    }

    private static void Time(
        string model, string name, int runs, Func<IEnumerable<Parameter>, optim.Optimizer> create, Func<IEnumerable<Parameter>, optim.Optimizer> createTheirs)
    {
        using var own = Network();
        using var theirs = Network();
        using var ours = create(own.parameters());
        using var torchSharps = createTheirs(theirs.parameters());
        var times = Turns.Take([() => Step(own, ours), () => Step(theirs, torchSharps)], Warmups, runs);
        var same = own.parameters().Zip(theirs.parameters()).All(pair => ScriptedNetwork.SameBits(pair.First, pair.Second));
        var (job, bits) = ($"{model} {name}", same ? "weights equal to the bit" : "weights DIFFER");
        Write($"{job,-24} {Median.Of(times[0]),14:F2} {Median.Of(times[1]),11:F2} {Median.OfRatios(times[0], times[1]),6:F3}   {bits}");

        DenseNet Network()
        {
            manual_seed(0);
            return DenseNetFactory.Create(model);
        }
    }

    /// <summary>What a step and <c>zero_grad</c> take; on a GPU, what starting them takes.</summary>
    private static double Step(DenseNet network, optim.Optimizer optimizer)
    {
        // Not timed: gradients of any values will do, and both sides draw the same.
        manual_seed(1);
        foreach (var parameter in network.parameters())
        {
            using var gradient = randn_like(parameter);
            parameter.grad = gradient;
        }

        var start = Stopwatch.GetTimestamp();
        optimizer.step();
        optimizer.zero_grad();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static void Write(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture).TrimEnd());
}
