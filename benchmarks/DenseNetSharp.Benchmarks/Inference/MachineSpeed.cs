using System.Diagnostics;
using DenseNetSharp.Inference.Kernels;
using DenseNetSharp.Inference.Packing;

namespace DenseNetSharp.Benchmarks.Inference;

/// <summary>What the machine can do, measured beside the times that depend on it.</summary>
internal static unsafe class MachineSpeed
{
    /// <summary>One core's multiply-adds, in 1e9 floating-point operations a second: the micro-kernel within the first cache.</summary>
    public static double PeakGigaflops()
    {
        const int k = 128;
        var kernels = KernelSet.Best;
        var plan = new BufferPlan();
        var matrix = new PackedMatrix(plan, k, 2 * kernels.Lanes, kernels.Lanes);
        var rows = kernels.TileRows;
        var packed = plan.Reserve(PackedRows.Length(rows, k));
        var output = plan.Reserve((nint)rows * matrix.PaddedN);
        using var memory = new NativeBuffer(plan.Length);
        new Span<float>(memory.Pointer, (int)memory.Length).Clear();
        matrix.Place(memory.Pointer);
        var offsets = stackalloc nint[rows];
        for (var row = 0; row < rows; row++)
        {
            offsets[row] = (nint)row * matrix.PaddedN;
        }

        var best = 0.0;
        for (var repeat = 0; repeat < 50; repeat++)
        {
            const int calls = 1000;
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < calls; i++)
            {
                kernels.Multiply(
                    matrix, new PackedPixels(memory.Pointer + packed, rows), floor: 0, new ProductOutput(memory.Pointer + output, offsets));
            }

            best = Math.Max(best, 2.0 * calls * k * rows * matrix.PaddedN / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9);
        }

        return best;
    }

    /// <summary>How long a value takes from one core to another and back, in nanoseconds.</summary>
    public static double PingPongNanoseconds()
    {
        const int rounds = 100_000;
        var turn = 0;
        var other = new Thread(() =>
        {
            for (var i = 0; i < rounds; i++)
            {
                while (Volatile.Read(ref turn) != 1)
                {
                }

                Volatile.Write(ref turn, 0);
            }
        });
        other.Start();
        var best = double.MaxValue;
        for (var part = 0; part < 10; part++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < rounds / 10; i++)
            {
                Volatile.Write(ref turn, 1);
                while (Volatile.Read(ref turn) != 0)
                {
                }
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / (rounds / 10));
        }

        other.Join();
        return best;
    }
}
