using System.Runtime.InteropServices;

namespace DenseNetSharp.Images;

/// <summary>A native library that the operating system, not a package of ours, provides.</summary>
internal static class SystemLibrary
{
    /// <summary>Loads the first of several files that there is.</summary>
    /// <param name="names">File names and paths for this operating system, the best first.</param>
    /// <param name="remedy">What to do where there is none.</param>
    /// <exception cref="DllNotFoundException">There is none; the message is the remedy.</exception>
    public static nint Load(IEnumerable<string> names, string remedy)
    {
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, out var library))
            {
                return library;
            }
        }

        throw new DllNotFoundException(remedy);
    }

    /// <summary>The names for the operating system that this is.</summary>
    public static string[] Names(string[] windows, string[] macOs, string[] linux) =>
        OperatingSystem.IsWindows() ? windows : OperatingSystem.IsMacOS() ? macOs : linux;
}
