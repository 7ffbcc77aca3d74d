using System.Runtime.InteropServices;
using DenseNetSharp.Core.Tests.Images;

namespace DenseNetSharp.Core.Tests.Training;

/// <summary>Runs <c>torch.optim.lr_scheduler</c>, stepping after each step of an optimizer.</summary>
internal static class TorchSchedules
{
    /// <summary>What a scheduler gives at each step of a whole run.</summary>
    /// <param name="python">Where PyTorch runs.</param>
    /// <param name="scheduler">A Python expression for the scheduler of <c>optimizer</c>; <c>S</c> is the module.</param>
    /// <param name="baseRate">The optimizer's rate.</param>
    /// <param name="steps">The run's steps.</param>
    /// <param name="value">A Python expression for what is wanted of <c>group</c> or <c>scheduler</c>.</param>
    public static double[] Run(
        this PillowReference python, string scheduler, double baseRate, long steps, string value = "group['lr']") =>
        MemoryMarshal.Cast<byte, double>(python.Run(
            $"""
            import torch.optim.lr_scheduler as S
            optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr={baseRate:R}, momentum=0.9)
            group = optimizer.param_groups[0]
            scheduler = {scheduler}
            values = []
            for step in range({steps}):
                if step > 0:
                    optimizer.step()
                    scheduler.step()
                values.append({value})
            result = np.array(values, dtype=np.float64).tobytes()
            """)).ToArray();

    /// <summary>The same with a warm-up before it.</summary>
    public static string WarmedUp(string scheduler, long steps, double startFactor) =>
        $"S.SequentialLR(optimizer, [S.LinearLR(optimizer, {startFactor:R}, total_iters={steps}), {scheduler}], [{steps}])";
}
