using DenseNetSharp.Images;
using static TorchSharp.torch;

namespace FashionMnist;

/// <summary>A split's images as the network sees them: resized once, normalised when a batch is made.</summary>
internal sealed class PreparedImages
{
    private readonly FashionMnistData _data;
    private readonly float[][] _images;
    private readonly ImageSize _size;

    public PreparedImages(FashionMnistData data, ImagePreset preset, int limit)
    {
        _data = data;
        _images = new float[Math.Min(limit, data.Count)][];
        _size = preset.OutputSize(data.Height, data.Width);
        Parallel.For(0, _images.Length, i => _images[i] = preset.Apply(data.Image(i)));
    }

    public int Count => _images.Length;

    /// <summary>A batch: images <c>[N, 3, H, W]</c> and labels <c>[N]</c>.</summary>
    /// <param name="indices">Which images.</param>
    /// <param name="augmentation">Mirrors and shifts at random; null leaves the images as they are.</param>
    public (Tensor Images, Tensor Labels) Batch(ReadOnlySpan<int> indices, Random? augmentation = null)
    {
        var (height, width) = (_size.Height, _size.Width);
        var size = 3 * height * width;
        var pixels = new float[indices.Length * size];
        var labels = new long[indices.Length];
        for (var i = 0; i < indices.Length; i++)
        {
            var destination = pixels.AsSpan(i * size, size);
            labels[i] = _data.Label(indices[i]);
            if (augmentation is null)
            {
                _images[indices[i]].CopyTo(destination);
            }
            else
            {
                MirrorAndShift(_images[indices[i]], destination, height, width, augmentation);
            }
        }

        return (tensor(pixels, [indices.Length, 3, height, width]), tensor(labels));
    }

    /// <summary>Mirrors every other image and shifts each by up to a fourteenth (two of the original's pixels),
    /// repeating the border.</summary>
    private static void MirrorAndShift(float[] source, Span<float> destination, int height, int width, Random random)
    {
        var mirror = random.Next(2) == 1;
        var down = random.Next(-height / 14, height / 14 + 1);
        var right = random.Next(-width / 14, width / 14 + 1);
        for (var row = 0; row < 3 * height; row++)
        {
            var plane = row / height * height;
            var from = (plane + Math.Clamp(row - plane - down, 0, height - 1)) * width;
            for (var column = 0; column < width; column++)
            {
                var x = Math.Clamp(column - right, 0, width - 1);
                destination[row * width + column] = source[from + (mirror ? width - 1 - x : x)];
            }
        }
    }
}
