namespace DenseNetSharp.Images;

/// <summary>An image file that is being received, within the limit on its bytes.</summary>
internal sealed class EncodedImage : IDisposable
{
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

    /// <exception cref="ImageFormatException">That is more than the limit.</exception>
    public void Append(ReadOnlySpan<byte> block)
    {
        RequireWithinLimit(_file.Length + block.Length);
        _file.Write(block);
    }

    /// <exception cref="ImageFormatException">The bytes are no usable image.</exception>
    public RgbImage Decode() => _decoder.Decode(_file.GetBuffer().AsSpan(0, (int)_file.Length), _options);

    public void Dispose() => _file.Dispose();

    private void RequireWithinLimit(long length)
    {
        if (length > _options.MaxFileBytes)
        {
            throw new ImageFormatException(
                $"it has more than {_options.MaxFileBytes} bytes, the limit ({nameof(ImageDecodeOptions)}.{nameof(ImageDecodeOptions.MaxFileBytes)})");
        }
    }
}
