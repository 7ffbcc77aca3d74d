using System.Buffers;

namespace DenseNetSharp.Checkpoints.Storage;

/// <summary>One buffer that tensors pass through on their way to a file, as large as the largest of them.</summary>
internal sealed class TensorBuffer : IDisposable
{
    private byte[] _bytes = [];

    /// <summary>The tensor's elements in C order, valid until the next call.</summary>
    public ReadOnlySpan<byte> Fill(CheckpointTensor tensor)
    {
        var count = checked((int)tensor.ByteCount);
        if (count > _bytes.Length)
        {
            Dispose();
            _bytes = ArrayPool<byte>.Shared.Rent(count);
        }

        tensor.CopyTo(_bytes.AsSpan(0, count));
        return _bytes.AsSpan(0, count);
    }

    public void Dispose()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }
    }
}
