using DenseNetSharp.Architectures;
using DenseNetSharp.Images;

namespace DenseNetSharp.Classification;

/// <summary>Checks what an engine is given to predict.</summary>
internal static class PredictionSpans
{
    /// <summary>Throws where images do not suit a network or are not as many values as they should be.</summary>
    /// <exception cref="ArgumentException">The images are too few, too small or not as many values as their size makes.</exception>
    public static void RequireImages(DenseNetSpec spec, ReadOnlySpan<float> nchw, int n, ImageSize size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        var smallest = spec.MinimumInputSize;
        if (size.Height < smallest || size.Width < smallest)
        {
            // No parameter's name: it is the image that is too small, and commands print this as it is.
            throw new ArgumentException($"Images must be at least {smallest}x{smallest}, but got {size} (height x width).");
        }

        var length = (Int128)n * spec.InputChannels * size.Height * size.Width;
        if (nchw.Length != length)
        {
            throw new ArgumentException(
                $"[{n}, {spec.InputChannels}, {size.Height}, {size.Width}] are {length} values, but there are {nchw.Length}.", nameof(nchw));
        }
    }

    /// <summary>Throws where a span does not hold exactly the outputs of n images, or lies over the images.</summary>
    /// <exception cref="ArgumentException">The span has another length, or overlaps the images.</exception>
    public static void RequireRoom(ReadOnlySpan<float> nchw, Span<float> outputs, int n, int each, string parameter)
    {
        if (outputs.Length != (long)n * each)
        {
            throw new ArgumentException(
                $"The {parameter} of {n} images are {(long)n * each} values, but the span holds {outputs.Length}.", parameter);
        }

        if (nchw.Overlaps(outputs))
        {
            throw new ArgumentException($"The {parameter} would overwrite the images.", parameter);
        }
    }
}
