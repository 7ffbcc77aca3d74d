namespace DenseNetSharp.Images.Augmentation;

/// <summary>Hue, saturation and value in 8 bits each, converted as Pillow's mode "HSV" is.</summary>
/// <remarks>Which operations are in float and which in double is Pillow's, and decides bytes.</remarks>
internal readonly record struct Hsv(byte Hue, byte Saturation, byte Value)
{
    public static Hsv FromRgb(byte red, byte green, byte blue)
    {
        var max = Math.Max(red, Math.Max(green, blue));
        var min = Math.Min(red, Math.Min(green, blue));
        if (min == max)
        {
            return new Hsv(0, 0, max);
        }

        float range = max - min;
        var saturation = range / max;
        var redDistance = (max - red) / range;
        var greenDistance = (max - green) / range;
        var blueDistance = (max - blue) / range;
        float sextant;
        if (red == max)
        {
            sextant = blueDistance - greenDistance;
        }
        else if (green == max)
        {
            sextant = (float)(2.0 + redDistance - blueDistance);
        }
        else
        {
            sextant = (float)(4.0 + greenDistance - redDistance);
        }

        var hue = (float)((sextant / 6.0 + 1.0) % 1.0);
        return new Hsv((byte)(hue * 255.0), (byte)(saturation * 255.0), max);
    }

    public (byte Red, byte Green, byte Blue) ToRgb()
    {
        if (Saturation == 0)
        {
            return (Value, Value, Value);
        }

        var sextant = (int)(Hue * 6.0 / 255.0);
        var fraction = (float)(Hue * 6.0 / 255.0 - sextant);
        var saturation = (float)(Saturation / 255.0);
        var p = Round(Value * (1.0 - saturation));
        var q = Round(Value * (1.0 - saturation * fraction));
        var t = Round(Value * (1.0 - saturation * (1.0 - fraction)));
        return (sextant % 6) switch
        {
            0 => (Value, t, p),
            1 => (q, Value, p),
            2 => (p, Value, t),
            3 => (p, q, Value),
            4 => (t, p, Value),
            _ => (Value, p, q),
        };
    }

    private static byte Round(double value) => (byte)Math.Clamp(Math.Round(value, MidpointRounding.AwayFromZero), 0, 255);
}
