using System.Runtime.InteropServices;

namespace DenseNetSharp;

/// <summary>The process's environment as native code sees it. .NET keeps a copy: its own way of setting a variable does not reach native
/// code.</summary>
internal static partial class NativeEnvironment
{
    /// <summary>Sets a variable on Linux, unless it is set already.</summary>
    /// <returns>Whether that was possible.</returns>
    public static bool SetDefault(string name, string value) => SetEnvironment(name, value, overwrite: 0) == 0;

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
