using System.Runtime.InteropServices;

namespace DenseNetSharp.Inference.Packing;

/// <summary>
/// Asks Linux for pages of 2 MiB. All weights are read for every image, and with pages of 4 KiB reading them from memory
/// takes half as long again.
/// </summary>
internal static unsafe partial class HugePages
{
    /// <summary>A huge page's bytes on x64, and on ARM64 as it is mostly set up.</summary>
    public const nuint Size = 2 << 20;

    private const int MadvHugePage = 14;

    /// <summary>Advises huge pages for some memory that begins on one's border; nothing happens where there are none.</summary>
    public static void Advise(void* start, nuint bytes)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            // Whole pages only: what is left over would be the heap's.
            _ = MemoryAdvise(start, bytes / Size * Size, MadvHugePage);
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            // Another C library than glibc: it goes without.
        }
    }

    [LibraryImport("libc.so.6", EntryPoint = "madvise")]
    private static partial int MemoryAdvise(void* start, nuint length, int advice);
}
