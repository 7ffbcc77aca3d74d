namespace DenseNetSharp.Benchmarks.Inference;

/// <summary>What the C# sides add to .NET's own runtime on disk, in MB of 1e6 bytes.</summary>
internal static class DiskSizes
{
    public static double Fused() => Megabytes(Managed("DenseNetSharp.Core.dll", "DenseNetSharp.Inference.dll"));

    public static double OnnxRuntime() => Megabytes([.. Managed("Microsoft.ML.OnnxRuntime.dll"), .. Native().Where(IsOnnxRuntime)]);

    public static double LibTorch() => Megabytes([.. Managed("TorchSharp.dll"), .. Native().Where(file => !IsOnnxRuntime(file))]);

    public static double Megabytes(IEnumerable<string> files) => files.Sum(file =>
    {
        var info = new FileInfo(file);
        // Outputs link to the files of NuGet's cache.
        return ((info.ResolveLinkTarget(returnFinalTarget: true) as FileInfo) ?? info).Length;
    }) / 1e6;

    private static string[] Managed(params string[] names) => [.. names.Select(name => Path.Combine(AppContext.BaseDirectory, name))];

    private static string[] Native() =>
        Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native"));

    private static bool IsOnnxRuntime(string file) => Path.GetFileName(file).StartsWith("libonnxruntime", StringComparison.Ordinal);
}
