using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using DenseNetSharp.Architectures;
using DenseNetSharp.Cli.Libtorch;
using DenseNetSharp.Cli.Models;
using DenseNetSharp.Cli.Options;
using DenseNetSharp.Cli.Output;
using DenseNetSharp.Inference;
using DenseNetSharp.Training;
using TorchSharp;

namespace DenseNetSharp.Cli.Commands;

/// <summary><c>densenet bench</c>: how long a network takes here, with random weights.</summary>
internal static class BenchCommand
{
    private static readonly TimeSpan TimeToMeasure = TimeSpan.FromSeconds(3);
    private const int Warmups = 3;
    private const int LeastRuns = 5;
    private const int MostRuns = 200;

    public static Command Create()
    {
        var model = CommonOptions.Model();
        var engine = EngineOption.Create();
        var batchSize = CheckedOption.Count("--batch-size", "images a forward pass", 1, most: 1024);
        var threads = CommonOptions.Threads();
        var size = CheckedOption.OptionalCount("--size", "height and width of the images; 224, or 32 for CIFAR, if not given", most: 4096);
        var device = new Option<string>("--device") { Description = "cpu, cuda, cuda:N or mps", HelpName = "DEVICE", DefaultValueFactory = _ => "cpu" };
        var dtype = CheckedOption.Choice("--dtype", "the network's numbers on libtorch; float32 if not given", "float32", "bfloat16", "float16", "float64");
        var channelsLast = new Option<bool>("--channels-last") { Description = "lay weights and maps out with the channels last, on libtorch" };
        var train = new Option<bool>("--train") { Description = "measure training steps: forward, backward, SGD with momentum and weight decay, on libtorch" };
        var json = CommonOptions.Json();
        var command = new Command("bench", "Measure how long a network takes on this machine.")
        {
            model, engine, batchSize, threads, size, device, dtype, channelsLast, train, json,
        };
        command.SetAction((arguments, cancellationToken) => Task.Run(() =>
        {
            var spec = CommonOptions.RequireArchitecture(arguments.GetValue(model) ?? CommonOptions.DefaultModel);
            var side = arguments.GetValue(size) ?? CommonOptions.UsualSideOf(spec);
            if (side < spec.MinimumInputSize)
            {
                throw new UsageException($"--size is {side}; {spec.Name} takes {spec.MinimumInputSize} and larger.");
            }

            var work = new Work(spec, arguments.GetValue(batchSize), side, arguments.GetValue(threads))
            {
                Device = arguments.GetValue(device)!,
                Type = Enum.Parse<torch.ScalarType>(arguments.GetValue(dtype) ?? "float32", ignoreCase: true),
                IsChannelsLast = arguments.GetValue(channelsLast),
                Trains = arguments.GetValue(train),
            };
            var isFused = IsFused(arguments.GetValue(engine), work);
            var report = isFused ? MeasureFused(work, cancellationToken) : MeasureOnLibtorch(work, cancellationToken);
            if (arguments.GetValue(json))
            {
                JsonOutput.Write(report);
            }
            else
            {
                Console.Out.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{spec.Name} {report.MedianMs:F2} ms ({report.MinMs:F2} to {report.MaxMs:F2}), {report.ImagesPerSecond:F1} images/s, "
                    + $"{report.PeakMemoryBytes / 1048576.0:F0} MiB"));
            }

            return ExitStatus.Done;
        }));
        return command;
    }

    private sealed record Report(double MedianMs, double MinMs, double MaxMs, double ImagesPerSecond, long PeakMemoryBytes);

    private sealed record Work(DenseNetSpec Spec, int BatchSize, int Side, int Threads)
    {
        public required string Device { get; init; }

        public required torch.ScalarType Type { get; init; }

        public required bool IsChannelsLast { get; init; }

        public required bool Trains { get; init; }
    }

    /// <summary>Training, other numbers and another layout are libtorch's.</summary>
    private static bool IsFused(string? engine, Work work)
    {
        if (work is { Trains: false, IsChannelsLast: false, Type: torch.ScalarType.Float32 })
        {
            return EngineOption.IsFused(engine, work.Device);
        }

        return engine == EngineOption.Fused
            ? throw new UsageException(
                $"--engine {EngineOption.Fused} predicts in float32; --train, --channels-last and other --dtype take --engine {EngineOption.Torch}.")
            : false;
    }

    private static Report MeasureFused(Work work, CancellationToken cancellationToken)
    {
        using var network = LoadFused(work);
        return Measure(network, work, cancellationToken);
    }

    /// <summary>No libtorch, whose memory would count.</summary>
    private static FusedDenseNet LoadFused(Work work)
    {
        using var weights = RandomWeights.Create(work.Spec);
        return FusedDenseNet.Load(weights, new() { MaxThreads = work.Threads, Spec = work.Spec });
    }

    private static Report MeasureOnLibtorch(Work work, CancellationToken cancellationToken)
    {
        TorchLibraries.Load();
        torch.set_num_threads(work.Threads);
        var device = DeviceArgument.Parse(work.Device);
        using var network = DenseNetFactory.Create(work.Spec.Name!, options: new() { Device = device }, cancellationToken: cancellationToken);
        network.to(work.Type);
        if (work.IsChannelsLast)
        {
            network.ToChannelsLast();
        }

        using var images = torch.randn(work.BatchSize, work.Spec.InputChannels, work.Side, work.Side).to(work.Type, device);
        using var labels = torch.zeros(work.BatchSize, torch.ScalarType.Int64).to(device);
        using var optimizer = work.Trains ? ForeachOptimizers.Sgd(network.parameters(), 0.01, momentum: 0.9, weightDecay: 1e-4) : null;
        network.train(work.Trains);
        return Measure(work, Step, cancellationToken);

        void Step()
        {
            using var scope = torch.NewDisposeScope();
            using var mode = torch.inference_mode(!work.Trains);
            var logits = network.call(images);
            if (optimizer is not null)
            {
                torch.nn.functional.cross_entropy(logits, labels).backward();
                optimizer.step();
                optimizer.zero_grad();
            }

            if (device.type == DeviceType.CUDA)
            {
                torch.cuda.synchronize(device);
            }
        }
    }

    private static Report Measure(FusedDenseNet network, Work work, CancellationToken cancellationToken)
    {
        var (spec, batchSize, side, _) = work;
        var random = new Random(0);
        var length = (long)batchSize * spec.InputChannels * side * side;
        if (length > Array.MaxLength)
        {
            throw new UsageException(
                $"--batch-size {batchSize} with --size {side} is {length} values; a batch has at most {Array.MaxLength}.");
        }

        var images = new float[length];
        foreach (ref var value in images.AsSpan())
        {
            value = (random.NextSingle() * 4) - 2;
        }

        var logits = new float[batchSize * spec.NumClasses];
        return Measure(work, () => network.Predict(images, batchSize, side, logits, cancellationToken), cancellationToken);
    }

    private static Report Measure(Work work, Action step, CancellationToken cancellationToken)
    {
        var times = new List<double>();
        var whole = Stopwatch.StartNew();
        for (var i = -Warmups; i < MostRuns && (i < LeastRuns || whole.Elapsed < TimeToMeasure); i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var start = Stopwatch.GetTimestamp();
            step();
            if (i >= 0)
            {
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        times.Sort();
        var median = (times[(times.Count - 1) / 2] + times[times.Count / 2]) / 2;
        using var process = Process.GetCurrentProcess();
        return new Report(median, times[0], times[^1], work.BatchSize * 1000 / median, process.PeakWorkingSet64);
    }
}
