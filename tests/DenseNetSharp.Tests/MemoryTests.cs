using System.Globalization;
using DenseNetSharp.Training;
using static TorchSharp.torch;

namespace DenseNetSharp.Tests;

public sealed class MemoryTests : IDisposable
{
    private readonly int _threadsBefore = get_num_threads();
    private const int Passes = 1000;

    /// <summary>What the allocators and the collector's heap move by. A block's output alone, kept in every pass, would be 17 MiB.
    /// </summary>
    private const long Slack = 8L << 20;

    /// <summary>The networks are too small for more threads.</summary>
    public MemoryTests() => set_num_threads(1);

    public void Dispose() => set_num_threads(_threadsBefore);

    [SkippableFact]
    public void A_thousand_forward_passes_keep_no_tensor_and_no_memory()
    {
        using var model = Networks.Create("tiny");
        using var x = randn(2, 3, 40, 40);
        model.eval();

        RequireLevel(() =>
        {
            using var noGradients = no_grad();
            model.call(x).Dispose();
        });
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_thousand_training_steps_keep_no_tensor_and_no_memory(bool isMemoryEfficient)
    {
        using var model = Networks.Create("tiny", isMemoryEfficient);
        using var x = randn(2, 3, 40, 40);
        using var labels = tensor(new long[] { 0, 1 });
        using var optimizer = optim.SGD(model.parameters(), 0.01, momentum: 0.9);

        RequireLevel(() =>
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            nn.functional.cross_entropy(model.call(x), labels).backward();
            optimizer.step();
        });
    }

    [SkippableTheory]
    [InlineData(OptimizerKind.Sgd)]
    [InlineData(OptimizerKind.AdamW)]
    public void A_thousand_steps_of_all_parameters_at_once_keep_no_tensor_and_no_memory(OptimizerKind kind)
    {
        using var model = Networks.Create("tiny");
        using var x = randn(2, 3, 40, 40);
        using var labels = tensor(new long[] { 0, 1 });
        using optim.Optimizer optimizer = kind == OptimizerKind.Sgd
            ? ForeachOptimizers.Sgd(model.parameters(), 0.01, momentum: 0.9, weightDecay: 1e-4)
            : ForeachOptimizers.AdamW(model.parameters(), weightDecay: 0.01);
        using var average = new WeightAverage(model, decay: 0.9);

        RequireLevel(() =>
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            nn.functional.cross_entropy(model.call(x), labels).backward();
            optimizer.step();
            average.Update(model);
        });
    }

    private static void RequireLevel(Action pass)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "resident memory is read from /proc");
        // As many before as afterwards: by then all is compiled for good, and the collector's heap has its size.
        Repeat(pass, Passes);
        // In this order: garbage of earlier tests counts as live until it is collected.
        var (memory, tensors) = (Resident(), Tensor.TotalCount);

        Repeat(pass, Passes);

        Tensor.TotalCount.Should().Be(tensors);
        (Resident() - memory).Should().BeLessThan(Slack);
    }

    private static void Repeat(Action pass, int count)
    {
        for (var i = 0; i < count; i++)
        {
            pass();
        }
    }

    private static long Resident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line["VmRSS:".Length..^"kB".Length].Trim(), CultureInfo.InvariantCulture) << 10;
    }
}
