using System.Diagnostics;
using System.Security.Cryptography;
using DenseNetSharp.Files;
using DenseNetSharp.Weights.Caching;

namespace DenseNetSharp.Weights.Downloading;

/// <summary>
/// A file that is being downloaded, <c>NAME.partial</c> beside its place. Who has it has the lock <c>NAME.lock</c>, so
/// that of several processes that want the same file one downloads it.
/// </summary>
internal sealed class PartialFile : IAsyncDisposable
{
    private static readonly TimeSpan _pollInterval = TimeSpan.FromMilliseconds(200);

    private readonly FileLock _lock;
    private readonly FileStream _stream;
    private readonly string _destination;

    private PartialFile(FileLock fileLock, string destination)
    {
        _lock = fileLock;
        _destination = destination;
        Path = PathFor(destination);
        _stream = new FileStream(
            Path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, bufferSize: 0);
    }

    public string Path { get; }

    public long Length => _stream.Length;

    /// <summary>
    /// Opens the file, waiting for whoever has it. Null when meanwhile the finished file is there.
    /// </summary>
    /// <param name="destination">The finished file's path.</param>
    /// <param name="patience">How long the file may stay as it is while another process has it.</param>
    /// <param name="onWait">Is told, again and again, the length that the file has while another process has it.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="IOException">The file cannot be opened, or whoever has it does nothing with it.</exception>
    public static async Task<PartialFile?> AcquireAsync(
        string destination, TimeSpan patience, Action<long> onWait, CancellationToken cancellationToken)
    {
        var length = -1L;
        var unchanged = new Stopwatch();
        while (true)
        {
            if (FileLock.TryAcquire(destination + ".lock") is { } fileLock)
            {
                return Open(fileLock, destination);
            }

            if (LengthOf(PathFor(destination)) is var current && current != length)
            {
                length = current;
                unchanged.Restart();
            }

            if (unchanged.Elapsed > patience)
            {
                throw new IOException(
                    $"another process has the lock {destination}.lock, but {PathFor(destination)} has not grown for "
                    + $"{patience.TotalSeconds:0.#} seconds. End that process, or try again when it is done.");
            }

            onWait(length);
            await Task.Delay(_pollInterval, cancellationToken).ConfigureAwait(false);
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
    /// <exception cref="IOException">The disk has not so much space left.</exception>
    public void RequireSpace(long bytes) => DiskSpace.Require(System.IO.Path.GetDirectoryName(Path)!, bytes);

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

    /// <summary>Nothing more is added; the file is whole on the disk and can be opened by its name.</summary>
    public void Close()
    {
        _stream.Flush(flushToDisk: true);
        _stream.Dispose();
    }

    /// <summary>Puts the closed file in its place; a file that is there is replaced.</summary>
    public void MoveIntoPlace() => File.Move(Path, _destination, overwrite: true);

    /// <summary>Deletes it, closed or not.</summary>
    public void Discard()
    {
        _stream.Dispose();
        File.Delete(Path);
    }

    /// <summary>Lets others have the file; an empty one is of no use to them and goes.</summary>
    public ValueTask DisposeAsync()
    {
        if (_stream.CanWrite && Length == 0)
        {
            Discard();
        }

        _stream.Dispose();
        _lock.Dispose();
        return default;
    }

    private static PartialFile? Open(FileLock fileLock, string destination)
    {
        try
        {
            if (!CachedWeights.IsThere(destination))
            {
                return new PartialFile(fileLock, destination);
            }

            File.Delete(PathFor(destination));
        }
        catch
        {
            fileLock.Dispose();
            throw;
        }

        fileLock.Dispose();
        return null;
    }

    private static string PathFor(string destination) => destination + ".partial";

    private static long LengthOf(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? file.Length : 0;
    }
}
