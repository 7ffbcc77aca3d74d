using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace DenseNetSharp.Inference.Tests.Kernels;

/// <summary>
/// Nearly all of a prediction's time is the micro-kernel's innermost loop. How fast it runs is the machine's affair, and for
/// the benchmark to say; of how many instructions it is made, is ours: a sum that no longer stays in its register, or a
/// constant that the compiler no longer sees through, shows here.
/// </summary>
public sealed class MachineCodeTests
{
    [SkippableTheory]
    [InlineData(FusedKernel.Avx512, 14)]
    [InlineData(FusedKernel.Avx2, 6)]
    [InlineData(FusedKernel.Vector128, 6)]
    public void The_micro_kernels_loop_is_its_multiply_adds_their_loads_and_nothing_else(FusedKernel kernel, int rows)
    {
        Skip.IfNot(RuntimeInformation.ProcessArchitecture == Architecture.X64 && Fma.IsSupported, "x64 with FMA only");
        Skip.If(
            typeof(FusedDenseNet).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true },
            "a debug build, which the compiler leaves as it is");
        Skip.If(kernel == FusedKernel.Avx512 && !Avx512DQ.IsSupported, "no AVX-512 here");
        const int vectors = 2;

        var loop = InnermostLoop(kernel, rows, vectors);

        // Weights are fetched ahead, each time from an address of its own; two pointers move on, the end is compared with,
        // and back.
        var others = (2 * loop.Count(line => line.StartsWith("prefetch", StringComparison.Ordinal))) + 4;
        loop.Count(line => line.StartsWith("vfmadd", StringComparison.Ordinal)).Should().Be(rows * vectors);
        loop.Should().NotContain(line => line.Contains("[rsp") || line.Contains("[rbp"), "nothing is kept on the stack");
        loop.Should().HaveCountLessThanOrEqualTo((rows * vectors) + rows + vectors + others);
    }

    /// <summary>The instructions of a kernel's loop, as the runtime's own compiler lists them.</summary>
    private static string[] InnermostLoop(FusedKernel kernel, int rows, int vectors)
    {
        using var folder = new TemporaryFolder();
        var listing = folder.File("listing.txt");
        ChildProcess.Run(
            typeof(Program).Assembly.Location,
            ["predict", kernel.ToString()],
            ("DOTNET_JitDisasm", "Multiply"),
            ("DOTNET_JitStdOutFile", listing),
            ("DOTNET_JitDisasmDiffable", "1"));
        const string kernels = "DenseNetSharp.Inference.Kernels";
        var method = File.ReadAllText(listing).Split("; Assembly listing for method ")
            .Single(text => text.StartsWith($"{kernels}.MicroKernel`2[{kernels}.{Unit(kernel)},", StringComparison.Ordinal)
                && text.Contains($"Multiply[{kernels}.C{rows},{kernels}.C{vectors}]", StringComparison.Ordinal));
        // A loop is a block that ends with a jump to its own label; the listing's are like G_M000_IG08.
        return method.Split("\nG_M000_")
            .Where(block => block.Contains($"G_M000_{block[..block.IndexOf(':', StringComparison.Ordinal)]}\n", StringComparison.Ordinal))
            .Select(block => block.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)[1..])
            .Single();
    }

    private static string Unit(FusedKernel kernel) => kernel == FusedKernel.Vector128 ? "PortableUnit" : $"{kernel}Unit";
}
