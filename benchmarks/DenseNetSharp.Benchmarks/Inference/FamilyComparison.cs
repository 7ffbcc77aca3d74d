using System.Globalization;

namespace DenseNetSharp.Benchmarks.Inference;

/// <summary>
/// The fused engine on networks that are not torchvision's, against PyTorch, TorchScript and ONNX Runtime: all sides in turns in
/// one run, the same weights and images, each in a process of its own.
/// </summary>
internal static class FamilyComparison
{
    private const int Warmups = 3;

    private static readonly Side[] Sides = [Side.Fused, Side.FamilyEager, Side.FamilyTraced, Side.OnnxRuntime];

    private static readonly (string Model, int Size, int[] Batches)[] Networks =
    [
        ("densenetblur121d", 224, [1, 8]),
        ("densenet264d", 224, [1, 8]),
        ("densenet-40-12", 32, [1, 8, 64]),
        ("densenet-bc-100-12", 32, [1, 8, 64]),
    ];

    /// <summary>Runs all of it.</summary>
    /// <param name="threads">Threads of each side.</param>
    /// <param name="runs">Timed runs of each side with one image; a third with more.</param>
    public static void Run(int threads, int runs)
    {
        Console.WriteLine(string.Join("; ", Sides.Select(side => $"{side.Name}: {side.Description}")) + ".");
        Console.WriteLine($"Each side has a process of its own; {Turns.Description(threads)}.");
        Write($"One core's peak {MachineSpeed.PeakGigaflops():F1} GFLOP/s; core to core and back {MachineSpeed.PingPongNanoseconds():F0} ns");
        var columns = string.Concat(Sides.Skip(1).Select(side => $" {side.Name,12} {"ratio",6}"));
        Write($"{"",-28} {"fused",10}{columns}   (milliseconds, medians of {runs} runs in turns, a third of them for batches)");
        foreach (var (model, size, batches) in Networks)
        {
            var folder = Directory.CreateTempSubdirectory("densenetsharp-").FullName;
            try
            {
                InferenceComparison.Export("family_peer.py", folder, model, Text(size), Text(batches[^1]));
                Array.ForEach(batches, batch => Time(folder, model, batch, threads, batch == 1 ? runs : Math.Max(runs / 3, 3)));
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static void Time(string folder, string model, int batch, int threads, int runs)
    {
        InferencePeer[] peers = [.. Sides.Select(side => InferencePeer.Start(side, folder, model, threads))];
        try
        {
            InferenceComparison.RequireSameLogits(peers);
            Array.ForEach(peers, peer => InferenceComparison.WarmUp(peer, batch));
            var times = Turns.Take([.. peers.Select(peer => (Func<double>)(() => peer.Number(Text(batch))))], Warmups, runs);
            var columns = string.Concat(times.Skip(1).Select(others => string.Create(
                CultureInfo.InvariantCulture, $" {Median.Of(others),12:F2} {Median.OfRatios(times[0], others),6:F3}")));
            Write($"{$"{model} {batch} x{threads}",-28} {Median.Of(times[0]),10:F2}{columns}");
        }
        finally
        {
            Array.ForEach(peers, peer => peer.Dispose());
        }
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static void Write(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture).TrimEnd());
}
