using System.CommandLine;

namespace DenseNetSharp.Cli.Options;

/// <summary>Who computes: the fused engine, or libtorch.</summary>
internal static class EngineOption
{
    public const string Fused = "fused";
    public const string Torch = "torch";

    public static Option<string?> Create()
    {
        var engine = new Option<string?>("--engine")
        {
            Description = "fused: this library's own CPU engine, the default on a CPU; torch: libtorch, the default elsewhere",
            HelpName = $"{Fused}|{Torch}",
        };
        engine.AcceptOnlyFromAmong(Fused, Torch);
        return engine;
    }

    /// <summary>Whether the fused engine is to be used.</summary>
    /// <param name="engine">What --engine says, or null.</param>
    /// <param name="device">What --device says.</param>
    /// <exception cref="UsageException">The fused engine is asked for on another device than the CPU.</exception>
    public static bool IsFused(string? engine, string device)
    {
        if (engine == Fused && device != "cpu")
        {
            throw new UsageException($"--engine {Fused} computes on the CPU; --device is {device}.");
        }

        return (engine ?? (device == "cpu" ? Fused : Torch)) == Fused;
    }
}
