using System.CommandLine;

namespace DenseNetSharp.Cli.Options;

/// <summary>Whether weights and maps lie in memory with their channels last.</summary>
internal static class LayoutOption
{
    public const string Name = "--channels-last";

    public static Option<bool?> Create() => new(Name)
    {
        Description = "lay weights and maps out with the channels last, on libtorch; on CUDA unless it is false",
    };

    /// <summary>As the command line says it; null where it does not.</summary>
    public static string? TextOf(bool? given) => given switch
    {
        true => "true",
        false => "false",
        null => null,
    };
}
