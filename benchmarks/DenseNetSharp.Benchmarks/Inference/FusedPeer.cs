using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using DenseNetSharp.Inference;

namespace DenseNetSharp.Benchmarks.Inference;

/// <summary>The fused engine's side, in a process of its own, under the same protocol as onnxruntime_peer.mjs.</summary>
internal static class FusedPeer
{
    private const int Side = 224;
    private const int ImageLength = 3 * Side * Side;

    public static void Serve(string folder, string model, int threads)
    {
        using var engine = FusedDenseNet.Load(Path.Combine(folder, $"{model}.pth"), new() { MaxThreads = threads });
        var images = new float[8 * ImageLength];
        using (var file = File.OpenRead(Path.Combine(folder, "images.bin")))
        {
            file.ReadExactly(MemoryMarshal.AsBytes(images.AsSpan()));
        }

        var logits = new float[8 * engine.NumClasses];
        while (Console.In.ReadLine() is { } line)
        {
            var parts = line.Split(' ');
            var answer = parts[0] switch
            {
                "peak" => Text(PeakMebibytes()),
                "logit" => Text(Logit()),
                "callers" => Callers(engine, images, int.Parse(parts[1], CultureInfo.InvariantCulture), double.Parse(parts[2], CultureInfo.InvariantCulture)),
                _ => Text(Time(int.Parse(line, CultureInfo.InvariantCulture))),
            };
            Console.Out.WriteLine(answer);
        }

        double Logit()
        {
            Time(1);
            return logits[0];
        }

        double Time(int n)
        {
            var start = Stopwatch.GetTimestamp();
            engine.Predict(images.AsSpan(0, n * ImageLength), n, Side, Side, logits.AsSpan(0, n * engine.NumClasses));
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
    }

    /// <summary>The median and the 99th percentile of what callers at the same time wait for an image each, in milliseconds.</summary>
    private static string Callers(FusedDenseNet engine, float[] images, int count, double seconds)
    {
        var clock = Stopwatch.StartNew();
        var waits = new List<double>[count];
        var threads = Enumerable.Range(0, count).Select(caller => new Thread(() =>
        {
            var logits = new float[engine.NumClasses];
            var own = waits[caller] = [];
            while (clock.Elapsed.TotalSeconds < seconds)
            {
                var start = Stopwatch.GetTimestamp();
                engine.Predict(images.AsSpan(0, ImageLength), 1, Side, Side, logits);
                own.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        var sorted = waits.SelectMany(own => own).Order().ToArray();
        return $"{Text(sorted[sorted.Length / 2])} {Text(sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * 0.99))])} {sorted.Length}";
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static double PeakMebibytes()
    {
        var line = File.ReadLines("/proc/self/status").First(text => text.StartsWith("VmHWM:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}
