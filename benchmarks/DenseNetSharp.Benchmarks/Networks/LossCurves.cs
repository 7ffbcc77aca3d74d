using System.Diagnostics;
using System.Globalization;
using DenseNetSharp.Datasets;
using DenseNetSharp.Images;
using DenseNetSharp.Training;
using static TorchSharp.torch;

namespace DenseNetSharp.Benchmarks.Networks;

/// <summary>Training in float32 and in bfloat16 beside PyTorch's float32 and autocast: mean losses of each epoch on the shipped images of
/// Fashion-MNIST, from the same weights on the same batches.</summary>
internal static class LossCurves
{
    private const int Epochs = 20;

    private static readonly string Images = Path.Combine(AppContext.BaseDirectory, "FashionMnist");

    public static void Run(int threads)
    {
        set_num_threads(threads);
        var folder = Directory.CreateTempSubdirectory("densenetsharp-").FullName;
        try
        {
            var theirs = PyTorchs(folder, threads);
            var (single, half) = (Train(folder, isBFloat16: false), Train(folder, isBFloat16: true));
            Console.WriteLine("Mean training loss of an epoch, Fashion-MNIST's 400 shipped images:");
            Write($"{"epoch",5} {"float32",10} {"PyTorch",10} {"bfloat16",10} {"autocast",10}");
            for (var epoch = 0; epoch < Epochs; epoch++)
            {
                Write($"{epoch + 1,5} {single[epoch],10:F4} {theirs[epoch][0],10:F4} {half[epoch],10:F4} {theirs[epoch][1],10:F4}");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double[][] PyTorchs(string folder, int threads)
    {
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "Networks", "autocast_peer.py"), folder, Images,
            Epochs.ToString(CultureInfo.InvariantCulture), threads.ToString(CultureInfo.InvariantCulture),
        ];
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("PYTHON") ?? "/usr/bin/python3", arguments) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ').Select(Number).ToArray())]
            : throw new InvalidOperationException($"PyTorch's training ended with status {process.ExitCode}.");

        static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
    }

    private static double[] Train(string folder, bool isBFloat16)
    {
        using var model = DenseNetFactory.FromCheckpoint(Path.Combine(folder, "initial.pth"));
        var tuner = new FineTuner
        {
            Model = model,
            Training = ImageFolder.Load(Images),
            Preset = new ImagePreset { Name = "fashion-mnist", FixedSize = 40, Mean = [0.286f, 0.286f, 0.286f], Std = [0.353f, 0.353f, 0.353f] },
            Folder = Path.Combine(folder, isBFloat16 ? "bfloat16" : "float32"),
            Options = new FineTuningOptions
            {
                Epochs = Epochs,
                BatchSize = 32,
                Seed = 5,
                Optimizer = new OptimizerSettings { LearningRate = 0.05 },
                Schedule = new ConstantSchedule(),
                BFloat16 = isBFloat16,
            },
        };
        return [.. tuner.Run().Epochs.Select(epoch => epoch.TrainingLoss)];
    }

    private static void Write(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
