using System.Runtime.InteropServices;
using DenseNetSharp.Images;
using static TorchSharp.torch;

namespace DenseNetSharp;

/// <summary>Prepared images as tensors.</summary>
public static class ImageTensors
{
    /// <summary>Copies a batch's images into a tensor.</summary>
    /// <typeparam name="T">What stands for an image.</typeparam>
    /// <param name="batch">The batch.</param>
    /// <returns><c>[Count, Channels, Size.Height, Size.Width]</c>, float32, on the CPU.</returns>
    /// <exception cref="ArgumentException">The batch has no images.</exception>
    public static Tensor ToTensor<T>(this ImageBatch<T> batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Count == 0)
        {
            throw new ArgumentException("The batch has no images.", nameof(batch));
        }

        return Of(batch.Pixels, batch.Count, batch.Channels, batch.Size.Height, batch.Size.Width);
    }

    /// <summary>Copies <c>[n, channels, height, width]</c> floats or bytes, which must be that many.</summary>
    internal static Tensor Of<TPixel>(ReadOnlySpan<TPixel> nchw, int n, int channels, int height, int width)
        where TPixel : unmanaged
    {
        TorchLibrary.Require();
        var images = empty([n, channels, height, width], dtype: typeof(TPixel) == typeof(byte) ? ScalarType.Byte : ScalarType.Float32);
        var length = nchw.Length / n;
        for (var i = 0; i < n; i++)
        {
            // Image by image: a tensor's bytes as one span end at 2 GiB.
            using var image = images.narrow(0, i, 1);
            MemoryMarshal.AsBytes(nchw.Slice(i * length, length)).CopyTo(image.bytes);
        }

        return images;
    }
}
