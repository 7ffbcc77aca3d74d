using System.Diagnostics;
using System.Globalization;

namespace DenseNetSharp.Benchmarks.Inference;

/// <summary>Predicts the first so many of the images and answers with the first image's first logit.</summary>
internal delegate float Predict(int images);

/// <summary>
/// The C# peers' side of the inference benchmark, in a process of its own. Answers each line: a number of images with the
/// milliseconds that they take, "logit" with the first image's first logit, "peak" with the peak of resident memory in MiB,
/// "callers N SECONDS" with the median and the 99th percentile of the milliseconds that N callers at the same time wait for one
/// image each, and how many images that were.
/// </summary>
internal static class PeerLoop
{
    /// <summary>Answers until the input ends.</summary>
    /// <param name="newCaller">Makes what one caller needs for itself; called once for each that predicts at the same time.</param>
    public static void Serve(Func<Predict> newCaller)
    {
        var predict = newCaller();
        while (Console.In.ReadLine() is { } line)
        {
            var parts = line.Split(' ');
            Console.Out.WriteLine(parts[0] switch
            {
                "peak" => Text(ProcessMemory.Peak()),
                "logit" => Text(predict(1)),
                "callers" => Callers(newCaller, int.Parse(parts[1], CultureInfo.InvariantCulture), double.Parse(parts[2], CultureInfo.InvariantCulture)),
                _ => Text(Time(predict, int.Parse(line, CultureInfo.InvariantCulture))),
            });
        }
    }

    private static double Time(Predict predict, int images)
    {
        var start = Stopwatch.GetTimestamp();
        predict(images);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static string Callers(Func<Predict> newCaller, int count, double seconds)
    {
        var clock = Stopwatch.StartNew();
        var waits = new List<double>[count];
        var threads = Enumerable.Range(0, count).Select(caller => new Thread(() =>
        {
            var predict = newCaller();
            var own = waits[caller] = [];
            while (clock.Elapsed.TotalSeconds < seconds)
            {
                own.Add(Time(predict, 1));
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        var sorted = waits.SelectMany(own => own).Order().ToArray();
        return $"{Text(sorted[sorted.Length / 2])} {Text(sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * 0.99))])} {sorted.Length}";
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
