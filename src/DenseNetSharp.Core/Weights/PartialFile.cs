using System.Security.Cryptography;

namespace DenseNetSharp.Weights;

/// <summary>
/// A file that is being downloaded, <c>NAME.partial</c> beside its place. Whoever has it open has it alone: it is also
/// the lock between processes that want the same file.
/// </summary>
internal sealed class PartialFile : IAsyncDisposable
{
    private static readonly TimeSpan _pollInterval = TimeSpan.FromMilliseconds(200);

    // It is moved and deleted while it is open, and so locked, which Windows allows only to those who share that.
    private static readonly FileShare _alone = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None;

    private readonly FileStream _stream;

    private PartialFile(FileStream stream) => _stream = stream;

    public long Length => _stream.Length;

    /// <summary>
    /// Opens the file, waiting for whoever has it. Null when meanwhile the finished file is there.
    /// </summary>
    /// <param name="destination">The finished file's path.</param>
    /// <param name="onWait">Is told, again and again, the length that the file has while another process has it.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static async Task<PartialFile?> AcquireAsync(
        string destination, Action<long> onWait, CancellationToken cancellationToken)
    {
        var path = destination + ".partial";
        while (true)
        {
            if (TryOpen(path) is not { } stream)
            {
                onWait(LengthOf(path));
                await Task.Delay(_pollInterval, cancellationToken).ConfigureAwait(false);
                continue;
            }

            // What was opened may have been moved or deleted by its owner before it was locked here.
            if (CachedWeights.IsThere(destination))
            {
                File.Delete(path);
                await stream.DisposeAsync().ConfigureAwait(false);
                return null;
            }

            if (File.Exists(path))
            {
                return new PartialFile(stream);
            }

            await stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Starts from zero.</summary>
    public void Clear()
    {
        if (Length > 0)
        {
            _stream.SetLength(0);
        }
    }

    /// <summary>Throws where so many more bytes do not fit on the disk.</summary>
    /// <exception cref="IOException">They do not.</exception>
    public void RequireSpace(long bytes) => DiskSpace.Require(Path.GetDirectoryName(_stream.Name)!, bytes);

    /// <summary>Adds bytes at the end.</summary>
    public ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _stream.Seek(0, SeekOrigin.End);
        return _stream.WriteAsync(bytes, cancellationToken);
    }

    /// <summary>The SHA-256 of all bytes, in lower case.</summary>
    public async Task<string> Sha256Async(CancellationToken cancellationToken)
    {
        _stream.Position = 0;
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(_stream, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Makes it the file of that name, whole on the disk; a file that is there is replaced.</summary>
    public void MoveTo(string path)
    {
        _stream.Flush(flushToDisk: true);
        File.Move(_stream.Name, path, overwrite: true);
    }

    /// <summary>Lets others have the file; an empty one is of no use to them and goes.</summary>
    public ValueTask DisposeAsync()
    {
        if (Length == 0)
        {
            File.Delete(_stream.Name);
        }

        return _stream.DisposeAsync();
    }

    private static FileStream? TryOpen(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, _alone, bufferSize: 0);
        }
        catch (IOException e) when (IsSharingViolation(e))
        {
            return null;
        }
    }

    /// <summary>ERROR_SHARING_VIOLATION on Windows; EWOULDBLOCK of Linux and of macOS, for a lock not to be had.</summary>
    private static bool IsSharingViolation(IOException e) => OperatingSystem.IsWindows()
        ? e.HResult == unchecked((int)0x80070020)
        : e.HResult is 11 or 35;

    private static long LengthOf(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? file.Length : 0;
    }
}
