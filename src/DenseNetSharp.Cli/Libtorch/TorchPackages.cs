using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace DenseNetSharp.Cli.Libtorch;

/// <summary>The runtime packages of TorchSharp, restored as any project's: from the user's sources, into the user's cache.</summary>
internal static class TorchPackages
{
    private const string Project = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net{0}.0</TargetFramework>
            <RuntimeIdentifier>{1}</RuntimeIdentifier>
            <SelfContained>false</SelfContained>
            <UseAppHost>false</UseAppHost>
            <CopyLocalLockFileAssemblies>true</CopyLocalLockFileAssemblies>
          </PropertyGroup>
          <ItemGroup>
        {2}
          </ItemGroup>
          <!-- Packages for CUDA put their largest files together before PrepareForBuild. -->
          <Target Name="ListNativeFiles" DependsOnTargets="ResolveReferences;PrepareForBuild">
            <ItemGroup>
              <NativeFile Include="@(ReferenceCopyLocalPaths->WithMetadataValue('AssetType', 'native'))" />
            </ItemGroup>
            <WriteLinesToFile File="native.txt" Lines="@(NativeFile->'%(FullPath)')" Overwrite="true" />
          </Target>
        </Project>
        """;

    private static readonly string[] _systems = ["linux-x64", "win-x64", "win-arm64", "osx-arm64"];

    /// <summary>The packages to restore, with their versions.</summary>
    /// <param name="libtorch">Whether libtorch is wanted, or TorchSharp's own library alone.</param>
    /// <param name="cuda">Whether it is to be the one for CUDA.</param>
    /// <exception cref="PlatformNotSupportedException">TorchSharp has no packages for this system.</exception>
    public static IReadOnlyList<(string Id, string Version)> For(bool libtorch, bool cuda)
    {
        var system = RequireSystem();
        (string, string) torchSharp = ("TorchSharp", TorchFolder.TorchSharpVersion);
        if (!libtorch)
        {
            return [torchSharp];
        }

        if (!cuda)
        {
            return [torchSharp, ($"libtorch-cpu-{system}", TorchFolder.LibTorchVersion)];
        }

        return system is "linux-x64" or "win-x64"
            ? [torchSharp, (OperatingSystem.IsWindows() ? "TorchSharp-cuda-windows" : "TorchSharp-cuda-linux", TorchFolder.TorchSharpVersion)]
            : throw new PlatformNotSupportedException($"TorchSharp has no CUDA packages for {system}.");
    }

    /// <summary>Restores packages.</summary>
    /// <param name="packages">The packages.</param>
    /// <param name="progress">Gets a line where NuGet has begun or done something.</param>
    /// <param name="cancellationToken">Ends NuGet; what is in the cache stays there.</param>
    /// <returns>Their native files, in NuGet's cache.</returns>
    /// <exception cref="InvalidOperationException">There is no SDK, or NuGet failed; the message has its first error.</exception>
    public static async Task<IReadOnlyList<string>> Restore(
        IReadOnlyList<(string Id, string Version)> packages, Action<string> progress, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("densenet-setup-");
        try
        {
            var references = packages.Select(package => $"""    <PackageReference Include="{package.Id}" Version="[{package.Version}]" />""");
            await File.WriteAllTextAsync(
                Path.Combine(folder.FullName, "setup.csproj"),
                string.Format(null, Project, Environment.Version.Major, RequireSystem(), string.Join('\n', references)),
                cancellationToken);
            await RunSdk(folder.FullName, progress, cancellationToken);
            return await File.ReadAllLinesAsync(Path.Combine(folder.FullName, "native.txt"), cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string RequireSystem()
    {
        var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        var rid = $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        return _systems.Contains(rid)
            ? rid
            : throw new PlatformNotSupportedException($"TorchSharp has no packages for {rid}; it has for {string.Join(", ", _systems)}.");
    }

    private static async Task RunSdk(string folder, Action<string> progress, CancellationToken cancellationToken)
    {
        // What lies above the temporary folder is none of this project's business.
        var start = new ProcessStartInfo(
            "dotnet",
            [
                "msbuild", "setup.csproj", "-restore", "-target:ListNativeFiles", "-nologo", "-verbosity:normal", "-terminalLogger:off",
                "-property:ImportDirectoryBuildProps=false", "-property:ImportDirectoryBuildTargets=false",
                "-property:ImportDirectoryPackagesProps=false",
            ])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Start(start);
        using var stop = cancellationToken.Register(() => process.Kill(entireProcessTree: true));
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        string? error = null;
        while (await process.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line)
        {
            line = line.Trim();
            if (error is null && line.IndexOf(": error ", StringComparison.Ordinal) is >= 0 and var at)
            {
                error = line[(at + ": error ".Length)..];
            }

            if (line.StartsWith("GET ", StringComparison.Ordinal) || line.StartsWith("Installed ", StringComparison.Ordinal))
            {
                // Installed NAME VERSION from SOURCE with content hash HASH.
                progress(line.Split(" from ")[0]);
            }
        }

        await process.WaitForExitAsync(CancellationToken.None);
        cancellationToken.ThrowIfCancellationRequested();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"NuGet did not restore TorchSharp's packages: {error ?? await errors}");
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new InvalidOperationException(
                "there is no `dotnet` command on the PATH; packages are restored by the .NET SDK (https://dotnet.microsoft.com/download).", exception);
        }
    }
}
