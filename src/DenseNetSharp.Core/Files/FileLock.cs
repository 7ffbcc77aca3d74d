namespace DenseNetSharp.Files;

/// <summary>
/// A lock between processes: a file that its holder has open alone, and that goes with the lock. A process that dies
/// lets go of it.
/// </summary>
internal sealed class FileLock : IDisposable
{
    // The disk stores nothing of it, but a limit to the length of files counts it.
    private const int LongestFile = 1 << 14;

    // It is deleted while it is open, which Windows allows only to those who share that.
    private static readonly FileShare _alone = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None;

    private readonly FileStream _stream;

    private FileLock(FileStream stream) => _stream = stream;

    /// <summary>Takes the lock; null where somebody else has it.</summary>
    /// <exception cref="IOException">The lock's file cannot be opened.</exception>
    public static FileLock? TryAcquire(string path)
    {
        try
        {
            return Of(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, _alone, bufferSize: 0));
        }
        catch (IOException e) when (IsSharingViolation(e))
        {
            return null;
        }
    }

    /// <summary>
    /// The lock that an open file is; null, and the file closed, where its name is by now another file's.
    /// </summary>
    /// <remarks>
    /// Unix opens a file first and locks it then. In between, its holder may have deleted it and let go, and a third
    /// process may have made another and locked that: both would believe themselves alone. So who has locked a file
    /// asks whether it still is the one of that name. A length drawn at random, of which the disk stores nothing, tells
    /// them apart: it can be asked for by name, where the lock forbids to open the file again. Only who has found
    /// his own file there ever deletes it, so it stays the one of that name for as long as the lock is held.
    /// </remarks>
    internal static FileLock? Of(FileStream stream)
    {
        try
        {
            stream.SetLength(Random.Shared.Next(1, LongestFile));
            if (new FileInfo(stream.Name) is { Exists: true } named && named.Length == stream.Length)
            {
                return new FileLock(stream);
            }
        }
        catch
        {
            stream.Dispose();
            throw;
        }

        stream.Dispose();
        return null;
    }

    /// <summary>Lets go: deletes the file while nobody else can have locked it.</summary>
    public void Dispose()
    {
        File.Delete(_stream.Name);
        _stream.Dispose();
    }

    /// <summary>ERROR_SHARING_VIOLATION on Windows; EWOULDBLOCK of Linux and of macOS, for a lock not to be had.</summary>
    private static bool IsSharingViolation(IOException e) => OperatingSystem.IsWindows()
        ? e.HResult == unchecked((int)0x80070020)
        : e.HResult is 11 or 35;
}
