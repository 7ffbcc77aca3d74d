using System.Globalization;
using DenseNetSharp.Architectures;
using DenseNetSharp.Onnx;

namespace DenseNetSharp.Benchmarks.Services;

/// <summary>The web service beside the same one on ONNX Runtime and SkiaSharp, each a process of its own, under uploads of JPEGs.</summary>
internal static class LoadComparison
{
    /// <summary>Parts of a load that the sides take in turns.</summary>
    private const int Rounds = 5;

    private const int WarmUps = 400;

    /// <summary>Names this service as a program that was compiled ahead of time, which is then a side too.</summary>
    private const string Native = "SERVE_NATIVE";

    private static readonly (int Width, int Height)[] _photos = [(640, 480), (500, 375), (480, 640), (800, 600)];

    /// <summary>The networks by name: how images are prepared for them, and the requests that a load has unless told otherwise.</summary>
    private static readonly (string Name, DenseNetSpec? Spec, int Resize, int Crop, int Requests)[] _networks =
    [
        ("small", new DenseNetSpec { GrowthRate = 12, BlockConfig = [4, 4, 4], InitFeatures = 24, NumClasses = 10 }, 72, 64, 10_000),
        ("densenet121", null, 256, 224, 1_000),
    ];

    /// <summary>Prints, for each network and number of connections, both sides' throughput, times and memory.</summary>
    /// <param name="threads">Threads of each side.</param>
    /// <param name="connections">Connections at the same time.</param>
    /// <param name="requests">Requests a load; null for each network's own number.</param>
    /// <param name="hostile">Which share of the requests is no usable image.</param>
    public static void Run(int threads, int[] connections, int? requests, double hostile)
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"JPEG uploads on loopback, {hostile:P0} of them hostile; {Rounds} rounds, whose median is the ratio; {Turns.Description(threads)}"));
        Console.WriteLine($"{"",-12} {"connections",11} {"",-14} {"requests/s",10} {"p50 ms",8} {"p99 ms",8} {"peak MiB",9} {"ratio",7}");
        var folder = Directory.CreateTempSubdirectory("densenetsharp-").FullName;
        try
        {
            var uploads = UploadBodies.Create(Photos(folder, threads), hostile);
            foreach (var (name, spec, resize, crop, own) in _networks)
            {
                Write(folder, name, spec, resize, crop);
                Compare(folder, name, resize, crop, threads, connections, requests ?? own, uploads);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static byte[][] Photos(string folder, int threads)
    {
        using var peer = Peer.Torchvision(threads);
        return
        [
            .. _photos.Select((size, i) =>
            {
                var file = Path.Combine(folder, $"{i}.jpg");
                peer.SavePhoto(size.Width, size.Height, file);
                return File.ReadAllBytes(file);
            }),
        ];
    }

    /// <summary>Writes one network for both sides.</summary>
    private static void Write(string folder, string name, DenseNetSpec? spec, int resize, int crop)
    {
        using var network = spec is null ? DenseNetFactory.Create(name) : new DenseNet(spec);
        using var checkpoint = network.ToCheckpoint();
        checkpoint.Save(Path.Combine(folder, $"{name}.pth"));
        checkpoint.ExportOnnx(Path.Combine(folder, $"{name}.onnx"), new OnnxExportOptions { Spec = network.Spec });
        File.WriteAllText(Path.Combine(folder, $"{name}.json"), string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"name": "{{name}}", "resizeSize": {{resize}}, "cropSize": {{crop}}, "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}"""));
    }

    private static void Compare(
        string folder, string name, int resize, int crop, int threads, int[] connections, int requests, UploadBodies uploads)
    {
        var file = Path.Combine(folder, name);
        // Nobody is to be turned away: the limits are above the connections.
        string[] arguments =
        [
            $"--DenseNet:File={file}.pth", $"--DenseNet:Preset={file}.json", $"--DenseNet:Threads={threads}", "--DenseNet:MaxQueue=1000",
            "--Serve:RequestsPerSecond=0", "--Logging:LogLevel:DenseNetSharp=Warning",
        ];
        using var other = ServiceProcess.Start(
            "OnnxService", "ONNX Runtime", [$"--Onnx={file}.onnx", $"--Resize={resize}", $"--Crop={crop}", $"--Threads={threads}"]);
        using var own = ServiceProcess.Start("Serve", "DenseNetSharp", arguments);
        using var native = Environment.GetEnvironmentVariable(Native) is { } program ? ServiceProcess.StartProgram(program, "Native AOT", arguments) : null;
        ServiceProcess[] sides = native is null ? [other, own] : [other, own, native];
        foreach (var side in sides)
        {
            Load.Run(side.Address, connections: 4, WarmUps, uploads);
        }

        foreach (var count in connections)
        {
            var loads = sides.Select(_ => new List<Load>()).ToArray();
            foreach (var side in sides)
            {
                side.ResetPeak();
            }

            Turns.Take(
                [.. sides.Select((side, i) => (Func<double>)(() =>
                {
                    loads[i].Add(Load.Run(side.Address, count, Math.Max(requests / Rounds, count), uploads));
                    return 0;
                }))],
                warmups: 0,
                Rounds);
            foreach (var (i, side) in sides.Index())
            {
                var times = loads[i].SelectMany(load => load.Milliseconds).Order().ToArray();
                var ratio = Median.OfRatios(loads[i].Select(load => load.SecondsARequest), loads[0].Select(load => load.SecondsARequest));
                var throughput = 1 / Median.Of(loads[i].Select(load => load.SecondsARequest));
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name,-12} {count,11} {side.Name,-14} {throughput,10:F1} {times[times.Length / 2],8:F1} {times[times.Length * 99 / 100],8:F1} "
                    + $"{side.PeakMebibytes(),9:F0}{ratio,8:F3}"));
            }
        }
    }
}
