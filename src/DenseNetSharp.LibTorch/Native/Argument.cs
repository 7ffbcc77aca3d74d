namespace TorchSharp.Native;

/// <summary>
/// One argument of an operator. Lists keep a reference to the caller's array; nothing is copied until the call.
/// </summary>
internal readonly struct Argument
{
    private readonly Tag _tag;
    private readonly int _extra;
    private readonly long _bits;
    private readonly object? _object;

    private Argument(Tag tag, long bits = 0, object? reference = null, int extra = 0)
    {
        _tag = tag;
        _bits = bits;
        _object = reference;
        _extra = extra;
    }

    internal static Argument None => new(Tag.None);

    /// <summary>A list in which null is allowed, as indexing takes it.</summary>
    internal static Argument OptionalTensors(torch.Tensor?[] tensors) => new(Tag.OptionalTensors, 0, tensors);

    public static implicit operator Argument(torch.Tensor? tensor) =>
        tensor is null ? None : new(Tag.Tensor, tensor.Handle, tensor);

    public static implicit operator Argument(long value) => new(Tag.Int, value);

    public static implicit operator Argument(long? value) => value is null ? None : value.Value;

    public static implicit operator Argument(double value) => new(Tag.Double, BitConverter.DoubleToInt64Bits(value));

    public static implicit operator Argument(bool value) => new(Tag.Bool, value ? 1 : 0);

    public static implicit operator Argument(string value) => new(Tag.String, 0, value);

    public static implicit operator Argument(long[] values) => new(Tag.Ints, 0, values);

    public static implicit operator Argument(torch.Tensor[] tensors) => new(Tag.Tensors, 0, tensors);

    public static implicit operator Argument(Scalar? scalar) => scalar is null ? None : new(scalar.Tag, scalar.Bits);

    public static implicit operator Argument(torch.ScalarType type) => new(Tag.Int, (long)type);

    public static implicit operator Argument(torch.ScalarType? type) => type is null ? None : type.Value;

    public static implicit operator Argument(torch.Device? device) =>
        device is null
            ? None
            : new(Tag.Device, (long)device.type, null, device.type == DeviceType.CPU ? -1 : device.index);

    public static implicit operator Argument(torch.Generator? generator) =>
        generator is null ? None : new(Tag.Generator, generator.Handle, generator);

    /// <summary>How many eight-byte words the argument's list or text takes.</summary>
    internal int Words => _tag switch
    {
        Tag.Ints => ((long[])_object!).Length,
        Tag.Tensors or Tag.OptionalTensors => ((torch.Tensor?[])_object!).Length,
        Tag.String => (((string)_object!).Length + 7) / 8,
        _ => 0,
    };

    /// <summary>Writes the argument, and its list into <paramref name="words"/>, which must stay where it is.</summary>
    internal unsafe int Write(ref Value value, long* words)
    {
        value.Tag = _tag;
        value.Size = _extra;
        value.Int = _bits;
        switch (_tag)
        {
            case Tag.Ints:
                var integers = (long[])_object!;
                integers.CopyTo(new Span<long>(words, integers.Length));
                value.Size = integers.Length;
                value.Pointer = (nint)words;
                return integers.Length;
            case Tag.Tensors:
            case Tag.OptionalTensors:
                var tensors = (torch.Tensor?[])_object!;
                for (var i = 0; i < tensors.Length; i++)
                {
                    words[i] = tensors[i] is { } tensor ? tensor.Handle : 0;
                }

                value.Size = tensors.Length;
                value.Pointer = (nint)words;
                return tensors.Length;
            case Tag.String:
                // Operator arguments (modes, reductions) are ASCII.
                var text = (string)_object!;
                for (var i = 0; i < text.Length; i++)
                {
                    ((byte*)words)[i] = (byte)text[i];
                }

                value.Size = text.Length;
                value.Pointer = (nint)words;
                return Words;
            default:
                return 0;
        }
    }
}
