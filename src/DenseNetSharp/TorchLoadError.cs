using System.Text.RegularExpressions;

namespace DenseNetSharp;

/// <summary>Why TorchSharp's native library does not load, in one sentence that says what to do.</summary>
internal static partial class TorchLoadError
{
    /// <summary>ERROR_PROC_NOT_FOUND, as .NET writes it: a library is there and lacks a function that another one imports.</summary>
    private const string WindowsFunctionMissing = "0x8007007F";

    private const string Packages = "TorchSharp-cpu, TorchSharp-cuda-linux or TorchSharp-cuda-windows";

    /// <summary>Makes the sentence.</summary>
    /// <param name="message">What .NET says: on Linux and macOS the system's own lines, one for each place that it looked at; on
    /// Windows the error's number.</param>
    /// <param name="system">The runtime identifier.</param>
    /// <param name="torchSharp">TorchSharp's version.</param>
    /// <param name="isLibTorchLoaded">Whether libtorch itself could be loaded.</param>
    public static string Explain(string message, string system, string torchSharp, bool isLibTorchLoaded)
    {
        if (!IsSupported(system))
        {
            return $"TorchSharp has no native library for {system}, only for Windows on x64 and ARM64, Linux with glibc on x64 and macOS"
                + " on ARM64; predictions need none with the package DenseNetSharp.Inference.";
        }

        return system.StartsWith("win", StringComparison.Ordinal)
            ? OnWindows(message, torchSharp, isLibTorchLoaded)
            : OnUnix(message, torchSharp);
    }

    private static bool IsSupported(string system) => system switch
    {
        _ when system.StartsWith("win", StringComparison.Ordinal) => system.EndsWith("-x64", StringComparison.Ordinal)
            || system.EndsWith("-arm64", StringComparison.Ordinal),
        _ when system.StartsWith("osx", StringComparison.Ordinal) => system.EndsWith("-arm64", StringComparison.Ordinal),
        // A distribution's own .NET names the distribution in place of Linux.
        _ => system.EndsWith("-x64", StringComparison.Ordinal)
            && !system.Contains("musl", StringComparison.Ordinal) && !system.StartsWith("alpine", StringComparison.Ordinal),
    };

    private static string OnWindows(string message, string torchSharp, bool isLibTorchLoaded) => message switch
    {
        _ when !message.Contains(WindowsFunctionMissing, StringComparison.OrdinalIgnoreCase) => isLibTorchLoaded
            ? "libtorch is there, but a library that it or LibTorchSharp.dll needs is missing, of CUDA's or the Visual C++ runtime's,"
                + $" and Windows does not say which: {FirstLine(message)}"
            : $"libtorch is missing: the project that runs must reference one of the packages {Packages}"
                + " (if it does, the Visual C++ runtime is missing).",
        _ when torchSharp == "0.107.0" =>
            "TorchSharp 0.107.0 does not load on Windows (https://github.com/dotnet/TorchSharp/issues/1567): the project that runs must"
                + " reference TorchSharp and its runtime package in version 0.106.0.",
        _ => OtherVersion(torchSharp),
    };

    private static string OnUnix(string message, string torchSharp)
    {
        if (VersionMissing().Match(message) is { Success: true } version)
        {
            var name = version.Groups["version"].Value;
            return name.StartsWith("GLIBCXX", StringComparison.Ordinal)
                ? $"This system's libstdc++ is older than TorchSharp {torchSharp} expects ({name} is missing): add"
                    + " <DenseNetSharpWeakenLibstdcxx>true</DenseNetSharpWeakenLibstdcxx> to a PropertyGroup of the project that runs."
                : $"This system is older than TorchSharp {torchSharp} and its libtorch need: {name} is missing.";
        }

        var missing = LibraryMissing().Matches(message)
            .Select(match => Path.GetFileName(match.Groups["library"].Value))
            .FirstOrDefault(name => !name.Contains("LibTorchSharp", StringComparison.Ordinal));
        return missing switch
        {
            not null when !LibTorch().IsMatch(missing) =>
                $"libtorch needs {missing}, which is neither in this program's folders nor in the system's"
                    + " (a CUDA package needs all of CUDA's libraries; TorchSharp-cpu needs none).",
            null when SymbolMissing().IsMatch(message) => OtherVersion(torchSharp),
            null when OtherReason(message) is { } reason => $"TorchSharp's native library does not load: {reason}",
            _ => $"libtorch is missing: the project that runs must reference one of the packages {Packages}.",
        };
    }

    private static string OtherVersion(string torchSharp) =>
        $"The libtorch that was found is not of the version that TorchSharp {torchSharp} is made for: the runtime package's version must"
            + " be TorchSharp's own.";

    /// <summary>The first line that says more than that a file is not there; null if none does.</summary>
    private static string? OtherReason(string message) => message.Split('\n')[1..]
        .Select(line => line.Trim())
        .FirstOrDefault(line => line.Length > 0 && !line.Contains("no such file", StringComparison.OrdinalIgnoreCase));

    private static string FirstLine(string message) => message.Split('\n')[0].Trim();

    [GeneratedRegex(@"version [`'](?<version>[A-Z]+_[0-9.]+)' not found")]
    private static partial Regex VersionMissing();

    [GeneratedRegex(@"^\s*(?<library>[^\s:]+): cannot open shared object file|Library not loaded: (?<library>\S+)", RegexOptions.Multiline)]
    private static partial Regex LibraryMissing();

    /// <summary>What every runtime package brings.</summary>
    [GeneratedRegex(@"^lib(torch|torch_cpu|c10)\.")]
    private static partial Regex LibTorch();

    [GeneratedRegex("undefined symbol|[Ss]ymbol not found")]
    private static partial Regex SymbolMissing();
}
