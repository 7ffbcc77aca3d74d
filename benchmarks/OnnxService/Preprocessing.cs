using SkiaSharp;

namespace DenseNetSharp.Benchmarks.OnnxService;

/// <summary>torchvision's for ImageNet: the shorter side resized, the middle cropped, normalised.</summary>
internal sealed class Preprocessing(int resize, int crop)
{
    private const long MostPixels = 50_000_000;

    /// <summary>Bilinear with mipmaps: what Skia has for making images smaller without aliasing.</summary>
    private static readonly SKSamplingOptions _sampling = new(SKFilterMode.Linear, SKMipmapMode.Linear);

    private static readonly float[][] _values = [Normalized(0.485, 0.229), Normalized(0.456, 0.224), Normalized(0.406, 0.225)];

    /// <summary>Decodes an image and prepares it.</summary>
    /// <param name="file">The file.</param>
    /// <param name="pixels"><c>[3, crop, crop]</c>.</param>
    public void Apply(Stream file, Span<float> pixels)
    {
        using var codec = SKCodec.Create(file) ?? throw new RejectedException(StatusCodes.Status415UnsupportedMediaType, "This is no image.");
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        if ((long)width * height > MostPixels)
        {
            throw new RejectedException(StatusCodes.Status413PayloadTooLarge, "The image has too many pixels.");
        }

        using var image = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        if (codec.GetPixels(image.Info, image.GetPixels()) != SKCodecResult.Success)
        {
            throw new RejectedException(StatusCodes.Status422UnprocessableEntity, "The image is damaged.");
        }

        var shorter = Math.Min(width, height);
        using var resized = image.Resize(
            new SKImageInfo((int)((long)width * resize / shorter), (int)((long)height * resize / shorter), SKColorType.Rgba8888, SKAlphaType.Unpremul), _sampling);
        Normalize(resized, pixels);
    }

    private void Normalize(SKBitmap image, Span<float> pixels)
    {
        var source = image.GetPixelSpan();
        var (left, top) = ((image.Width - crop) / 2, (image.Height - crop) / 2);
        for (var channel = 0; channel < 3; channel++)
        {
            var values = _values[channel];
            var target = pixels.Slice(channel * crop * crop, crop * crop);
            for (var y = 0; y < crop; y++)
            {
                var row = source.Slice(((top + y) * image.RowBytes) + (4 * left), 4 * crop);
                var line = target.Slice(y * crop, crop);
                for (var x = 0; x < crop; x++)
                {
                    line[x] = values[row[(4 * x) + channel]];
                }
            }
        }
    }

    private static float[] Normalized(double mean, double deviation) =>
        [.. Enumerable.Range(0, 256).Select(value => (float)(((value / 255.0) - mean) / deviation))];
}
