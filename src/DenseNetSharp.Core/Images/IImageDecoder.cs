namespace DenseNetSharp.Images;

/// <summary>Turns one image format's bytes into RGB pixels.</summary>
/// <remarks>
/// JPEG, PNG and WebP are built in. Another library becomes a decoder in a few lines, here SkiaSharp for BMP files:
/// <code>
/// sealed class BmpDecoder : IImageDecoder
/// {
///     public bool CanDecode(ReadOnlySpan&lt;byte&gt; header) =&gt; header.StartsWith("BM"u8);
///     public RgbImage Decode(ReadOnlySpan&lt;byte&gt; file, ImageDecodeOptions options)
///     {
///         using var bitmap = SKBitmap.Decode(file) ?? throw new ImageFormatException("SkiaSharp cannot read it");
///         var rgb = bitmap.Pixels.SelectMany(pixel =&gt; new[] { pixel.Red, pixel.Green, pixel.Blue });
///         return new RgbImage(bitmap.Width, bitmap.Height, rgb.ToArray());
///     }
/// }
/// ImageDecoders.Register(new BmpDecoder());
/// </code>
/// A decoder is called from several threads at once.
/// </remarks>
public interface IImageDecoder
{
    /// <summary>Whether these bytes look like this decoder's format.</summary>
    /// <param name="header">The file's first bytes: at least 64, unless the file is shorter.</param>
    bool CanDecode(ReadOnlySpan<byte> header);

    /// <summary>Decodes a whole file.</summary>
    /// <param name="file">The file's bytes.</param>
    /// <param name="options">Limits to respect. <see cref="ImageDecodeOptions.ApplyExifOrientation"/> is the decoder's to
    /// carry out; <see cref="ImageDecodeOptions.AtLeast"/> only allows something and may be passed over.</param>
    /// <returns>The pixels; transparency is dropped, not composited.</returns>
    /// <exception cref="ImageFormatException">The bytes are corrupt, truncated, unsupported or beyond a limit.</exception>
    RgbImage Decode(ReadOnlySpan<byte> file, ImageDecodeOptions options);
}
