namespace DenseNetSharp.Files;

/// <summary>Whether a file can be on its disk.</summary>
internal static class DiskSpace
{
    // ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL of Windows; ENOSPC, which is 28 on Linux and on macOS.
    private static readonly int[] _exhausted = OperatingSystem.IsWindows()
        ? [unchecked((int)0x80070070), unchecked((int)0x80070027)]
        : [28];

    /// <summary>Throws where so many bytes do not fit; where the free space cannot be asked for, writing will tell.</summary>
    /// <exception cref="IOException">They do not fit.</exception>
    public static void Require(string folder, long bytes)
    {
        if (Free(folder) is { } free && bytes > free)
        {
            throw new IOException($"{bytes} bytes more are needed in {folder}, whose disk has {free} left.", _exhausted[0]);
        }
    }

    /// <summary>Whether the disk is full: by <see cref="Require"/> or by a write that failed.</summary>
    public static bool IsExhausted(Exception e) => e is IOException && _exhausted.Contains(e.HResult);

    /// <summary>Whether the disk or the folder may not be written to; EROFS is 30 on Linux and on macOS.</summary>
    public static bool IsForbidden(Exception e) =>
        e is UnauthorizedAccessException || (e is IOException { HResult: 30 } && !OperatingSystem.IsWindows());

    /// <summary>What to do about a full disk.</summary>
    public static string Advice => "Free some space, or have TORCH_HOME name a folder on another disk.";

    private static long? Free(string folder)
    {
        try
        {
            return new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(folder)! : folder).AvailableFreeSpace;
        }
        catch (Exception e) when (e is ArgumentException or IOException or UnauthorizedAccessException)
        {
            return null; // A network share without a drive letter, for one.
        }
    }
}
