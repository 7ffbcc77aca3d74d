namespace TorchSharp;

// New tensors, filled alike.
public static partial class torch
{
    private static readonly Operator Zeros = new("zeros");
    private static readonly Operator Ones = new("ones");
    private static readonly Operator Empty = new("empty", "memory_format");
    private static readonly Operator Full = new("full");

    /// <summary>Zeros.</summary>
    public static Tensor zeros(
        long[] size,
        ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        New(Zeros, size, dtype, device, requires_grad, names);

    /// <summary>Zeros.</summary>
    public static Tensor zeros(
        ReadOnlySpan<long> size,
        ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        New(Zeros, size.ToArray(), dtype, device, requires_grad, names);

    /// <summary>Zeros.</summary>
    public static Tensor zeros(
        long size,
        ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        New(Zeros, [size], dtype, device, requires_grad, names);

    /// <summary>Zeros.</summary>
    public static Tensor zeros(
        long rows, long columns,
        ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        New(Zeros, [rows, columns], dtype, device, requires_grad, names);

    /// <summary>Zeros.</summary>
    public static Tensor zeros(
        long dim0, long dim1, long dim2, long dim3,
        ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        New(Zeros, [dim0, dim1, dim2, dim3], dtype, device, requires_grad, names);

    /// <summary>Ones.</summary>
    public static Tensor ones(
        long[] size,
        ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        New(Ones, size, dtype, device, requires_grad, names);

    /// <summary>Ones.</summary>
    public static Tensor ones(
        ReadOnlySpan<long> size,
        ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        New(Ones, size.ToArray(), dtype, device, requires_grad, names);

    /// <summary>Ones.</summary>
    public static Tensor ones(
        long size,
        ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        New(Ones, [size], dtype, device, requires_grad, names);

    /// <summary>Ones.</summary>
    public static Tensor ones(
        long rows, long columns,
        ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        New(Ones, [rows, columns], dtype, device, requires_grad, names);

    /// <summary>Ones.</summary>
    public static Tensor ones(
        long dim0, long dim1, long dim2, long dim3,
        ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        New(Ones, [dim0, dim1, dim2, dim3], dtype, device, requires_grad, names);

    /// <summary>Memory that is not set to anything.</summary>
    public static Tensor empty(
        long[] size,
        ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        New(Empty, size, dtype, device, requires_grad, names);

    /// <summary>Memory that is not set to anything.</summary>
    public static Tensor empty(
        ReadOnlySpan<long> size,
        ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        New(Empty, size.ToArray(), dtype, device, requires_grad, names);

    /// <summary>Memory that is not set to anything.</summary>
    public static Tensor empty(
        long size,
        ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        New(Empty, [size], dtype, device, requires_grad, names);

    /// <summary>Memory that is not set to anything.</summary>
    public static Tensor empty(
        long rows, long columns,
        ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        New(Empty, [rows, columns], dtype, device, requires_grad, names);

    /// <summary>Memory that is not set to anything.</summary>
    public static Tensor empty(
        long dim0, long dim1, long dim2, long dim3,
        ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        New(Empty, [dim0, dim1, dim2, dim3], dtype, device, requires_grad, names);

    /// <summary>The same number everywhere.</summary>
    public static Tensor full(
        long[] size, Scalar value,
        ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        New(Full, size, value, dtype, device, requires_grad, names);

    /// <summary>The same number everywhere.</summary>
    public static Tensor full(
        ReadOnlySpan<long> size, Scalar value,
        ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        New(Full, size.ToArray(), value, dtype, device, requires_grad, names);

    /// <summary>Zeros in the shape of another tensor.</summary>
    public static Tensor zeros_like(
        Tensor input,
        ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(input.zeros_like(dtype, device, requires_grad), names);

    private static Tensor New(
        Operator op, long[] size, ScalarType? dtype, Device? device, bool requires_grad, string[]? names) =>
        Unnamed(
            op.Call(size, dtype ?? DefaultType, Argument.None, InitializeDevice(device)).with(requires_grad),
            names);

    private static Tensor New(
        Operator op, long[] size, Scalar value,
        ScalarType? dtype, Device? device, bool requires_grad, string[]? names) =>
        Unnamed(
            op.Call(size, value, dtype ?? value.ElementType, Argument.None, InitializeDevice(device))
                .with(requires_grad),
            names);

    // TorchSharp's factories take names for dimensions; nothing here uses them.
    private static Tensor Unnamed(Tensor tensor, string[]? names) =>
        names is null ? tensor : throw new NotSupportedException("Named dimensions are not supported.");
}
