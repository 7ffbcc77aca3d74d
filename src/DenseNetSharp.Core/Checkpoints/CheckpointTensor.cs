using System.Buffers;
using System.Runtime.InteropServices;
using DenseNetSharp.Checkpoints.Storage;
using DenseNetSharp.Collections;

namespace DenseNetSharp.Checkpoints;

/// <summary>
/// One tensor of a checkpoint. Its elements are read from the file each time they are asked for, so a tensor of an
/// opened file must not outlive its <see cref="Checkpoint"/>. Reading from several threads at once is safe.
/// </summary>
public sealed class CheckpointTensor
{
    private readonly TensorStorage _storage;
    private readonly TensorLayout _layout;

    internal CheckpointTensor(CheckpointDataType dataType, TensorStorage storage, TensorLayout layout)
    {
        DataType = dataType;
        _storage = storage;
        _layout = layout;
        ElementCount = layout.ElementCount;
        ByteCount = checked(ElementCount * dataType.SizeInBytes());
    }

    /// <summary>The element type.</summary>
    public CheckpointDataType DataType { get; }

    /// <summary>The sizes, outermost first; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape => _layout.Shape;

    /// <summary>The number of elements; 1 for a scalar.</summary>
    public long ElementCount { get; }

    /// <summary>The bytes that the elements take when they lie one after another.</summary>
    public long ByteCount { get; }

    /// <summary>Makes a tensor of bytes in memory, which are not copied.</summary>
    /// <param name="dataType">The element type.</param>
    /// <param name="shape">The sizes, outermost first; empty for a scalar.</param>
    /// <param name="bytes">The elements in C order, little-endian.</param>
    /// <exception cref="ArgumentException">
    /// A size is negative, or the bytes are not as many as the shape needs.
    /// </exception>
    public static CheckpointTensor FromBytes(
        CheckpointDataType dataType, IEnumerable<long> shape, ReadOnlyMemory<byte> bytes)
    {
        var layout = TensorLayout.Contiguous(new ValueList<long>(shape));
        if (layout.FindProblem(bytes.Length / dataType.SizeInBytes()) is { } problem)
        {
            throw new ArgumentException(problem, nameof(shape));
        }

        var tensor = new CheckpointTensor(dataType, new MemoryStorage(bytes), layout);
        return tensor.ByteCount == bytes.Length
            ? tensor
            : throw new ArgumentException(
                $"A tensor of {tensor} takes {tensor.ByteCount} bytes; {bytes.Length} are given.", nameof(bytes));
    }

    /// <summary>Makes a tensor of numbers, which are copied.</summary>
    /// <typeparam name="T">float, double, <see cref="Half"/>, long, int, short, sbyte, byte or bool.</typeparam>
    /// <param name="values">The elements in C order.</param>
    /// <param name="shape">The sizes, outermost first; none for a scalar.</param>
    /// <exception cref="ArgumentException">
    /// The type has no counterpart, or the shape asks for another number of elements.
    /// </exception>
    public static CheckpointTensor FromArray<T>(T[] values, params long[] shape)
        where T : unmanaged
    {
        // Writing elements one by one for the sake of a big-endian machine would be code that nobody can test.
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("Checkpoints are little-endian, and this machine is not.");
        }

        return FromBytes(DataTypeOf<T>(), shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
    }

    /// <summary>Copies the elements in C order, little-endian, whatever their order in the file.</summary>
    /// <param name="destination">Exactly <see cref="ByteCount"/> bytes.</param>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    /// <exception cref="ObjectDisposedException">The checkpoint has been disposed.</exception>
    public void CopyTo(Span<byte> destination)
    {
        if (destination.Length != ByteCount)
        {
            throw new ArgumentException(
                $"The tensor takes {ByteCount} bytes; the destination has {destination.Length}.", nameof(destination));
        }

        StridedCopy.Copy(_storage, _layout, DataType.SizeInBytes(), destination);
    }

    /// <summary>Copies the elements of a floating tensor in C order, converted to single precision.</summary>
    /// <param name="destination">Exactly <see cref="ElementCount"/> values.</param>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    /// <exception cref="InvalidOperationException">The elements are integers or bools.</exception>
    /// <exception cref="ObjectDisposedException">The checkpoint has been disposed.</exception>
    public void CopyTo(Span<float> destination)
    {
        if (!FloatConversion.IsFloating(DataType))
        {
            throw new InvalidOperationException($"A tensor of {DataType.TorchName()} is not read as floats.");
        }

        if (destination.Length != ElementCount)
        {
            throw new ArgumentException(
                $"The tensor has {ElementCount} elements; the destination has {destination.Length}.",
                nameof(destination));
        }

        if (FloatConversion.TryGetBytes(destination, DataType, out var bytes))
        {
            CopyTo(bytes);
            return;
        }

        var count = checked((int)ByteCount);
        var rented = ArrayPool<byte>.Shared.Rent(count);
        try
        {
            CopyTo(rented.AsSpan(0, count));
            FloatConversion.Convert(rented, DataType, destination);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>The elements of a floating tensor in C order, converted to single precision.</summary>
    /// <exception cref="InvalidOperationException">The elements are integers or bools.</exception>
    /// <exception cref="ObjectDisposedException">The checkpoint has been disposed.</exception>
    public float[] ToSingleArray()
    {
        var values = new float[ElementCount];
        CopyTo(values.AsSpan());
        return values;
    }

    /// <summary>The same elements with the dimensions in another order; nothing is copied.</summary>
    internal CheckpointTensor Permute(params int[] order) => new(DataType, _storage, _layout with
    {
        Shape = new ValueList<long>(order.Select(i => _layout.Shape[i])),
        Stride = new ValueList<long>(order.Select(i => _layout.Stride[i])),
    });

    /// <summary>A copy in memory whose items along a dimension stand in another order.</summary>
    /// <param name="dimension">The dimension.</param>
    /// <param name="order">The place that each item has here.</param>
    internal CheckpointTensor Select(int dimension, int[] order)
    {
        var bytes = new byte[ByteCount];
        CopyTo(bytes);
        var item = checked((int)(DataType.SizeInBytes() * Shape.Skip(dimension + 1).Aggregate(1L, (product, size) => product * size)));
        var ordered = new byte[bytes.Length];
        for (var start = 0; start < bytes.Length; start += item * order.Length)
        {
            for (var i = 0; i < order.Length; i++)
            {
                bytes.AsSpan(start + (order[i] * item), item).CopyTo(ordered.AsSpan(start + (i * item)));
            }
        }

        return FromBytes(DataType, Shape, ordered);
    }

    /// <summary>The element type and shape, such as <c>float32 [64, 3, 7, 7]</c>.</summary>
    public override string ToString() => $"{DataType.TorchName()} {ShapeText.Of(Shape)}";

    private static CheckpointDataType DataTypeOf<T>() => default(T) switch
    {
        float => CheckpointDataType.Float32,
        double => CheckpointDataType.Float64,
        Half => CheckpointDataType.Float16,
        long => CheckpointDataType.Int64,
        int => CheckpointDataType.Int32,
        short => CheckpointDataType.Int16,
        sbyte => CheckpointDataType.Int8,
        byte => CheckpointDataType.UInt8,
        bool => CheckpointDataType.Bool,
        _ => throw new ArgumentException($"No element type of a checkpoint holds a {typeof(T).Name}.", nameof(T)),
    };
}
