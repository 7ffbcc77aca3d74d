namespace DenseNetSharp.Cli.Options;

/// <summary>How many cores do arithmetic of their own: hyper-threads share one.</summary>
internal static class PhysicalCores
{
    private const string Topology = "/sys/devices/system/cpu";

    /// <summary>The cores that this process may use; the logical processors where the system does not tell.</summary>
    public static int Count { get; } = Math.Clamp(CountFromTopology(), 1, Environment.ProcessorCount);

    private static int CountFromTopology()
    {
        try
        {
            return Directory.EnumerateDirectories(Topology, "cpu*")
                .Select(cpu => Path.Combine(cpu, "topology", "thread_siblings_list"))
                .Where(File.Exists)
                .Select(File.ReadAllText)
                .Distinct()
                .Count() is > 0 and var cores ? cores : Environment.ProcessorCount;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Environment.ProcessorCount;
        }
    }
}
