using System.Globalization;

namespace DenseNetSharp.Checkpoints;

/// <summary>Writes values as Python prints them.</summary>
internal static class PythonText
{
    /// <summary>A float: <c>1e-05</c>, <c>0.1</c>, <c>1.0</c>, <c>-inf</c>.</summary>
    public static string Of(double value)
    {
        if (double.IsInfinity(value))
        {
            return value > 0 ? "inf" : "-inf";
        }

        var text = value.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e');
        return text.Contains('.', StringComparison.Ordinal) || text.Contains('e', StringComparison.Ordinal) ? text : text + ".0";
    }
}
