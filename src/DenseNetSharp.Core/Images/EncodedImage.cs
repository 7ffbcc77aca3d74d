namespace DenseNetSharp.Images;

/// <summary>An image file that is being received, within the limit on its bytes.</summary>
internal sealed class EncodedImage : IDisposable
{
    /// <summary>The first bytes, which tell a format.</summary>
    public const int HeaderLength = 132;

    /// <summary>Bytes that are read at a time.</summary>
    public const int BlockLength = 1 << 16;

    private readonly ImageDecodeOptions _options;
    private readonly IImageDecoder _decoder;
    private readonly MemoryStream _file;

    /// <summary>Takes the first bytes, which decide: a huge file of another kind is refused without being read.</summary>
    /// <exception cref="ImageFormatException">No decoder knows them, or what remains of the stream is beyond the limit.</exception>
    public EncodedImage(ReadOnlySpan<byte> header, Stream source, ImageDecodeOptions options)
    {
        _options = options;
        _decoder = ImageDecoders.Find(header);
        var remaining = source.CanSeek ? source.Length - source.Position : 0;
        RequireWithinLimit(header.Length + remaining);
        _file = new MemoryStream(capacity: (int)(header.Length + remaining));
        _file.Write(header);
    }

    /// <summary>The whole file, as far as it has been received.</summary>
    public ReadOnlyMemory<byte> Bytes => _file.GetBuffer().AsMemory(0, (int)_file.Length);

    /// <summary>Receives a stream to its end, asynchronously only, as a web request's body demands.</summary>
    /// <exception cref="ImageFormatException">No decoder knows the first bytes, or there are more than the limit.</exception>
    /// <exception cref="OperationCanceledException">The reading was cancelled.</exception>
    public static async Task<EncodedImage> ReadAsync(Stream stream, ImageDecodeOptions options, CancellationToken cancellationToken)
    {
        var header = new byte[HeaderLength];
        var headerLength = await stream.ReadAtLeastAsync(header, HeaderLength, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        var file = new EncodedImage(header.AsSpan(0, headerLength), stream, options);
        // Not from the pool: a stream may still write to the memory of a read that was cancelled.
        var block = new byte[BlockLength];
        for (int count; (count = await stream.ReadAsync(block, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            file.Append(block.AsSpan(0, count));
            // Not every stream looks at the token.
            cancellationToken.ThrowIfCancellationRequested();
        }

        return file;
    }

    /// <exception cref="ImageFormatException">That is more than the limit.</exception>
    public void Append(ReadOnlySpan<byte> block)
    {
        RequireWithinLimit(_file.Length + block.Length);
        _file.Write(block);
    }

    /// <exception cref="ImageFormatException">The bytes are no usable image.</exception>
    public RgbImage Decode() => _decoder.Decode(Bytes.Span, _options);

    public void Dispose() => _file.Dispose();

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
