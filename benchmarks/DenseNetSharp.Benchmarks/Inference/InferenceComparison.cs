using System.Diagnostics;
using System.Globalization;
using DenseNetSharp.Architectures;
using DenseNetSharp.Images;

namespace DenseNetSharp.Benchmarks.Inference;

/// <summary>
/// The fused engine against torchvision, TorchScript on two libtorches, and ONNX Runtime: all sides in turns in one run, the same
/// weights and images, each in a process of its own.
/// </summary>
internal static class InferenceComparison
{
    private const int Warmups = 3;

    private static readonly TimeSpan TimeToWarmUp = TimeSpan.FromSeconds(3);

    /// <summary>The sample that classifies images, as it is published; ./build.sh bench publishes it.</summary>
    private static readonly (string Name, string Path)[] Programs =
    [
        .. new[] { ("published", "FUSED_CLASSIFY"), ("Native AOT", "FUSED_CLASSIFY_NATIVE") }
            .Select(item => (item.Item1, Path: Environment.GetEnvironmentVariable(item.Item2)!))
            .Where(program => program.Path is not null),
    ];

    private static readonly Side[] Others = [Side.Eager, Side.Traced, Side.Scripted, Side.Frozen, Side.OnnxRuntime];

    /// <summary>Runs all of it.</summary>
    /// <param name="models">The networks; the first is the one that everything but the table is measured on.</param>
    /// <param name="threads">Threads of each side.</param>
    /// <param name="runs">Timed runs of each side.</param>
    public static void Run(string[] models, int threads, int runs)
    {
        Console.WriteLine(string.Join("; ", Others.Prepend(Side.Fused).Select(side => $"{side.Name}: {side.Description}")) + ".");
        Console.WriteLine($"Each side has a process of its own; {Turns.Description(threads)}.");
        var folder = Directory.CreateTempSubdirectory("densenetsharp-").FullName;
        try
        {
            Array.ForEach(models, model => Export("inference_peer.py", folder, model));
            Write($"One core's peak {MachineSpeed.PeakGigaflops():F1} GFLOP/s; core to core and back {MachineSpeed.PingPongNanoseconds():F0} ns");
            WriteHeader($"milliseconds, medians of {runs} runs in turns");
            foreach (var model in models)
            {
                Time(folder, model, batch: 1, threads, runs, Side.Fused);
                Time(folder, model, batch: 8, threads, Math.Max(runs / 3, 3), Side.Fused);
            }

            if (threads > 1)
            {
                Time(folder, models[0], batch: 1, 1, runs, Side.Fused);
                Time(folder, models[0], batch: 8, 1, Math.Max(runs / 3, 3), Side.Fused);
            }

            Time(folder, models[0], batch: 1, threads, runs, Side.FusedAvx2);
            WriteHeader("milliseconds from the process's start to its first prediction, medians of 5 in turns");
            FirstPredictions(folder, models[0], threads);
            WriteHeader("peak resident memory in MiB");
            Memory(folder, models[0], batch: 1, threads);
            Memory(folder, models[0], batch: 8, threads);
            WriteHeader("MB on disk beside .NET itself; of Python's, its packages' managers tell");
            Disk();
            Callers(folder, models[0], threads);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Writes a network and images for the sides.</summary>
    public static void Export(string script, string folder, params string[] arguments)
    {
        using var export = Process.Start(new ProcessStartInfo(Side.Python, [Side.Script(script), "export", .. arguments, folder])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = export.StandardError.ReadToEndAsync();
        export.StandardOutput.ReadToEnd();
        export.WaitForExit();
        if (export.ExitCode != 0)
        {
            throw new InvalidOperationException($"{arguments[0]} could not be exported: {errors.Result}");
        }
    }

    private static void Time(string folder, string model, int batch, int threads, int runs, Side own)
    {
        var peers = new[] { own }.Concat(Others).Select(side => InferencePeer.Start(side, folder, model, threads)).ToArray();
        try
        {
            RequireSameLogits(peers);
            Array.ForEach(peers, peer => WarmUp(peer, batch));
            var times = Turns.Take(
                [.. peers.Select(peer => (Func<double>)(() => peer.Number(batch.ToString(CultureInfo.InvariantCulture))))], Warmups, runs);
            var macs = DenseNetArchitectures.Get(model).MultiplyAddCount(224, 224) * batch;
            var title = string.Create(CultureInfo.InvariantCulture, $"{model} {batch} x{threads}{(own == Side.Fused ? "" : " AVX2 only")}");
            WriteRow(title, times, string.Create(CultureInfo.InvariantCulture, $"{2 * macs / Median.Of(times[0]) / 1e6 / threads:F0} GFLOP/s a core"));
        }
        finally
        {
            Array.ForEach(peers, peer => peer.Dispose());
        }
    }

    /// <summary>Until .NET has compiled what runs often once more, and the others have settled too.</summary>
    public static void WarmUp(InferencePeer peer, int batch)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < TimeToWarmUp;)
        {
            peer.Number(batch.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Fast and wrong is easy.</summary>
    public static void RequireSameLogits(InferencePeer[] peers)
    {
        var logits = peers.Select(peer => peer.Number("logit")).ToArray();
        // One of a thousand logits, not the largest: this is no proof of parity, which the tests give.
        if (logits.Max() - logits.Min() > 1e-4)
        {
            throw new InvalidOperationException($"The sides' logits differ: {string.Join(", ", logits)}");
        }
    }

    private static void FirstPredictions(string folder, string model, int threads)
    {
        var image = Image(folder);
        var programTimes = Programs.Select(_ => new List<double>()).ToArray();
        // Tracing and freezing are done once, not at every start.
        Side[] sides = [Side.Fused, .. Others.Where(side => side != Side.Traced)];
        var times = sides.Select(_ => new List<double>()).ToArray();
        for (var i = 0; i < 5; i++)
        {
            for (var side = 0; side < sides.Length; side++)
            {
                var start = Stopwatch.GetTimestamp();
                using var peer = InferencePeer.Start(sides[side], folder, model, threads);
                peer.Number("1");
                times[side].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            for (var program = 0; program < Programs.Length; program++)
            {
                // To its end: checkpoint, PNG, preprocessing, prediction, labels.
                var start = Stopwatch.GetTimestamp();
                Answer(Programs[program].Path, Checkpoint(folder, model), image);
                programTimes[program].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        var others = Others.Select(side => Array.IndexOf(sides, side) is >= 0 and var index ? times[index] : []).ToArray();
        WriteRow(model, [times[0], .. others]);
        foreach (var (program, own) in Programs.Zip(programTimes))
        {
            WriteRow($"{model}, {program.Name}", [own, .. others]);
        }
    }

    private static void Disk()
    {
        List<double>[] others = [.. Others.Select<Side, List<double>>(side =>
            side == Side.OnnxRuntime ? [DiskSizes.OnnxRuntime()] : side == Side.Scripted || side == Side.Frozen ? [DiskSizes.LibTorch()] : [])];
        WriteRow("assemblies, native files", [[DiskSizes.Fused()], .. others]);
        foreach (var program in Programs)
        {
            WriteRow($"{program.Name}, .NET included", [[DiskSizes.Megabytes([program.Path])], .. others]);
        }
    }

    private static void Memory(string folder, string model, int batch, int threads)
    {
        List<double>[] peaks = [.. new[] { Side.Fused }.Concat(Others).Select(side =>
        {
            using var peer = InferencePeer.Start(side, folder, model, threads);
            for (var i = 0; i < 3; i++)
            {
                peer.Number(batch.ToString(CultureInfo.InvariantCulture));
            }

            return new List<double> { peer.Number("peak") };
        })];
        WriteRow(string.Create(CultureInfo.InvariantCulture, $"{model} {batch} x{threads}"), peaks);
        foreach (var program in batch == 1 ? Programs : [])
        {
            // Only the system knows the peak of a process that has ended, and tells its parent.
            const string measure = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True); "
                + "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)";
            var peak = Answer(Side.Python, "-c", measure, program.Path, Checkpoint(folder, model), Image(folder));
            WriteRow($"{model}, {program.Name}", [[double.Parse(peak, CultureInfo.InvariantCulture)], .. peaks[1..]]);
        }
    }

    private static string Checkpoint(string folder, string model) => Path.Combine(folder, $"{model}.pth");

    /// <summary>A PNG, for programs that classify files.</summary>
    private static string Image(string folder)
    {
        var image = Path.Combine(folder, "noise.png");
        if (!File.Exists(image))
        {
            var pixels = new byte[3 * 224 * 224];
            new Random(0).NextBytes(pixels);
            new RgbImage(224, 224, pixels).SavePng(image);
        }

        return image;
    }

    private static string Answer(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var answer = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? answer : throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
    }

    private static void Callers(string folder, string model, int threads)
    {
        Write($"{"callers at the same time, an image each",-40} {"p50 ms",10} {"p99 ms",10} {"images",8}");
        Side[] sides = [Side.Fused, Side.OnnxRuntime];
        foreach (var count in new[] { 1, 2, 8, 32 })
        {
            foreach (var side in sides)
            {
                using var peer = InferencePeer.Start(side, folder, model, threads);
                WarmUp(peer, 1);
                var answer = peer.Numbers(string.Create(CultureInfo.InvariantCulture, $"callers {count} 5"));
                Write($"{$"{side.Name}, {count}",-40} {answer[0],10:F1} {answer[1],10:F1} {answer[2],8:F0}");
            }
        }
    }

    private static void WriteHeader(string what)
    {
        var columns = string.Concat(Others.Select(side => $" {side.Name,12} {"ratio",6}"));
        Write($"{"",-28} {"fused",10}{columns}   ({what})");
    }

    private static void WriteRow(string title, List<double>[] values, string remark = "")
    {
        var columns = string.Concat(values.Skip(1).Select(others => others.Count == 0
            ? $" {"-",12} {"-",6}"
            : string.Create(
                CultureInfo.InvariantCulture,
                $" {Median.Of(others),12:F1} {Median.OfRatios(values[0], others),6:F3}")));
        Write($"{title,-28} {Median.Of(values[0]),10:F1}{columns}   {remark}");
    }

    private static void Write(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture).TrimEnd());
}
