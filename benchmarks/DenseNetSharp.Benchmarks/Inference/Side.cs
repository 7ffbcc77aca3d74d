using System.Globalization;

namespace DenseNetSharp.Benchmarks.Inference;

/// <summary>Who takes part in the inference benchmark.</summary>
/// <param name="Name">What people read.</param>
/// <param name="Command">The program and its arguments, for a folder, a network and a number of threads.</param>
internal sealed record Side(string Name, Func<string, string, int, (string Program, string[] Arguments)> Command)
{
    /// <summary>Changes to the process's environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public static Side Fused { get; } = new("fused", (folder, model, threads) => Own(["--serve-fused", folder, model, Text(threads)]));

    /// <summary>The fused engine on a processor without AVX-512.</summary>
    public static Side FusedAvx2 { get; } = Fused with
    {
        Name = "fused AVX2",
        Environment = new Dictionary<string, string> { ["DOTNET_EnableAVX512"] = "0" },
    };

    public static Side Eager { get; } = Torchvision("torchvision", "eager");

    public static Side Scripted { get; } = Torchvision("TorchScript", "scripted");

    /// <summary>ONNX Runtime from npm, which ./build.sh bench installs; null where it is not there.</summary>
    public static Side? OnnxRuntime { get; } = FindOnnxRuntime();

    public static string Python => System.Environment.GetEnvironmentVariable("PYTHON") ?? "/usr/bin/python3";

    public static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "Inference", name);

    private static Side Torchvision(string name, string mode) =>
        new(name, (folder, model, threads) => (Python, [Script("inference_peer.py"), mode, folder, model, Text(threads)]));

    private static Side? FindOnnxRuntime()
    {
        var modules = System.Environment.GetEnvironmentVariable("ONNXRUNTIME_NODE");
        return modules is null
            ? null
            : new Side("ONNX Runtime", (folder, model, threads) =>
                ("node", [Script("onnxruntime_peer.mjs"), modules, folder, model, Text(threads)]))
            {
                // As many callers at once as the benchmark has.
                Environment = new Dictionary<string, string> { ["UV_THREADPOOL_SIZE"] = "32" },
            };
    }

    private static (string Program, string[] Arguments) Own(string[] arguments)
    {
        var path = System.Environment.ProcessPath!;
        // Under `dotnet Benchmarks.dll` the process is dotnet itself.
        return Path.GetFileNameWithoutExtension(path) == "dotnet"
            ? (path, [typeof(Side).Assembly.Location, .. arguments])
            : (path, arguments);
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
