using System.Globalization;

namespace DenseNetSharp.Benchmarks;

/// <summary>Two peers at the same jobs, in turns, so that a machine that changes its speed changes it for both.</summary>
internal static class Comparison
{
    private const int Warmups = 3;

    public static void Time(IEnumerable<Job> jobs, int threads, int runs)
    {
        Write($"{"",-36} {"DenseNetSharp",15} {"torchvision",15} {"ratio",7}   (milliseconds, medians of {runs} runs in turns; {Turns.Description(threads)})");
        foreach (var job in jobs)
        {
            using var own = Peer.Own(threads);
            using var other = Peer.Torchvision(threads);
            var times = Turns.Take([() => own.Run(job), () => other.Run(job)], Warmups, runs);
            Write($"{job,-36} {Median.Of(times[0]),15:F1} {Median.Of(times[1]),15:F1} {Median.OfRatios(times[0], times[1]),7:F3}");
        }
    }

    /// <summary>Peak memory of three training steps, plain and memory-efficient, each in a process of its own.</summary>
    public static void Memory(string model, int batch, int size, int threads)
    {
        Write($"{"",-36} {"DenseNetSharp",15} {"torchvision",15} {"ratio",7}   (peak resident memory in MiB, three steps)");
        foreach (var kind in new[] { "training", "efficient-training" })
        {
            var job = new Job(model, batch, size, kind);
            var (ours, theirs) = (Peak(Peer.Own(threads), job), Peak(Peer.Torchvision(threads), job));
            Write($"{job,-36} {ours,15:F0} {theirs,15:F0} {ours / theirs,7:F3}");
        }
    }

    /// <summary>
    /// Loading a checkpoint into a network: time, and how far memory rises above what the network takes by itself, in a
    /// process of its own.
    /// </summary>
    public static void Loading(string model, int threads, int runs)
    {
        var folder = Directory.CreateTempSubdirectory("densenetsharp-").FullName;
        try
        {
            var jobs = new[] { "legacy", "zip" }.Select(format => Written(model, format, folder, threads)).ToArray();
            Time(jobs, threads, runs);
            Write($"{"",-36} {"DenseNetSharp",15} {"torchvision",15} {"ratio",7}   (memory above the network's own in MiB, one load)");
            foreach (var job in jobs)
            {
                var (ours, theirs) = (Extra(Peer.Own(threads), job), Extra(Peer.Torchvision(threads), job));
                Write($"{job,-36} {ours,15:F0} {theirs,15:F0} {ours / theirs,7:F3}");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>
    /// Photos of two sizes, one thread each: resizing alone, against Pillow, and the way from the JPEG file to a network's
    /// floats, against torchvision's preset on Pillow's images. Then a folder of photos on all threads, against torchvision's
    /// ImageFolder with a worker process a thread.
    /// </summary>
    public static void Images(int threads, int runs)
    {
        var folder = Directory.CreateTempSubdirectory("densenetsharp-").FullName;
        try
        {
            var large = PhotoIn(folder, 4000, 3000);
            var small = PhotoIn(folder, 500, 375);
            var resizes = new[] { "box", "bilinear", "bicubic", "lanczos" }.Select(filter => new Job(filter, 1, 256, "resize", large));
            var whole = new[] { large, small }.Select(photo => new Job("bilinear", 1, 256, "preprocess", photo));
            Time(resizes.Concat(whole), threads: 1, runs);

            Time([new Job("bilinear", 1, 256, "preprocess-all", Copies(small, 256, Path.Combine(folder, "256-photos")))], threads, runs);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>
    /// One epoch of a training loader, every batch as a tensor: photos decoded, cropped, mirrored and normalised by as many
    /// workers as threads, against torchvision's ImageFolder in PyTorch's DataLoader.
    /// </summary>
    public static void TrainingLoading(int threads, int runs)
    {
        var folder = Directory.CreateTempSubdirectory("densenetsharp-").FullName;
        try
        {
            var photos = Copies(PhotoIn(folder, 500, 375), 256, Path.Combine(folder, "256-photos"));
            Time([new Job("bilinear", 32, 224, "load-epoch", photos)], threads, runs);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>
    /// An epoch of training a new classifier on frozen features, after the first: with the features computed anew, and with
    /// those that the first epoch computed. Ours only.
    /// </summary>
    public static void FeatureCaching(string model, int size, int threads, int runs)
    {
        var folder = Directory.CreateTempSubdirectory("densenetsharp-").FullName;
        try
        {
            var photos = Copies(PhotoIn(folder, 500, 375), 64, Path.Combine(folder, "64-photos"));
            Write($"{"",-36} {"computed anew",15} {"cached",15} {"ratio",7}   (milliseconds an epoch after the first, medians of {runs}; {threads} threads)");
            var anew = FrozenEpochs.Milliseconds(model, photos, size, threads, runs, Training.FeatureCaching.None);
            var cached = FrozenEpochs.Milliseconds(model, photos, size, threads, runs, Training.FeatureCaching.Memory);
            Write($"{model + " frozen 64-photos",-36} {Median.Of(anew),15:F1} {Median.Of(cached),15:F1} {Median.Of(cached) / Median.Of(anew),7:F4}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A folder with two sub-folders, for two classes, that hold copies of a photo.</summary>
    private static string Copies(string photo, int count, string folder)
    {
        string[] classes = [.. new[] { "even", "odd" }.Select(name => Directory.CreateDirectory(Path.Combine(folder, name)).FullName)];
        for (var i = 0; i < count; i++)
        {
            File.Copy(photo, Path.Combine(classes[i % 2], $"{i}.jpg"));
        }

        return folder;
    }

    private static string PhotoIn(string folder, int width, int height)
    {
        var file = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{width}x{height}.jpg"));
        using var peer = Peer.Torchvision(threads: 1);
        peer.SavePhoto(width, height, file);
        return file;
    }

    private static Job Written(string model, string format, string folder, int threads)
    {
        var file = Path.Combine(folder, $"{model}.{format}.pth");
        using var peer = Peer.Torchvision(threads);
        peer.Save(model, format, file);
        return new Job(model, 1, 224, "load", file);
    }

    private static double Extra(Peer peer, Job job)
    {
        using (peer)
        {
            var before = peer.Prepare(job);
            peer.Run(job);
            return peer.PeakMebibytes() - before;
        }
    }

    private static double Peak(Peer peer, Job job)
    {
        using (peer)
        {
            for (var i = 0; i < 3; i++)
            {
                peer.Run(job);
            }

            return peer.PeakMebibytes();
        }
    }

    private static void Write(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture).TrimEnd());
}
