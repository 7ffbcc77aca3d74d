using System.Globalization;

namespace DenseNetSharp.Benchmarks;

/// <summary>A process's memory as Linux counts it, in MiB; this one's unless another is named.</summary>
internal static class ProcessMemory
{
    public static double Resident() => Status("VmRSS:");

    public static double Peak(int? process = null) => Status("VmHWM:", process);

    /// <summary>Makes the peak start from here (man 5 proc, clear_refs).</summary>
    public static void ResetPeak(int? process = null) => File.WriteAllText(PathOf(process, "clear_refs"), "5");

    private static double Status(string name, int? process = null)
    {
        var line = File.ReadLines(PathOf(process, "status")).First(text => text.StartsWith(name, StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    private static string PathOf(int? process, string file) => string.Create(CultureInfo.InvariantCulture, $"/proc/{process ?? Environment.ProcessId}/{file}");
}
