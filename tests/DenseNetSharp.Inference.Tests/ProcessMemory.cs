using System.Globalization;
using System.Runtime.InteropServices;

namespace DenseNetSharp.Inference.Tests;

/// <summary>This process's memory, and how much of it Linux lets it have.</summary>
internal static partial class ProcessMemory
{
    private const int AddressSpace = 9;

    /// <summary>Bytes of memory of its own that are in use.</summary>
    public static long Resident
    {
        get
        {
            var line = File.ReadLines("/proc/self/status").First(text => text.StartsWith("RssAnon:", StringComparison.Ordinal));
            return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Limits it to what it has and some bytes; returns the limits so far.</summary>
    public static Limits Limit(long beyondNow)
    {
        // The first number is the whole address space, in pages.
        var pages = File.ReadAllText("/proc/self/statm").Split(' ')[0];
        if (GetLimit(AddressSpace, out var limits) != 0)
        {
            throw new InvalidOperationException("getrlimit failed.");
        }

        var now = long.Parse(pages, CultureInfo.InvariantCulture) * Environment.SystemPageSize;
        Limit(limits with { Current = (nuint)(now + beyondNow) });
        return limits;
    }

    public static void Limit(Limits limits)
    {
        if (SetLimit(AddressSpace, in limits) != 0)
        {
            throw new InvalidOperationException("setrlimit failed.");
        }
    }

    [LibraryImport("libc.so.6", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out Limits limits);

    [LibraryImport("libc.so.6", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, in Limits limits);

    internal readonly record struct Limits(nuint Current, nuint Most);
}
