namespace TorchSharp;

/// <summary>Conversions between .NET numbers and <see cref="Scalar"/>.</summary>
public static class ScalarExtensionMethods
{
    /// <summary>As a single.</summary>
    public static float ToSingle(this Scalar value) => (float)value.AsDouble;

    /// <summary>As a double.</summary>
    public static double ToDouble(this Scalar value) => value.AsDouble;

    /// <summary>As a 32-bit integer.</summary>
    public static int ToInt32(this Scalar value) => (int)value.AsLong;

    /// <summary>As a 64-bit integer.</summary>
    public static long ToInt64(this Scalar value) => value.AsLong;

    /// <summary>As a truth value.</summary>
    public static bool ToBoolean(this Scalar value) => value.AsDouble != 0;
}
