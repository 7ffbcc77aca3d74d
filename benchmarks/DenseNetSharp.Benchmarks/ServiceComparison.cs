using System.Diagnostics;
using DenseNetSharp.Classification;
using DenseNetSharp.Extensions.Hosting;
using DenseNetSharp.Images;
using Microsoft.Extensions.DependencyInjection;
using static TorchSharp.torch;

namespace DenseNetSharp.Benchmarks;

/// <summary>A service's classifiers on both engines, with batches and without, under the load of several clients.</summary>
internal static class ServiceComparison
{
    private const int Clients = 8;
    private const int Requests = 32;

    private static readonly (string Engine, int Batch)[] _sides = [("fused", 1), ("fused", 4), ("fused", 8), ("torch", 1), ("torch", 4), ("torch", 8)];

    /// <summary>Where libtorch computes: on a GPU if there is one.</summary>
    private static Device TorchDevice => cuda.is_available() ? CUDA : CPU;

    /// <summary>Prints, for each, images a second and how long a request takes.</summary>
    public static void Run(string model, int size, int threads, int runs)
    {
        TorchThreads.Configure(threads);
        var folder = Directory.CreateTempSubdirectory("densenetsharp-").FullName;
        try
        {
            var file = Path.Combine(folder, $"{model}.pth");
            using (var network = DenseNetFactory.Create(model))
            using (var checkpoint = network.ToCheckpoint())
            {
                checkpoint.Save(file);
            }

            using var services = Services(file, threads);
            foreach (var side in _sides)
            {
                services.GetRequiredService<IModelReloader>().ReloadAsync(Name(side)).GetAwaiter().GetResult();
            }

            var image = RgbImage.FromGray(size, size, new byte[size * size]);
            var times = _sides.Select(_ => new List<double>()).ToArray();
            var seconds = Turns.Take(
                [.. _sides.Select((side, i) => (Func<double>)(() => Ask(services.GetRequiredKeyedService<IImageClassifier>(Name(side)), image, times[i])))],
                warmups: 1,
                runs);
            Console.WriteLine($"{model}, {size}x{size}, {Clients} clients, {Requests} requests a turn, libtorch on {TorchDevice.type}; {Turns.Description(threads)}");
            foreach (var (i, side) in _sides.Index())
            {
                var sorted = times[i].Order().ToArray();
                Console.WriteLine(
                    $"{Name(side),-20} {Requests / Median.Of(seconds[i]),6:F1} images/s   "
                    + $"p50 {sorted[sorted.Length / 2],7:F1} ms   p99 {sorted[sorted.Length * 99 / 100],7:F1} ms");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static ServiceProvider Services(string file, int threads)
    {
        var services = new ServiceCollection();
        foreach (var side in _sides)
        {
            services
                .AddDenseNet(Name(side), options =>
                    (options.File, options.Engine, options.Threads, options.MaxBatch) = (file, side.Engine, threads, side.Batch))
                .UseEngine("torch", load => DenseNetFactory.FromCheckpoint(load.Checkpoint, options: new() { Device = TorchDevice }));
        }

        return services.BuildServiceProvider();
    }

    private static string Name((string Engine, int Batch) side) => side.Batch == 1 ? $"{side.Engine}, no batches" : $"{side.Engine}, batches of {side.Batch}";

    /// <summary>Lets every client send its next image when it has the last one's answer; returns the seconds.</summary>
    private static double Ask(IImageClassifier classifier, RgbImage image, List<double> milliseconds)
    {
        var start = Stopwatch.GetTimestamp();
        Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < Requests / Clients; i++)
            {
                var sent = Stopwatch.GetTimestamp();
                await classifier.ClassifyAsync(image);
                lock (milliseconds)
                {
                    milliseconds.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
                }
            }
        }))).GetAwaiter().GetResult();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
