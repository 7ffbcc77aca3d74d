using System.Diagnostics;
using System.Globalization;
using static TorchSharp.torch;

namespace DenseNetSharp.Benchmarks.Networks;

/// <summary>
/// Our network against torchvision's own on the same libtorch, in turns in this process, with a look at the bits; and against
/// torchvision in Python, on Python's libtorch and in a process of its own.
/// </summary>
internal static class NetworkComparison
{
    /// <summary>TorchScript's executor watches the first calls and compiles anew after them.</summary>
    private const int Warmups = 4;

    /// <summary>What the kind of a job ends with where our network has its channels last, and theirs has not.</summary>
    private const string ChannelsLast = "-channels-last";

    /// <summary>Times jobs of the kinds <c>forward</c>, <c>training</c> and <c>efficient-training</c>, and with <c>-channels-last</c> behind them.
    /// </summary>
    public static void Time(IReadOnlyList<Job> jobs, int threads, int runs)
    {
        set_num_threads(threads);
        Console.WriteLine($"scripted: torchvision's network as TorchScript, on the same libtorch {__version__} in the same process; "
            + "torchvision: Python's, on its own libtorch.");
        Console.WriteLine($"{Turns.Description(threads)}.");
        Write($"{"",-36} {"DenseNetSharp",15} {"scripted",12} {"ratio",6} {"torchvision",12} {"ratio",6}   (milliseconds, medians of {runs} runs in turns)");
        var folder = Directory.CreateTempSubdirectory("densenetsharp-").FullName;
        try
        {
            foreach (var job in jobs)
            {
                Time(job, folder, threads, runs);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Time(Job job, string folder, int threads, int runs)
    {
        using var torchvision = Peer.Torchvision(threads);
        torchvision.SaveScripted(job.Model, folder);
        using var own = DenseNetFactory.Create(job.Model, options: new() { MemoryEfficient = job.Kind == "efficient-training" });
        own.LoadCheckpoint(Path.Combine(folder, $"{job.Model}.pth"));
        var plain = job with { Kind = job.Kind.Replace(ChannelsLast, "", StringComparison.Ordinal) };
        if (plain != job)
        {
            own.ToChannelsLast();
        }

        using var scripted = ScriptedNetwork.Load(Path.Combine(folder, $"{job.Model}.pt"));
        manual_seed(0);
        using var images = randn(job.Batch, 3, job.Size, job.Size);
        var (ours, theirs, bits) = plain.Kind == "forward" ? Forward(own, scripted, images) : Training(own, scripted, images);

        var times = Turns.Take([ours, theirs, () => torchvision.Run(plain)], Warmups, runs);
        var remark = job.Kind == "efficient-training" ? "; scripted has the plain step only" : "";
        Write($"{job,-36} {Median.Of(times[0]),15:F1} {Columns(times[0], times[1])} {Columns(times[0], times[2])}   {bits()}{remark}");
    }

    private static (Func<double> Ours, Func<double> Theirs, Func<string> Bits) Forward(
        DenseNet own, jit.ScriptModule<Tensor, Tensor> scripted, Tensor images)
    {
        own.eval();
        scripted.eval();
        var (ours, theirs) = (NetworkWork.Forward(own, images), NetworkWork.Forward(scripted, images));
        return (() => Milliseconds(() => ours().Dispose()), () => Milliseconds(() => theirs().Dispose()), () =>
        {
            using var a = ours();
            using var b = theirs();
            return ScriptedNetwork.SameBits(a, b)
                ? "logits equal to the bit"
                : string.Create(CultureInfo.InvariantCulture, $"logits DIFFER by up to {(a - b).abs().max().item<float>():G3}");
        }
        );
    }

    /// <summary>Both sides take every step, warm-ups too, so that afterwards all weights can be compared.</summary>
    private static (Func<double> Ours, Func<double> Theirs, Func<string> Bits) Training(
        DenseNet own, jit.ScriptModule<Tensor, Tensor> scripted, Tensor images)
    {
        own.train();
        scripted.train();
        var labels = randint(0, 1000, [images.size(0)], dtype: ScalarType.Int64);
        var ours = NetworkWork.TrainingStep(own, own.parameters(), images, labels);
        var theirs = NetworkWork.TrainingStep(scripted, scripted.parameters(), images, labels);
        var (ourLosses, theirLosses) = (new List<float>(), new List<float>());
        return (() => Milliseconds(() => ourLosses.Add(ours())), () => Milliseconds(() => theirLosses.Add(theirs())), () =>
        {
            var differences = ScriptedNetwork.Differences(own, scripted);
            var same = ourLosses.SequenceEqual(theirLosses);
            return same && differences.Count == 0
                ? $"losses and weights equal to the bit after {ourLosses.Count} steps"
                : $"losses {(same ? "equal" : "DIFFER")}, {differences.Count} weights DIFFER after {ourLosses.Count} steps";
        }
        );
    }

    private static double Milliseconds(Action work)
    {
        var start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static string Columns(List<double> own, List<double> others) =>
        string.Create(CultureInfo.InvariantCulture, $"{Median.Of(others),12:F1} {Median.OfRatios(own, others),6:F3}");

    private static void Write(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture).TrimEnd());
}
