using System.Runtime.InteropServices;

namespace DenseNetSharp.Inference.Running;

/// <summary>
/// Which processor a thread runs on. A scheduler that wakes a thread on the processor of the one that woke it leaves them
/// there for milliseconds, taking turns, while another processor is idle: a prediction then takes as long as on one thread.
/// </summary>
internal static unsafe partial class Processors
{
    /// <summary>No processor that is known.</summary>
    public const int Unknown = -1;

    // As many processors as glibc's own cpu_set_t.
    private const int MaskBytes = 128;

    private static volatile bool _isSupported = OperatingSystem.IsLinux();

    /// <summary>The calling thread's processor; <see cref="Unknown"/> where the system does not say.</summary>
    public static int Current
    {
        get
        {
            try
            {
                return _isSupported ? GetCpu() : Unknown;
            }
            catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
            {
                _isSupported = false;
                return Unknown;
            }
        }
    }

    /// <summary>Moves the calling thread away from processors, if it may run on others; then it may run anywhere as before.
    /// </summary>
    /// <param name="taken">The processors, <see cref="Unknown"/> among them.</param>
    public static void Leave(ReadOnlySpan<int> taken)
    {
        if (Current == Unknown)
        {
            return;
        }

        var allowed = stackalloc byte[MaskBytes];
        var free = stackalloc byte[MaskBytes];
        if (GetAffinity(0, MaskBytes, allowed) < 0)
        {
            return;
        }

        new ReadOnlySpan<byte>(allowed, MaskBytes).CopyTo(new Span<byte>(free, MaskBytes));
        foreach (var processor in taken)
        {
            if (processor is >= 0 and < MaskBytes * 8)
            {
                free[processor / 8] &= (byte)~(1 << (processor % 8));
            }
        }

        // The system refuses an empty set, and then nothing has changed.
        if (SetAffinity(0, MaskBytes, free) == 0)
        {
            _ = SetAffinity(0, MaskBytes, allowed);
        }
    }

    [LibraryImport("libc.so.6", EntryPoint = "sched_getcpu")]
    private static partial int GetCpu();

    [LibraryImport("libc.so.6", EntryPoint = "sched_getaffinity")]
    private static partial int GetAffinity(int thread, nint size, byte* mask);

    [LibraryImport("libc.so.6", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nint size, byte* mask);
}
