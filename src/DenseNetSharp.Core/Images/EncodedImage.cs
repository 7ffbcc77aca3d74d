using System.Buffers;

namespace DenseNetSharp.Images;

/// <summary>An image file that is being received, within the limit on its bytes, in memory that is used again.</summary>
internal sealed class EncodedImage : IDisposable
{
    /// <summary>The first bytes, which tell a format.</summary>
    public const int HeaderLength = 132;

    /// <summary>Bytes that are read at a time, so that limits and cancellations are seen soon.</summary>
    private const int BlockLength = 1 << 16;

    private readonly ImageDecodeOptions _options;
    private readonly IImageDecoder _decoder;
    private byte[] _buffer;
    private int _length;

    /// <summary>Takes the first bytes, which decide: a huge file of another kind is refused without being read.</summary>
    /// <exception cref="ImageFormatException">No decoder knows them, or what remains of the stream is beyond the limit.</exception>
    private EncodedImage(ReadOnlySpan<byte> header, Stream source, ImageDecodeOptions options)
    {
        _options = options;
        _decoder = ImageDecoders.Find(header);
        var remaining = source.CanSeek ? Math.Max(source.Length - source.Position, 0) : 0;
        RequireWithinLimit(header.Length + remaining);
        // One more, so that the end is found without more room.
        _buffer = ArrayPool<byte>.Shared.Rent(source.CanSeek ? (int)Math.Min(header.Length + remaining + 1, Array.MaxLength) : BlockLength);
        header.CopyTo(_buffer);
        _length = header.Length;
    }

    /// <summary>The whole file.</summary>
    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <summary>Receives a stream to its end.</summary>
    /// <exception cref="ImageFormatException">No decoder knows the first bytes, or there are more than the limit.</exception>
    public static EncodedImage Read(Stream stream, ImageDecodeOptions options)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        var headerLength = stream.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false);
        var file = new EncodedImage(header[..headerLength], stream, options);
        while (stream.Read(file.Room().Span) is var count and > 0)
        {
            file.Receive(count);
        }

        return file;
    }

    /// <summary>Receives a stream to its end, asynchronously only, as a web request's body demands.</summary>
    /// <exception cref="ImageFormatException">No decoder knows the first bytes, or there are more than the limit.</exception>
    /// <exception cref="OperationCanceledException">The reading was cancelled.</exception>
    public static async Task<EncodedImage> ReadAsync(Stream stream, ImageDecodeOptions options, CancellationToken cancellationToken)
    {
        var header = new byte[HeaderLength];
        var headerLength = await stream.ReadAtLeastAsync(header, HeaderLength, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        // Not given back where the reading ends early: a stream may still write to the memory of a read that was cancelled.
        var file = new EncodedImage(header.AsSpan(0, headerLength), stream, options);
        while (await stream.ReadAsync(file.Room(), cancellationToken).ConfigureAwait(false) is var count and > 0)
        {
            file.Receive(count);
            // Not every stream looks at the token.
            cancellationToken.ThrowIfCancellationRequested();
        }

        return file;
    }

    /// <exception cref="ImageFormatException">The bytes are no usable image.</exception>
    public RgbImage Decode() => _decoder.Decode(Bytes.Span, _options);

    /// <summary>Decodes for a caller who gives the memory back, <see cref="RgbImage.Recycle"/>.</summary>
    /// <exception cref="ImageFormatException">The bytes are no usable image.</exception>
    public RgbImage DecodeRented() => _decoder.DecodeRented(Bytes.Span, _options);

    /// <summary>Gives the memory back, which nobody reads any more.</summary>
    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            (_buffer, _length) = ([], 0);
        }
    }

    private Memory<byte> Room()
    {
        if (_length == _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(2L * _buffer.Length, Array.MaxLength));
            _buffer.CopyTo(larger, 0);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        return _buffer.AsMemory(_length, Math.Min(BlockLength, _buffer.Length - _length));
    }

    private void Receive(int count)
    {
        RequireWithinLimit((long)_length + count);
        _length += count;
    }

    private void RequireWithinLimit(long length)
    {
        if (length > _options.MaxFileBytes)
        {
            throw new ImageFormatException(
                $"it has more than {_options.MaxFileBytes} bytes, the limit ({nameof(ImageDecodeOptions)}.{nameof(ImageDecodeOptions.MaxFileBytes)})")
            {
                Problem = ImageProblem.TooManyBytes,
            };
        }
    }
}
