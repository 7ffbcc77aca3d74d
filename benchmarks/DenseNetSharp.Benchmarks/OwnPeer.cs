using System.Diagnostics;
using System.Globalization;
using DenseNetSharp.Benchmarks.Networks;
using DenseNetSharp.Datasets;
using DenseNetSharp.Images;
using DenseNetSharp.Images.Augmentation;
using DenseNetSharp.Training;
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
                Answer(ProcessMemory.Peak());
                continue;
            }

            if (line.StartsWith("prepare ", StringComparison.Ordinal))
            {
                (current, run) = (line["prepare ".Length..], Prepare(Job.Parse(line["prepare ".Length..])));
                GC.Collect();
                ProcessMemory.ResetPeak();
                Answer(ProcessMemory.Resident());
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

    private static Action Prepare(Job job) => job.Kind switch
    {
        "resize" or "preprocess" or "preprocess-all" => PrepareImage(job),
        "load-epoch" => PrepareLoader(job),
        _ => PrepareModel(job),
    };

    private static Action PrepareImage(Job job)
    {
        var filter = Enum.Parse<Resampling>(job.Model, ignoreCase: true);
        var preset = ImagePreset.TorchvisionImageNet with { ResizeSize = job.Size, Interpolation = filter };
        if (job.Kind == "preprocess")
        {
            return () => preset.Apply(RgbImage.Load(job.File!));
        }

        if (job.Kind == "preprocess-all")
        {
            var files = Directory.GetFiles(job.File!, "*.jpg", SearchOption.AllDirectories);
            var output = preset.CropSize!.Value;
            var length = 3 * output.Height * output.Width;
            var batch = new float[files.Length * length];
            var options = new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() };
            return () => Parallel.For(0, files.Length, options, i =>
                preset.Apply(RgbImage.Load(files[i]), batch.AsSpan(i * length, length)));
        }

        var photo = RgbImage.Load(job.File!);
        var size = (preset with { CropSize = null }).OutputSize(photo.Height, photo.Width);
        return () => ImageResizer.Resize(photo, size.Width, size.Height, filter);
    }

    private static Action PrepareLoader(Job job)
    {
        var preset = ImagePreset.TorchvisionImageNet with { CropSize = job.Size };
        var loader = new ImageLoader(ImageFolder.Load(job.File!), preset, TrainingTransform.ResizedCropAndFlip(preset))
        {
            Options = new ImageBatchOptions { BatchSize = job.Batch, Workers = get_num_threads() },
        };
        var epoch = 0;
        return () =>
        {
            foreach (var batch in loader.TrainingBatches(seed: 1, epoch++))
            {
                batch.Dispose();
            }
        };
    }

    private static Action PrepareModel(Job job)
    {
        manual_seed(0);
        var model = DenseNetFactory.Create(job.Model, options: new() { MemoryEfficient = job.Kind == "efficient-training" });
        if (job.File is { } file)
        {
            return () => model.LoadCheckpoint(file);
        }

        var x = randn(job.Batch, 3, job.Size, job.Size);
        if (job.Kind == "forward")
        {
            model.eval();
            var forward = NetworkWork.Forward(model, x);
            return () => forward().Dispose();
        }

        var labels = randint(0, 1000, [job.Batch], dtype: ScalarType.Int64);
        var step = NetworkWork.TrainingStep(model, model.parameters(), x, labels);
        return () => step();
    }

    private static void Answer(double value) => Console.Out.WriteLine(value.ToString("R", CultureInfo.InvariantCulture));
}
