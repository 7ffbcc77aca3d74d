using System.Collections.Immutable;
using DenseNetSharp.Images.Formats.Bmp;
using DenseNetSharp.Images.Formats.Gif;
using DenseNetSharp.Images.Formats.Jpeg;
using DenseNetSharp.Images.Formats.Png;
using DenseNetSharp.Images.Formats.Pnm;
using DenseNetSharp.Images.Formats.Tiff;
using DenseNetSharp.Images.Formats.WebP;

namespace DenseNetSharp.Images;

/// <summary>The decoders that <see cref="RgbImage.Load(string, ImageDecodeOptions?)"/> chooses from.</summary>
public static class ImageDecoders
{
    private static ImmutableList<IImageDecoder> _decoders =
    [
        new JpegDecoder(),
        new PngDecoder(),
        new WebPDecoder(new(() => new LibWebP())),
        new BmpDecoder(),
        new GifDecoder(),
        new TiffDecoder(),
        new PnmDecoder(),
    ];

    /// <summary>The decoders in the order in which they are asked: the latest registered first, the built-in ones last.</summary>
    public static IReadOnlyList<IImageDecoder> All => _decoders;

    /// <summary>Adds a decoder for the whole process. It is asked before the others, so it may replace a built-in one.</summary>
    /// <param name="decoder">The decoder; see <see cref="IImageDecoder"/> for an example.</param>
    public static void Register(IImageDecoder decoder)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        ImmutableInterlocked.Update(ref _decoders, list => list.Insert(0, decoder));
    }

    /// <summary>Finds the decoder for a file by its content.</summary>
    /// <param name="header">The file's first bytes, at least 132 unless the file is shorter.</param>
    /// <returns>The first decoder that recognises them.</returns>
    /// <exception cref="ImageFormatException">No decoder does.</exception>
    public static IImageDecoder Find(ReadOnlySpan<byte> header)
    {
        if (header.IsEmpty)
        {
            throw new ImageFormatException("it is empty");
        }

        foreach (var decoder in _decoders)
        {
            if (decoder.CanDecode(header))
            {
                return decoder;
            }
        }

        throw new ImageFormatException(ForeignFormat.Explain(header)
            ?? $"it is none of JPEG, PNG, WebP, BMP, GIF, TIFF and PNM, nor anything a registered decoder knows (it starts with {Describe(header)})")
        {
            Problem = ImageProblem.UnknownFormat,
        };
    }

    private static string Describe(ReadOnlySpan<byte> header) =>
        string.Join(' ', header[..Math.Min(8, header.Length)].ToArray().Select(value => value.ToString("x2")));
}
