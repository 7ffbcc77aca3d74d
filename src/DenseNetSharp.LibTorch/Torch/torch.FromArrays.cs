namespace TorchSharp;

// New tensors from .NET's numbers and arrays; the elements are copied.
public static partial class torch
{
    /// <summary>A tensor without dimensions.</summary>
    public static Tensor tensor(float scalar, Device? device = null, bool requires_grad = false) =>
        tensor(new[] { scalar }, [], ScalarType.Float32, device, requires_grad);

    /// <summary>A copy of an array, in one dimension.</summary>
    public static Tensor tensor(
        float[] rawArray,
        ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Copy<float>(rawArray, [rawArray.LongLength], ScalarType.Float32, dtype, device, requires_grad, names);

    /// <summary>A copy of an array, in a shape.</summary>
    public static Tensor tensor(
        float[] rawArray, ReadOnlySpan<long> dimensions,
        ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Copy<float>(rawArray, dimensions, ScalarType.Float32, dtype, device, requires_grad, names);

    /// <summary>A tensor without dimensions.</summary>
    public static Tensor tensor(
        double scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copy<double>([scalar], [], ScalarType.Float64, dtype, device, requires_grad, null);

    /// <summary>A copy of an array, in one dimension.</summary>
    public static Tensor tensor(
        double[] rawArray,
        ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Copy<double>(rawArray, [rawArray.LongLength], ScalarType.Float64, dtype, device, requires_grad, names);

    /// <summary>A tensor without dimensions.</summary>
    public static Tensor tensor(
        long scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        tensor(new[] { scalar }, [], dtype, device, requires_grad);

    /// <summary>A copy of an array, in one dimension.</summary>
    public static Tensor tensor(
        long[] dataArray,
        ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Copy<long>(dataArray, [dataArray.LongLength], ScalarType.Int64, dtype, device, requires_grad, names);

    /// <summary>A copy of an array, in a shape.</summary>
    public static Tensor tensor(
        long[] dataArray, ReadOnlySpan<long> dimensions,
        ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Copy<long>(dataArray, dimensions, ScalarType.Int64, dtype, device, requires_grad, names);

    /// <summary>A tensor without dimensions.</summary>
    public static Tensor tensor(int scalar, Device? device = null, bool requires_grad = false) =>
        Copy<int>([scalar], [], ScalarType.Int32, null, device, requires_grad, null);

    /// <summary>A copy of an array, in one dimension.</summary>
    public static Tensor tensor(
        int[] rawArray,
        ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Copy<int>(rawArray, [rawArray.LongLength], ScalarType.Int32, dtype, device, requires_grad, names);

    /// <summary>A tensor without dimensions.</summary>
    public static Tensor tensor(
        bool scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Copy<bool>([scalar], [], ScalarType.Bool, dtype, device, requires_grad, null);

    /// <summary>A copy of an array, in one dimension.</summary>
    public static Tensor tensor(
        bool[] rawArray,
        ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Copy<bool>(rawArray, [rawArray.LongLength], ScalarType.Bool, dtype, device, requires_grad, names);

    private static Tensor Copy<T>(
        ReadOnlySpan<T> elements, ReadOnlySpan<long> dimensions, ScalarType elementType,
        ScalarType? dtype, Device? device, bool requires_grad, string[]? names)
        where T : unmanaged
    {
        var count = 1L;
        foreach (var size in dimensions)
        {
            count *= size;
        }

        if (count > elements.Length)
        {
            throw new ArgumentException(
                $"mismatched total size creating a tensor from an array: {count} vs. {elements.Length}");
        }

        device = InitializeDevice(device);
        var tensor = Empty.Call(dimensions.ToArray(), elementType, Argument.None, CPU);
        System.Runtime.InteropServices.MemoryMarshal.AsBytes(elements[..(int)count]).CopyTo(tensor.bytes);
        if (device.type != DeviceType.CPU || (dtype is { } type && type != elementType))
        {
            tensor = tensor.to(dtype ?? elementType, device, disposeAfter: true);
        }

        return Unnamed(tensor.with(requires_grad), names);
    }
}
