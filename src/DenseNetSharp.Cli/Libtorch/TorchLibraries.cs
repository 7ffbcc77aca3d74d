using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace DenseNetSharp.Cli.Libtorch;

/// <summary>
/// Loads TorchSharp's native library, and with it libtorch, by path: from beside the program, as a build in a clone has it, else from
/// the folder that <c>densenet setup-torch</c> made. It must be done before TorchSharp looks for itself, which would copy NuGet's cache
/// beside the program where it finds nothing.
/// </summary>
internal static class TorchLibraries
{
    private static readonly Lock _lock = new();
    private static nint _library;

    /// <summary>Loads them; returns at once where that has been done.</summary>
    /// <exception cref="InvalidOperationException">They are not here, or cannot be loaded; the message says what helps.</exception>
    public static void Load()
    {
        lock (_lock)
        {
            if (_library == 0)
            {
                Use(LoadBeside(out var reason) ?? LoadFolder(ref reason) ?? throw new InvalidOperationException(
                    reason is null
                        ? "this needs libtorch, which the tool comes without; `densenet setup-torch` brings it (once)."
                        : $"libtorch cannot be loaded: {reason}; `densenet setup-torch` sets it up anew."));
            }
        }
    }

    /// <summary>Loads what <c>densenet setup-torch</c> has just made.</summary>
    /// <exception cref="InvalidOperationException">It cannot be loaded.</exception>
    public static void LoadMade()
    {
        lock (_lock)
        {
            string? reason = null;
            Use(LoadFolder(ref reason) ?? throw new InvalidOperationException($"{TorchFolder.Location} is made, but cannot be loaded: {reason}."));
        }
    }

    private static void Use(nint library)
    {
        // Where the system does not find a loaded library by its name alone.
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, name) => name == "LibTorchSharp" ? _library : 0;
        _library = library;
    }

    private static nint? LoadBeside(out string? reason)
    {
        reason = null;
        // Where the host found this program's native libraries: the program's own folder, runtimes/, a single file's.
        var folders = (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return folders.Append(AppContext.BaseDirectory).Select(folder => Path.Combine(folder, TorchFolder.LibTorchSharp)).FirstOrDefault(File.Exists)
            is { } path ? TryLoad(path, ref reason) : null;
    }

    private static nint? LoadFolder(ref string? reason)
    {
        var path = Path.Combine(TorchFolder.Location, TorchFolder.LibTorchSharp);
        if (!File.Exists(path))
        {
            return null;
        }

        if (TorchFolder.PyTorchLibraries is { } folder)
        {
            foreach (var library in new[] { "torch", "torch_cpu", "torch_cuda" }.Select(name => Path.Combine(folder, TorchFolder.FileName(name))))
            {
                // PyTorch for the CPU has no torch_cuda.
                if ((File.Exists(library) || !library.Contains("torch_cuda", StringComparison.Ordinal)) && TryLoad(library, ref reason) is null)
                {
                    return null;
                }
            }
        }

        return TryLoad(path, ref reason);
    }

    private static nint? TryLoad(string path, ref string? reason)
    {
        try
        {
            return NativeLibrary.Load(path);
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
        {
            // The loader's own words come last; they do not always name the library that was asked for.
            reason = exception.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^1];
            reason = reason.Contains(path, StringComparison.Ordinal) ? reason : $"{path}: {reason}";
            return null;
        }
    }
}
