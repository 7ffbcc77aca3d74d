using System.Globalization;
using static TorchSharp.torch;

namespace DenseNetSharp.Tests;

public class MemoryTests
{
    private const int Warmup = 200;
    private const int Passes = 1000;

    /// <summary>What the allocator and .NET's own heap move by; one tensor of a pass kept each time would be hundreds of MiB.</summary>
    private const long Slack = 24L << 20;

    [SkippableFact]
    public void A_thousand_forward_passes_keep_no_tensor_and_no_memory()
    {
        using var model = Networks.Create("tiny");
        using var x = randn(4, 3, 64, 64);
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
        using var x = randn(4, 3, 64, 64);
        using var labels = tensor(new long[] { 0, 1, 2, 3 });
        using var optimizer = optim.SGD(model.parameters(), 0.01, momentum: 0.9);

        RequireLevel(() =>
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            nn.functional.cross_entropy(model.call(x), labels).backward();
            optimizer.step();
        });
    }

    private static void RequireLevel(Action pass)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "resident memory is read from /proc");
        Repeat(pass, Warmup);
        var (tensors, memory) = (Tensor.TotalCount, Resident());

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
