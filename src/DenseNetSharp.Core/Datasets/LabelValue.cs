using System.Globalization;

namespace DenseNetSharp.Datasets;

/// <summary>What a cell says of an image and a class.</summary>
internal enum LabelValue
{
    Zero,
    One,

    /// <summary>-1, CheXpert's.</summary>
    Uncertain,

    /// <summary>Nothing, or a word for nothing.</summary>
    Blank,

    /// <summary>It is no label.</summary>
    Other,
}

/// <summary>Reads such cells.</summary>
internal static class LabelValues
{
    public static LabelValue Of(string cell) => cell.Trim().ToLowerInvariant() switch
    {
        "" or "nan" or "na" or "n/a" or "null" or "none" => LabelValue.Blank,
        "true" or "yes" or "y" => LabelValue.One,
        "false" or "no" or "n" => LabelValue.Zero,
        var text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number switch
            {
                0 => LabelValue.Zero,
                1 => LabelValue.One,
                -1 => LabelValue.Uncertain,
                _ => LabelValue.Other,
            }
            : LabelValue.Other,
    };
}
