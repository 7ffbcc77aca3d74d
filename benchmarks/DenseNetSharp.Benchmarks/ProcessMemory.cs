using System.Globalization;

namespace DenseNetSharp.Benchmarks;

/// <summary>This process's memory as Linux counts it, in MiB.</summary>
internal static class ProcessMemory
{
    public static double Resident() => Status("VmRSS:");

    public static double Peak() => Status("VmHWM:");

    /// <summary>Makes the peak start from here (man 5 proc, clear_refs).</summary>
    public static void ResetPeak() => File.WriteAllText("/proc/self/clear_refs", "5");

    private static double Status(string name)
    {
        var line = File.ReadLines("/proc/self/status").First(text => text.StartsWith(name, StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}
