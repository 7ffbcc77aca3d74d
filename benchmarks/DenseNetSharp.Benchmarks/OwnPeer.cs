using System.Diagnostics;
using System.Globalization;
using static TorchSharp.torch;

namespace DenseNetSharp.Benchmarks;

/// <summary>Our side, in a process of its own and under the same protocol as torchvision's (torchvision_peer.py).</summary>
internal static class OwnPeer
{
    public static void Serve(int threads)
    {
        set_num_threads(threads);
        string? current = null;
        Action run = () => { };
        while (Console.In.ReadLine() is { } line)
        {
            if (line == "peak")
            {
                Answer(PeakMebibytes());
                continue;
            }

            if (line != current)
            {
                (current, run) = (line, Prepare(Job.Parse(line)));
            }

            var start = Stopwatch.GetTimestamp();
            run();
            Answer(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
    }

    private static Action Prepare(Job job)
    {
        manual_seed(0);
        var model = DenseNetFactory.Create(job.Model, memoryEfficient: job.Kind == "efficient-training");
        var x = randn(job.Batch, 3, job.Size, job.Size);
        if (job.Kind == "forward")
        {
            model.eval();
            return () =>
            {
                using var noGradients = no_grad();
                model.call(x).Dispose();
            };
        }

        var y = randint(0, 1000, [job.Batch], dtype: ScalarType.Int64);
        var optimizer = optim.SGD(model.parameters(), 0.01, momentum: 0.9, weight_decay: 1e-4);
        return () =>
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            nn.functional.cross_entropy(model.call(x), y).backward();
            optimizer.step();
        };
    }

    private static void Answer(double value) => Console.Out.WriteLine(value.ToString("R", CultureInfo.InvariantCulture));

    private static double PeakMebibytes()
    {
        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}
