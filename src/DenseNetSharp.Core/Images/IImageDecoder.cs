namespace DenseNetSharp.Images;

/// <summary>Turns one image format's bytes into RGB pixels.</summary>
/// <remarks>
/// JPEG, PNG, WebP, BMP, GIF, TIFF and PNM are built in. Another library becomes a decoder in some lines, to be given to
/// <see cref="ImageDecoders.Register"/>; docs/images.md has one of SkiaSharp, limits and EXIF orientation included, and those for DICOM and HEIC.
/// A decoder is called from several threads at once.
/// </remarks>
public interface IImageDecoder
{
    /// <summary>Whether these bytes look like this decoder's format.</summary>
    /// <param name="header">The file's first bytes: at least 132, unless the file is shorter.</param>
    bool CanDecode(ReadOnlySpan<byte> header);

    /// <summary>Decodes a whole file.</summary>
    /// <param name="file">The file's bytes.</param>
    /// <param name="options">Limits to respect. <see cref="ImageDecodeOptions.ApplyExifOrientation"/> is the decoder's to
    /// carry out; <see cref="ImageDecodeOptions.AtLeast"/> only allows something and may be passed over.</param>
    /// <returns>The pixels; transparency is dropped, not composited.</returns>
    /// <exception cref="ImageFormatException">The bytes are corrupt, truncated, unsupported or beyond a limit.</exception>
    RgbImage Decode(ReadOnlySpan<byte> file, ImageDecodeOptions options);
}
