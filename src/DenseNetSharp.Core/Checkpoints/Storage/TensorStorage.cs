namespace DenseNetSharp.Checkpoints.Storage;

/// <summary>A run of bytes that one or more tensors look into. Lengths are checked when it is made.</summary>
internal abstract class TensorStorage
{
    public abstract long ByteCount { get; }

    public abstract void Read(long offset, Span<byte> destination);
}

/// <summary>A storage in a mapped file, read when it is asked for.</summary>
internal sealed class FileStorage : TensorStorage
{
    private readonly MappedFile _file;
    private readonly long _start;

    public FileStorage(MappedFile file, long start, long byteCount)
    {
        file.Require(start, byteCount);
        (_file, _start, ByteCount) = (file, start, byteCount);
    }

    public override long ByteCount { get; }

    public override void Read(long offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, ByteCount - destination.Length);
        _file.Read(_start + offset, destination);
    }
}

/// <summary>A storage in memory.</summary>
internal sealed class MemoryStorage(ReadOnlyMemory<byte> bytes) : TensorStorage
{
    public override long ByteCount => bytes.Length;

    public override void Read(long offset, Span<byte> destination) =>
        bytes.Span.Slice(checked((int)offset), destination.Length).CopyTo(destination);
}
