using System.Diagnostics;
using static TorchSharp.torch;

namespace DenseNetSharp.LibTorch.Tests;

public class MemoryTests
{
    [Fact]
    public void A_thousand_steps_of_training_leave_tensors_and_memory_level()
    {
        using var net = nn.Sequential(
            nn.Conv2d(3, 16, 3, padding: 1), nn.BatchNorm2d(16), nn.ReLU(inplace: true),
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 4));
        using var optimizer = optim.Adam(net.parameters());
        Run(100);

        // Read the memory first: that runs finalizers of what other tests left behind.
        var (bytes, tensors) = (ResidentBytes(), Tensor.TotalCount);
        Run(1000);

        (Tensor.TotalCount - tensors).Should().Be(0);
        (ResidentBytes() - bytes).Should().BeLessThan(32 << 20);

        void Run(int steps)
        {
            for (var i = 0; i < steps; i++)
            {
                using var scope = NewDisposeScope();
                var loss = net.call(randn(4, 3, 32, 32)).pow(2).mean();
                optimizer.zero_grad();
                Double.apply(loss).backward();
                optimizer.step();
            }
        }
    }

    [Fact]
    public void Tensors_nobody_disposed_are_released_by_finalizers()
    {
        var before = Tensor.TotalCount;
        Leak();
        for (var i = 0; i < 10 && Tensor.TotalCount > before; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Tensor.TotalCount.Should().BeLessThanOrEqualTo(before);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static void Leak()
        {
            for (var i = 0; i < 100; i++)
            {
                ones(1000);
            }
        }
    }

    private static long ResidentBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    private sealed class Double : autograd.SingleTensorFunction<Double>
    {
        public override string Name => nameof(Double);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            ctx.save_for_backward([(Tensor)vars[0]]);
            return (Tensor)vars[0] * 2;
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) =>
            [ctx.get_saved_variables()[0] * 0 + grad_output * 2];
    }
}
