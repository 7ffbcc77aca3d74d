using DenseNetSharp.Images;

namespace DenseNetSharp.Explanations;

/// <summary>Which parts of an image speak for a class: one value a place of the maps it was made of, the higher the more.</summary>
public sealed class HeatMap
{
    private readonly float[] _values;

    /// <summary>Makes a map of values.</summary>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="values"><c>[height, width]</c>; copied.</param>
    /// <exception cref="ArgumentException">A side is not positive, or the values are not height x width.</exception>
    public HeatMap(int height, int width, ReadOnlySpan<float> values)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (values.Length != (long)height * width)
        {
            throw new ArgumentException($"[{height}, {width}] are {(long)height * width} values, but there are {values.Length}.", nameof(values));
        }

        (Height, Width, _values) = (height, width, values.ToArray());
    }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>The values, <c>[Height, Width]</c>, row after row from the top: those of a class activation map may be below 0, which
    /// speaks against the class.</summary>
    public IReadOnlyList<float> Values => Array.AsReadOnly(_values);

    /// <summary>Whether nothing in the image speaks for the class: no value is above 0.</summary>
    public bool IsEmpty => !Array.Exists(_values, value => value > 0);

    /// <summary>The map as it is drawn: what is below 0 as 0, the largest value as 1; NaN as 0.</summary>
    /// <returns><c>[Height, Width]</c>, from 0 to 1.</returns>
    public float[] Normalized()
    {
        var largest = _values.Where(float.IsFinite).DefaultIfEmpty().Max();
        return Array.ConvertAll(_values, value => value > 0 && largest > 0 ? Math.Min(value / largest, 1) : 0);
    }

    /// <summary>The map for an image, between its values by bilinear interpolation, as PyTorch's <c>interpolate(mode='bilinear')</c>.</summary>
    /// <param name="image">The image's size in pixels.</param>
    /// <param name="area">The part of the image that the map covers, in its pixels; all of it if null.</param>
    /// <returns><c>[image.Height, image.Width]</c> of <see cref="Normalized"/>; NaN where the network saw nothing of the image.</returns>
    public float[] Spread(ImageSize image, ImageArea? area = null)
    {
        var covered = area ?? new ImageArea(0, 0, image.Width, image.Height);
        var columns = Places(image.Width, covered.Left, covered.Width, Width);
        var rows = Places(image.Height, covered.Top, covered.Height, Height);
        var values = Normalized();
        var spread = new float[checked(image.Height * image.Width)];
        for (var y = 0; y < image.Height; y++)
        {
            var (upper, lower, down) = rows[y];
            for (var x = 0; x < image.Width; x++)
            {
                var (left, right, across) = columns[x];
                spread[(y * image.Width) + x] = upper < 0 || left < 0
                    ? float.NaN
                    : Between(
                        Between(values[(upper * Width) + left], values[(upper * Width) + right], across),
                        Between(values[(lower * Width) + left], values[(lower * Width) + right], across),
                        down);
            }
        }

        return spread;

        static float Between(float first, float second, float share) => ((1 - share) * first) + (share * second);
    }

    /// <summary>For each pixel of an axis the two values that it lies between and how far it is from the first; -1 outside.</summary>
    private static (int First, int Second, float Share)[] Places(int pixels, double start, double length, int count)
    {
        var places = new (int, int, float)[pixels];
        for (var i = 0; i < pixels; i++)
        {
            var at = (i + 0.5 - start) / length;
            var place = Math.Max((at * count) - 0.5, 0);
            var first = Math.Min((int)place, count - 1);
            places[i] = at is < 0 or > 1 ? (-1, -1, 0) : (first, Math.Min(first + 1, count - 1), (float)(place - first));
        }

        return places;
    }
}
