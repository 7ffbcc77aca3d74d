using System.IO.MemoryMappedFiles;
using DenseNetSharp.Files;
using Microsoft.Win32.SafeHandles;

namespace DenseNetSharp.Checkpoints.Storage;

/// <summary>
/// A file whose parts are copied out when they are asked for. Every access is checked against its length, and one that
/// races with <see cref="Dispose"/> gets an <see cref="ObjectDisposedException"/>, never a stray pointer.
/// </summary>
/// <remarks>
/// Large parts are mapped into memory for as long as they are copied: one copy, straight to where the caller wants it,
/// and a file's pages count as the process's memory only for so long. For small ones reading costs less than mapping.
/// </remarks>
internal sealed class MappedFile : IDisposable
{
    private const int LeastMapped = 1 << 20;

    private readonly SafeFileHandle _handle;
    private readonly MemoryMappedFile? _map;

    /// <param name="path">The file.</param>
    /// <param name="mayShrink">Whether others may write to the file meanwhile: nothing is mapped then, for reading mapped pages that a
    /// file has lost kills the process.</param>
    public MappedFile(string path, bool mayShrink = false)
    {
        Path = path;
        if (Directory.Exists(path))
        {
            throw new IOException($"{path} is a folder, not a checkpoint file.");
        }

        // Before it is opened: a pipe, which seems empty too, would wait for somebody to write to it.
        if (LinkedFile.Resolve(path) is { Exists: true, Length: 0 })
        {
            throw IsEmpty();
        }

        _handle = File.OpenHandle(path, share: mayShrink ? FileShare.ReadWrite | FileShare.Delete : FileShare.Read | FileShare.Delete);
        try
        {
            Length = RandomAccess.GetLength(_handle);
            if (Length == 0)
            {
                throw IsEmpty();
            }

            _map = mayShrink
                ? null
                : MemoryMappedFile.CreateFromFile(
                    _handle, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        }
        catch
        {
            _handle.Dispose();
            throw;
        }
    }

    public string Path { get; }

    public long Length { get; }

    /// <summary>
    /// Copies bytes; throws <see cref="CheckpointFormatException"/> where they are not all in the file.
    /// </summary>
    public void Read(long offset, Span<byte> destination)
    {
        Require(offset, destination.Length);
        if (_map is not null && destination.Length >= LeastMapped)
        {
            CopyMapped(_map, offset, destination);
            return;
        }

        while (destination.Length > 0)
        {
            var count = RandomAccess.Read(_handle, destination, offset);
            if (count == 0)
            {
                throw BecameShorter(offset);
            }

            destination = destination[count..];
            offset += count;
        }
    }

    /// <summary>Copies bytes into a new array.</summary>
    public byte[] Read(long offset, int count)
    {
        Require(offset, count);
        var bytes = new byte[count];
        Read(offset, bytes);
        return bytes;
    }

    /// <summary>Throws <see cref="CheckpointFormatException"/> unless these bytes are all in the file.</summary>
    public void Require(long offset, long count)
    {
        if (offset < 0 || count < 0 || offset > Length - count)
        {
            throw new CheckpointFormatException(
                Path,
                Math.Clamp(offset, 0, Length),
                $"The file ends too early: {count} bytes are needed at byte {offset}, and it has {Length} in all.");
        }
    }

    public void Dispose()
    {
        _map?.Dispose();
        _handle.Dispose();
    }

    private unsafe void CopyMapped(MemoryMappedFile map, long offset, Span<byte> destination)
    {
        // Those who must not change the file may do so all the same.
        if (RandomAccess.GetLength(_handle) < Length)
        {
            throw BecameShorter(offset);
        }

        using var view = map.CreateViewAccessor(offset, destination.Length, MemoryMappedFileAccess.Read);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        try
        {
            new ReadOnlySpan<byte>(start + view.PointerOffset, destination.Length).CopyTo(destination);
        }
        finally
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
    }

    private CheckpointFormatException IsEmpty() => new(Path, 0, "The file is empty, or a pipe or device.");

    private CheckpointFormatException BecameShorter(long offset) =>
        new(Path, offset, "The file has become shorter since it was opened.");
}
