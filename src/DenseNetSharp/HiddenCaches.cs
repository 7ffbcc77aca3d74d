using System.Runtime.Intrinsics.X86;

namespace DenseNetSharp;

/// <summary>
/// Some virtual machines hide an AMD processor's caches. The oneDNN in libtorch 2.10 (3.7.1) then takes them for one byte each, and its
/// AVX2 and AVX-512 convolutions read memory that nobody has written where channels are no multiple of a vector: results are wrong or
/// NaN. Its SSE4.1 code is right, and slower.
/// </summary>
internal static class HiddenCaches
{
    /// <summary>The variable that limits oneDNN's instructions, and the one that it had before.</summary>
    private const string MaxIsa = "ONEDNN_MAX_CPU_ISA", FormerMaxIsa = "DNNL_MAX_CPU_ISA";

    // "AuthenticAMD" in EBX, EDX, ECX.
    private static readonly (int, int, int) _amd = (0x68747541, 0x69746E65, 0x444D4163);

    /// <summary>Has oneDNN use instructions whose results are right on this machine, unless the environment says which to use. It must be
    /// done before the first convolution.</summary>
    public static void Guard()
    {
        if (OperatingSystem.IsLinux() && X86Base.IsSupported && AreHidden(X86Base.CpuId) && Environment.GetEnvironmentVariable(FormerMaxIsa) is null)
        {
            NativeEnvironment.SetDefault(MaxIsa, "SSE41");
        }
    }

    /// <summary>Whether the processor is AMD's and says nothing of its caches.</summary>
    /// <param name="cpuId">Reads a leaf and sub-leaf of CPUID.</param>
    public static bool AreHidden(Func<int, int, (int Eax, int Ebx, int Ecx, int Edx)> cpuId)
    {
        const int largestExtended = unchecked((int)0x80000000), caches = unchecked((int)0x8000001D), cacheKind = 0x1F;
        var vendor = cpuId(0, 0);
        return (vendor.Ebx, vendor.Edx, vendor.Ecx) == _amd
            && (uint)cpuId(largestExtended, 0).Eax >= unchecked((uint)caches)
            && (cpuId(caches, 0).Eax & cacheKind) == 0;
    }
}
