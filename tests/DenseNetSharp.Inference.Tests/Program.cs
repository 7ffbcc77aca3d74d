using System.Globalization;
using DenseNetSharp.Architectures;

namespace DenseNetSharp.Inference.Tests;

/// <summary>
/// What the tests run as a process of its own: predictions with whatever instructions the environment leaves it, and
/// measurements that other tests' work would disturb.
/// </summary>
internal static class Program
{
    public static void Main(string[] arguments)
    {
        var answer = arguments switch
        {
            ["parity", var folder] => Parity(folder),
            ["allocations", var threads] => Allocations(int.Parse(threads, CultureInfo.InvariantCulture)),
            ["threads", var threads] => ThreadsUsed(int.Parse(threads, CultureInfo.InvariantCulture)),
            ["starve"] => Starve(),
            ["end", var how] => End(isDisposed: how == "dispose"),
            ["predict", var kernel] => Predict(Enum.Parse<FusedKernel>(kernel)),
            _ => throw new ArgumentException(
                "usage: parity FOLDER | allocations THREADS | threads THREADS | starve | end dispose | end forget | predict KERNEL; for the tests, dotnet test"),
        };
        Console.WriteLine(answer);
    }

    private static string Parity(string folder)
    {
        using var engine = TorchvisionNetworks.Load(folder, "fashion");
        var difference = TorchvisionNetworks.LargestDifference(folder, kernel: null, threads: 2);
        return string.Create(CultureInfo.InvariantCulture, $"{engine.Kernel} {difference:R}");
    }

    /// <summary>Bytes that all threads together allocate in twenty predictions after the first, of images of two sizes and of all that a
    /// network gives: the fewest of three rounds.</summary>
    private static string Allocations(int threads)
    {
        string[] family = ["deep blur", "plain 3x3", "catavgmax", "fast.ai", "activations"];
        return family.Select(name => FamilyNetworks.Specs[name]).Prepend(NaiveParityTests.Specs["like densenet121"])
            .Sum(spec => Allocations(spec, threads)).ToString(CultureInfo.InvariantCulture);
    }

    private static long Allocations(DenseNetSpec spec, int threads)
    {
        using var checkpoint = RandomNetwork.Create(spec);
        using var engine = FusedDenseNet.Load(checkpoint, new() { MaxThreads = threads, Spec = spec });
        var images = RandomNetwork.Images(spec, 5, 64, 64);
        var logits = new float[5 * spec.NumClasses];
        var features = new float[5 * engine.FeatureCount];
        var lastSize = spec.FeatureMapSize(64, 64);
        var maps = new float[5 * spec.FeatureCount * lastSize.Height * lastSize.Width];
        Predict();
        Predict();
        // The runtime's own threads allocate at times, too; what predictions allocate, they allocate in every round.
        return Enumerable.Range(0, 3).Min(_ => Round());

        long Round()
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            for (var i = 0; i < 20 / 4; i++)
            {
                Predict();
            }

            return GC.GetTotalAllocatedBytes(precise: true) - before;
        }

        void Predict()
        {
            engine.Predict(images, 5, 64, logits);
            engine.Predict(images.AsSpan(0, spec.InputChannels * 32 * 48), 1, (32, 48), logits.AsSpan(0, spec.NumClasses));
            engine.PredictFeatures(images, 5, 64, features);
            engine.PredictMaps(images, 5, 64, maps);
        }
    }

    /// <summary>What predictions do while the process gets no memory for a thread, or for a wide image, and afterwards.</summary>
    private static string Starve()
    {
        var spec = NaiveParityTests.Specs["growth 5"];
        using var checkpoint = RandomNetwork.Create(spec);
        var images = RandomNetwork.Images(spec, 1, 61, 61);
        // So that everything is compiled.
        using var first = FusedDenseNet.Load(checkpoint, new() { MaxThreads = 3 });
        var expected = Logits.Of(first, images, 1, 61, 61);
        using var engine = FusedDenseNet.Load(checkpoint, new() { MaxThreads = 3 });
        var logits = new float[spec.NumClasses];
        var wide = new float[3 * 61 * 12_000];
        var all = ProcessMemory.Limit(beyondNow: 1 << 20);
        var withoutThreads = Refusal(engine, images, 61);
        var withoutMemory = Refusal(first, wide, 12_000);
        ProcessMemory.Limit(all);
        engine.Predict(images, 1, 61, logits);
        var isRight = logits.SequenceEqual(expected) && Logits.Of(first, images, 1, 61, 61).SequenceEqual(expected);
        return $"{withoutThreads}, {withoutMemory}, then {(isRight ? "right" : "wrong")}";

        string Refusal(FusedDenseNet engine, float[] images, int width)
        {
            try
            {
                engine.Predict(images, 1, (61, width), logits);
                return "none";
            }
            catch (OutOfMemoryException exception)
            {
                return exception.GetType().Name;
            }
        }
    }

    /// <summary>One prediction, which makes the compiler compile the kernels.</summary>
    private static string Predict(FusedKernel kernel)
    {
        var spec = NaiveParityTests.Specs["like densenet121"];
        using var checkpoint = RandomNetwork.Create(spec);
        using var engine = FusedDenseNet.Load(checkpoint, new() { Kernel = kernel, MaxThreads = 1 });
        return Logits.Of(engine, RandomNetwork.Images(spec, 1, 64, 64), 1, 64, 64).Length.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Whether an engine uses other threads than its caller's.</summary>
    private static string ThreadsUsed(int threads)
    {
        var spec = NaiveParityTests.Specs["like densenet121"];
        using var checkpoint = RandomNetwork.Create(spec);
        using var engine = FusedDenseNet.Load(checkpoint, new() { MaxThreads = threads });
        foreach (var n in new[] { 1, 4 })
        {
            Logits.Of(engine, RandomNetwork.Images(spec, n, 64, 64), n, 64, 64);
        }

        // One thread is the caller's own, for loading as well.
        return (HasThreads() || ThreadPool.CompletedWorkItemCount > 0).ToString();
    }

    /// <summary>What is left of an engine that is disposed in the middle of a prediction, or that nobody disposes.</summary>
    private static string End(bool isDisposed)
    {
        using var checkpoint = RandomNetwork.Create(DenseNetSpec.Densenet121);
        long with = 0;
        long weights = 0;
        var user = new Thread(() =>
        {
            var engine = FusedDenseNet.Load(checkpoint, new() { MaxThreads = 3 });
            var images = new float[3 * 224 * 224];
            Logits.Of(engine, images, 1, 224, 224);
            (with, weights) = (ProcessMemory.Resident, engine.WeightBytes);
            if (isDisposed)
            {
                var busy = new Thread(() => Logits.Of(engine, images, 1, 224, 224));
                busy.Start();
                Thread.Sleep(5);
                engine.Dispose();
                busy.Join();
            }
        });
        user.Start();
        user.Join();
        for (var i = 0; i < 100 && (HasThreads() || with - ProcessMemory.Resident < weights / 2); i++)
        {
            if (!isDisposed)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }

            Thread.Sleep(50);
        }

        return $"{(HasThreads() ? "threads" : "no threads")}, {(with - ProcessMemory.Resident < weights / 2 ? "weights" : "no weights")}";
    }

    /// <summary>Whether there are helpers, by their name, which Linux cuts off after 15 characters.</summary>
    private static bool HasThreads() => Directory.EnumerateDirectories("/proc/self/task")
        .Any(task => NameOf(task).StartsWith("DenseNetSharp i", StringComparison.Ordinal));

    private static string NameOf(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm"));
        }
        catch (IOException)
        {
            // The thread, one of .NET's own perhaps, ended while the threads were listed.
            return "";
        }
    }
}
