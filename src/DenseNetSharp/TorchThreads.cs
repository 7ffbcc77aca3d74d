using static TorchSharp.torch;

namespace DenseNetSharp;

/// <summary>How libtorch's threads share a processor with other work. To be called before anything else of TorchSharp's: OpenMP reads
/// its settings when libtorch is loaded.</summary>
public static class TorchThreads
{
    private const string Policy = "OMP_WAIT_POLICY";
    private const string SpinCount = "GOMP_SPINCOUNT";

    /// <summary>Limits the spinning of libtorch's threads (<see cref="LimitSpinning"/>), loads libtorch, and sets how many threads
    /// an operation computes on.</summary>
    /// <param name="threads">The threads, at least 1: the physical cores, or fewer where other work needs some.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is below 1.</exception>
    /// <exception cref="DllNotFoundException">libtorch cannot be loaded; the message says which package or setting is missing.
    /// </exception>
    public static void Configure(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        LimitSpinning();
        TorchLibrary.Require();
        set_num_threads(threads);
    }

    /// <summary>
    /// On Linux, lets libtorch's threads sleep while they wait for each other (<c>OMP_WAIT_POLICY=passive</c>) instead of spinning,
    /// unless the environment has <c>OMP_WAIT_POLICY</c> or <c>GOMP_SPINCOUNT</c>. As soon as another process is busy, a spinning
    /// thread takes the core from the one that it waits for, and a prediction lasts twenty times as long and more. Nothing is loaded;
    /// on other systems nothing happens. (What libtorch needs to be told on a virtual machine that hides its caches is told here, too.)
    /// </summary>
    /// <returns>Whether it has set the variable, in the process's native environment; false, too, where it is too late, for libtorch's
    /// OpenMP is loaded already.</returns>
    public static bool LimitSpinning()
    {
        HiddenCaches.Guard();
        if (!OperatingSystem.IsLinux() || IsOpenMPLoaded()
            || Environment.GetEnvironmentVariable(Policy) is not null || Environment.GetEnvironmentVariable(SpinCount) is not null)
        {
            return false;
        }

        return NativeEnvironment.SetDefault(Policy, "passive");
    }

    /// <summary>libgomp reads its settings once, when it is loaded.</summary>
    private static bool IsOpenMPLoaded() => File.ReadLines("/proc/self/maps").Any(line => line.Contains("libgomp", StringComparison.Ordinal));
}
