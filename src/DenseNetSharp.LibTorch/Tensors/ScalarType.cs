namespace TorchSharp;

public static partial class torch
{
    /// <summary>Element types; the numbers are libtorch's.</summary>
    public enum ScalarType : sbyte
    {
        /// <summary>Unsigned, 8 bits.</summary>
        Byte = 0,

        /// <summary>Signed, 8 bits.</summary>
        Int8 = 1,

        /// <summary>Signed, 16 bits.</summary>
        Int16 = 2,

        /// <summary>Signed, 32 bits.</summary>
        Int32 = 3,

        /// <summary>Signed, 64 bits.</summary>
        Int64 = 4,

        /// <summary>Half precision.</summary>
        Float16 = 5,

        /// <summary>Single precision.</summary>
        Float32 = 6,

        /// <summary>Double precision.</summary>
        Float64 = 7,

        /// <summary>Truth value.</summary>
        Bool = 11,

        /// <summary>A single without the lower half of its mantissa.</summary>
        BFloat16 = 15,
    }

    // Of new tensors for which none is given.
    private const ScalarType DefaultType = ScalarType.Float32;

    /// <summary>64-bit signed integer.</summary>
    public static ScalarType int64 = ScalarType.Int64;

    /// <summary>Half precision.</summary>
    public static ScalarType float16 = ScalarType.Float16;

    /// <summary>Single precision.</summary>
    public static ScalarType float32 = ScalarType.Float32;

    /// <summary>Double precision.</summary>
    public static ScalarType float64 = ScalarType.Float64;

    /// <summary>A single without the lower half of its mantissa.</summary>
    public static ScalarType bfloat16 = ScalarType.BFloat16;

    /// <summary>Whether the type holds floating-point numbers.</summary>
    public static bool is_floating_point(ScalarType type) =>
        type is ScalarType.BFloat16 or ScalarType.Float16 or ScalarType.Float32 or ScalarType.Float64;
}
