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
    private const string Float32 = "float32", BFloat16 = "bfloat16", Float16 = "float16", Float64 = "float64";
    private const int LeastRuns = 5;
    private const int MostRuns = 200;

    public static Command Create()
    {
        var model = CommonOptions.Model();
        var engine = EngineOption.Create();
        var batchSize = CheckedOption.Count("--batch-size", "images a forward pass", 1, most: 1024);
        var threads = CommonOptions.Threads();
        var size = CheckedOption.OptionalCount("--size", "height and width of the images; 224, or 32 for CIFAR, if not given", most: 4096);
        var device = DeviceArgument.Create();
        var dtype = CheckedOption.Choice("--dtype", "the network's numbers on libtorch; float32 if not given", Float32, BFloat16, Float16, Float64);
        var channelsLast = LayoutOption.Create();
        var train = new Option<bool>("--train")
        {
            Description = "measure training steps: forward, backward, SGD with momentum and weight decay, on libtorch; in bfloat16 as finetune trains",
        };
        var frozen = new Option<bool>("--frozen") { Description = "measure the frozen copy, whose convolutions have their norms in them, on libtorch" };
        var json = CommonOptions.Json();
        var command = new Command("bench", "Measure how long a network takes on this machine.")
        {
            model, engine, batchSize, threads, size, device, dtype, channelsLast, train, frozen, json,
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
                Type = arguments.GetValue(dtype) ?? Float32,
                ChannelsLast = arguments.GetValue(channelsLast),
                Trains = arguments.GetValue(train),
                IsFrozen = arguments.GetValue(frozen),
            };
            work.Check();
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

        /// <summary>As the command line names it: what the fused engine computes needs no TorchSharp.</summary>
        public required string Type { get; init; }

        public required bool? ChannelsLast { get; init; }

        public required bool Trains { get; init; }

        public required bool IsFrozen { get; init; }

        /// <summary>Whether the fused engine can do it: all else is libtorch's.</summary>
        public bool CanBeFused => this is { Trains: false, IsFrozen: false, ChannelsLast: null, Type: Float32 };

        public void Check()
        {
            if (Trains && IsFrozen)
            {
                throw new UsageException("--frozen is for predictions; a frozen copy cannot --train.");
            }

            if (Trains && Type == Float16)
            {
                throw new UsageException("--train in float16 would lose small gradients; --dtype bfloat16 keeps them.");
            }
        }
    }

    private static bool IsFused(string? engine, Work work)
    {
        if (work.CanBeFused)
        {
            return EngineOption.IsFused(engine, work.Device);
        }

        return engine == EngineOption.Fused
            ? throw new UsageException(
                $"--engine {EngineOption.Fused} predicts in float32; --train, --frozen, {LayoutOption.Name} and another --dtype take "
                + $"--engine {EngineOption.Torch}.")
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
        try
        {
            using var network = DenseNetFactory.Create(
                work.Spec.Name!, options: new() { Device = device, ChannelsLast = work.ChannelsLast }, cancellationToken: cancellationToken);
            using var images = torch.randn(work.BatchSize, work.Spec.InputChannels, work.Side, work.Side, device: device);
            return work.Trains
                ? MeasureTraining(network, images, work, device, cancellationToken)
                : MeasurePrediction(network, images, work, device, cancellationToken);
        }
        catch (Exception exception) when (OutOfMemory.Explains(exception))
        {
            throw OutOfMemory.InBatch(device, work.BatchSize, work.Side, exception);
        }
    }

    private static Report MeasureTraining(DenseNet network, torch.Tensor images, Work work, torch.Device device, CancellationToken cancellationToken)
    {
        if (work.Type == Float64)
        {
            network.to(torch.ScalarType.Float64);
        }

        using var masters = work.Type == BFloat16 ? new MasterWeights(network) : null;
        using var optimizer = ForeachOptimizers.Sgd(masters?.Parameters ?? network.parameters(), 0.01, momentum: 0.9, weightDecay: 1e-4);
        using var labels = torch.zeros(work.BatchSize, dtype: torch.ScalarType.Int64, device: device);
        var trainer = new Trainer(network, optimizer) { Masters = masters };
        trainer.EnterTraining();
        return Measure(work, Step, cancellationToken);

        void Step()
        {
            trainer.Train(images, labels);
            Wait(device);
        }
    }

    private static Report MeasurePrediction(DenseNet network, torch.Tensor images, Work work, torch.Device device, CancellationToken cancellationToken)
    {
        var type = Enum.Parse<torch.ScalarType>(work.Type, ignoreCase: true);
        network.to(type);
        network.eval();
        using var frozen = work.IsFrozen ? network.Freeze() : null;
        using var converted = images.to(type);
        return Measure(work, Step, cancellationToken);

        void Step()
        {
            using var mode = torch.inference_mode();
            using var logits = frozen is null ? network.call(converted) : frozen.Call(converted);
            Wait(device);
        }
    }

    private static void Wait(torch.Device device)
    {
        if (device.type == DeviceType.CUDA)
        {
            torch.cuda.synchronize(device);
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
