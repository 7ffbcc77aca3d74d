using System.Reflection;
using DenseNetSharp.Build;
using TorchSharp;

namespace DenseNetSharp.Cli.Libtorch;

/// <summary>
/// The user's folder of native libraries for the very TorchSharp that this tool has. libtorch's files stay where they are, in NuGet's
/// cache or in a PyTorch, and are linked; TorchSharp's own library is a copy, which may be changed.
/// </summary>
internal static class TorchFolder
{
    /// <summary>Names the folder of a PyTorch's libraries. They are loaded from there, for they find CUDA's beside it.</summary>
    private const string PyTorchFile = "pytorch.txt";

    /// <summary>The version of the tool's TorchSharp.dll; reading it loads no native library.</summary>
    public static string TorchSharpVersion { get; } =
        typeof(torch).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>The version of libtorch that goes with it.</summary>
    public static string LibTorchVersion { get; } = typeof(TorchFolder).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == nameof(LibTorchVersion)).Value!;

    /// <summary>Where the folder is, or will be.</summary>
    public static string Location => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
        "densenet",
        $"torch-{TorchSharpVersion}");

    /// <summary>The file name of TorchSharp's native library on this system.</summary>
    public static string LibTorchSharp { get; } = FileName("LibTorchSharp");

    /// <summary>What a library is called on this system.</summary>
    public static string FileName(string library) =>
        OperatingSystem.IsWindows() ? $"{library}.dll" : OperatingSystem.IsMacOS() ? $"lib{library}.dylib" : $"lib{library}.so";

    /// <summary>The folder of the PyTorch whose libraries are used; null where the folder has its own.</summary>
    public static string? PyTorchLibraries => File.Exists(Path.Combine(Location, PyTorchFile))
        ? File.ReadAllText(Path.Combine(Location, PyTorchFile))
        : null;

    /// <summary>Makes the folder; one that is there is replaced once the new one is complete.</summary>
    /// <param name="libTorchSharp">TorchSharp's native library in NuGet's cache.</param>
    /// <param name="libtorch">libtorch's files in NuGet's cache; none where a PyTorch has them.</param>
    /// <param name="pyTorchLibraries">The folder of a PyTorch's libraries, or null.</param>
    /// <returns>The versions of libstdc++ that the copy of TorchSharp's library no longer insists on.</returns>
    /// <exception cref="NotSupportedException">This system's libstdc++ is too old.</exception>
    /// <exception cref="InvalidDataException">TorchSharp's native library is damaged.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static IReadOnlyList<string> Create(string libTorchSharp, IEnumerable<string> libtorch, string? pyTorchLibraries)
    {
        var unfinished = $"{Location}.{Guid.NewGuid():N}.part";
        Directory.CreateDirectory(unfinished);
        try
        {
            foreach (var file in libtorch)
            {
                LinkOrCopy(file, Path.Combine(unfinished, Path.GetFileName(file)));
            }

            if (pyTorchLibraries is not null)
            {
                File.WriteAllText(Path.Combine(unfinished, PyTorchFile), pyTorchLibraries);
            }

            var copy = Path.Combine(unfinished, LibTorchSharp);
            File.Copy(libTorchSharp, copy);
            var weakened = OperatingSystem.IsLinux() ? LibstdcxxNeeds.Weaken(copy, LibstdcxxNeeds.OfferedBySystem()) : [];
            Replace(unfinished);
            return weakened;
        }
        finally
        {
            if (Directory.Exists(unfinished))
            {
                Directory.Delete(unfinished, recursive: true);
            }
        }
    }

    private static void Replace(string finished)
    {
        var old = $"{Location}.{Guid.NewGuid():N}.old";
        if (Directory.Exists(Location))
        {
            Directory.Move(Location, old);
        }

        Directory.Move(finished, Location);
        if (Directory.Exists(old))
        {
            Directory.Delete(old, recursive: true);
        }
    }

    /// <summary>On Windows links need a right that most users lack.</summary>
    private static void LinkOrCopy(string file, string target)
    {
        if (OperatingSystem.IsWindows())
        {
            File.Copy(file, target);
        }
        else
        {
            File.CreateSymbolicLink(target, file);
        }
    }
}
