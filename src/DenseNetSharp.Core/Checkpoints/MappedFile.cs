using System.IO.MemoryMappedFiles;

namespace DenseNetSharp.Checkpoints;

/// <summary>
/// A file mapped into memory for reading. Every access is checked against its length, and one that races with
/// <see cref="Dispose"/> gets an <see cref="ObjectDisposedException"/>, never a stray pointer.
/// </summary>
internal sealed class MappedFile : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    public MappedFile(string path)
    {
        Path = path;
        if (Directory.Exists(path))
        {
            throw new IOException($"{path} is a folder, not a checkpoint file.");
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        Length = stream.Length;
        if (Length == 0)
        {
            throw new CheckpointFormatException(path, 0, "The file is empty.");
        }

        _file = MemoryMappedFile.CreateFromFile(
            stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        _view = _file.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
    }

    public string Path { get; }

    public long Length { get; }

    /// <summary>
    /// Copies bytes; throws <see cref="CheckpointFormatException"/> where they are not all in the file.
    /// </summary>
    public unsafe void Read(long offset, Span<byte> destination)
    {
        Require(offset, destination.Length);
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        try
        {
            new ReadOnlySpan<byte>(start + _view.PointerOffset + offset, destination.Length).CopyTo(destination);
        }
        finally
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
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
        _view.Dispose();
        _file.Dispose();
    }
}
