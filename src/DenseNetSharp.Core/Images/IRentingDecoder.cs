namespace DenseNetSharp.Images;

/// <summary>A decoder that puts pixels into memory that is used again, so that a service's garbage is not a large array an image.</summary>
internal interface IRentingDecoder : IImageDecoder
{
    /// <summary>Decodes a whole file.</summary>
    /// <param name="file">The file's bytes.</param>
    /// <param name="options">Limits to respect.</param>
    /// <param name="newImage">Makes an image of a width and a height that is to be filled.</param>
    /// <returns>The pixels.</returns>
    RgbImage Decode(ReadOnlySpan<byte> file, ImageDecodeOptions options, Func<int, int, RgbImage> newImage);
}

internal static class RentingDecoderExtensions
{
    /// <summary>Decodes for a caller who gives the memory back, <see cref="RgbImage.Recycle"/>; where a decoder does not do that, as any other.
    /// </summary>
    public static RgbImage DecodeRented(this IImageDecoder decoder, ReadOnlySpan<byte> file, ImageDecodeOptions options)
    {
        if (decoder is not IRentingDecoder renting)
        {
            return decoder.Decode(file, options);
        }

        RgbImage? image = null;
        try
        {
            return renting.Decode(file, options, (width, height) => image = RgbImage.Rent(width, height));
        }
        catch (ImageFormatException)
        {
            // Damaged uploads are no more garbage than sound ones.
            image?.Recycle();
            throw;
        }
    }
}
