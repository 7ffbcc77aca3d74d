namespace TorchSharp;

/// <summary>A number that takes the element type of the tensor it meets.</summary>
public sealed class Scalar : IDisposable
{
    private Scalar(Tag tag, long bits, torch.ScalarType type)
    {
        Tag = tag;
        Bits = bits;
        Type = type;
    }

    internal Tag Tag { get; }

    internal long Bits { get; }

    /// <summary>Int64, Float64 or Bool: libtorch keeps scalars no finer than that.</summary>
    public torch.ScalarType Type { get; }

    // What a tensor filled with this scalar is made of unless a type is given.
    internal torch.ScalarType ElementType =>
        Tag == Tag.Double ? torch.ScalarType.Float32 : torch.ScalarType.Int64;

    internal double AsDouble => Tag == Tag.Double ? BitConverter.Int64BitsToDouble(Bits) : Bits;

    internal long AsLong => Tag == Tag.Double ? (long)BitConverter.Int64BitsToDouble(Bits) : Bits;

    internal static Scalar Of(long value) => new(Tag.Int, value, torch.ScalarType.Int64);

    internal static Scalar Of(double value) =>
        new(Tag.Double, BitConverter.DoubleToInt64Bits(value), torch.ScalarType.Float64);

    internal static Scalar Of(bool value) => new(Tag.Bool, value ? 1 : 0, torch.ScalarType.Bool);

    /// <summary>From a 32-bit integer.</summary>
    public static implicit operator Scalar(int value) => Of(value);

    /// <summary>From a 64-bit integer.</summary>
    public static implicit operator Scalar(long value) => Of(value);

    /// <summary>From a single.</summary>
    public static implicit operator Scalar(float value) => Of((double)value);

    /// <summary>From a double.</summary>
    public static implicit operator Scalar(double value) => Of(value);

    /// <summary>From a truth value.</summary>
    public static implicit operator Scalar(bool value) => Of(value);

    /// <summary>Does nothing: a scalar holds nothing native here.</summary>
    public void Dispose()
    {
    }
}
