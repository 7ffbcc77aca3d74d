using System.Diagnostics;
using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.Cli.Tests.FineTuning;

/// <summary>Runs of <c>densenet finetune</c> with a network that takes moments, over some of the shipped images.</summary>
public sealed class FineTuneRuns : IDisposable
{
    /// <summary>What an epoch's line on standard error says.</summary>
    public const string EpochLine =
        @"^epoch 1/\d+: loss \d+\.\d{3}, validation loss \d+\.\d{3}, accuracy [01]\.\d{3}, top-5 accuracy [01]\.\d{3}, \d.*, best so far$";

    /// <summary>Enough for a signal to come in time.</summary>
    public const int Epochs = 16;

    private static readonly string Shipped = Path.Combine(AppContext.BaseDirectory, "shipped", "images");

    private readonly string _folder = Directory.CreateTempSubdirectory("densenetsharp-").FullName;
    private readonly Lazy<string> _whole;

    public FineTuneRuns()
    {
        Images = Subset(perClass: 8);
        _whole = new(() =>
        {
            var folder = New();
            var run = Densenet.RunProcess(["finetune", Images, "--out", folder, .. Everything]);
            run.Status.Should().Be(0, run.Errors);
            return folder;
        });
    }

    /// <summary>Whether this process ignores SIGINT, where the system tells.</summary>
    public static bool IgnoresInterrupts => File.Exists("/proc/self/status") && File.ReadLines("/proc/self/status")
        .Any(line => line.StartsWith("SigIgn:") && (Convert.ToUInt64(line["SigIgn:".Length..].Trim(), 16) & 0b10) != 0);

    /// <summary>Eight images of each of the ten classes.</summary>
    public string Images { get; }

    /// <summary>A small network, from scratch, on small images.</summary>
    public static string[] Small { get; } =
        ["--weights", "none", "--growth", "6", "--blocks", "2,2", "--init-features", "8", "--size", "32", "--seed", "3"];

    /// <summary>Options that together use all that a state holds, on one thread: the same bits every time.</summary>
    public static string[] Everything { get; } =
    [
        .. Small, "--optimizer", "adam", "--lr", "0.05", "--schedule", "one-cycle", "--augment", "crop", "--mixup", "0.3", "--accumulate", "2", "--clip", "1",
        "--ema", "0.8", "--label-smoothing", "0.1", "--balance", "--val", "0.3", "--epochs", $"{Epochs}", "--batch-size", "6", "--threads", "1",
        "--save-every", "1",
    ];

    /// <summary>The folder of an uninterrupted run with <see cref="Everything"/>.</summary>
    public string Whole => _whole.Value;

    /// <summary>Begins a run with <see cref="Everything"/> and ends it once it is at work.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="signal">The signal's name.</param>
    /// <param name="savesOften">Whether the run saves its state after each batch.</param>
    /// <returns>Its exit status, and its lines on standard error.</returns>
    public async Task<(int Status, List<string> Lines)> BeginAndEnd(string folder, string signal, bool savesOften = true)
    {
        using var run = Densenet.Start([], ["finetune", Images, "--out", folder, .. savesOften ? Everything : Everything[..^2]]);
        var output = run.StandardOutput.ReadToEndAsync();
        var lines = new List<string>();
        // On this thread: where others block the pool's threads, a line read there is seen after the run has ended.
        while (run.StandardError.ReadLine() is { } line)
        {
            lines.Add(line);
            if (line.EndsWith(" to validate with"))
            {
                Process.Start("kill", [$"-{signal}", $"{run.Id}"]).WaitForExit();
            }
        }

        await output;
        run.WaitForExit(TimeSpan.FromSeconds(60)).Should().BeTrue();
        return (run.ExitCode, lines);
    }

    /// <summary>A path of a test's own, where nothing is yet.</summary>
    public string New() => Path.Combine(_folder, Guid.NewGuid().ToString("N"));

    /// <summary>A new folder of some of the shipped images by class.</summary>
    public string Subset(int perClass, int classes = 10, string? into = null)
    {
        var folder = into ?? New();
        foreach (var source in Directory.GetDirectories(Shipped).Order(StringComparer.Ordinal).Take(classes))
        {
            var target = Directory.CreateDirectory(Path.Combine(folder, Path.GetFileName(source))).FullName;
            foreach (var file in Directory.GetFiles(source).Order(StringComparer.Ordinal).Take(perClass))
            {
                File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
            }
        }

        return folder;
    }

    /// <summary>Copies a run's folder.</summary>
    public string CopyOf(string run)
    {
        var copy = Directory.CreateDirectory(New()).FullName;
        foreach (var file in Directory.GetFiles(run))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        return copy;
    }

    /// <summary>All tensors of a file by name, as bytes.</summary>
    public static Dictionary<string, byte[]> Tensors(params string[] path)
    {
        using var checkpoint = Checkpoint.Open(Path.Combine(path));
        return checkpoint.Tensors.ToDictionary(entry => entry.Key, entry =>
        {
            var bytes = new byte[entry.Value.ByteCount];
            entry.Value.CopyTo(bytes);
            return bytes;
        });
    }

    /// <summary>Demands the same weights to the bit, the best and the last.</summary>
    public static void ShouldHaveTheSameWeights(string run, string other)
    {
        foreach (var file in new[] { "best.pth", "last.pth" })
        {
            var (tensors, expected) = (Tensors(run, file), Tensors(other, file));
            tensors.Keys.Should().Equal(expected.Keys);
            tensors.Where(entry => !entry.Value.AsSpan().SequenceEqual(expected[entry.Key])).Select(entry => entry.Key).Should().BeEmpty(file);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
