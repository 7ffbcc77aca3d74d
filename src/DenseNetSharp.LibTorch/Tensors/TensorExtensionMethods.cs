namespace TorchSharp;

/// <summary>Reading single elements, and TorchSharp's own file format for one tensor.</summary>
public static class TensorExtensionMethods
{
    /// <summary>The only element.</summary>
    public static float ToSingle(this torch.Tensor value) => value.ToScalar().ToSingle();

    /// <summary>The only element.</summary>
    public static double ToDouble(this torch.Tensor value) => value.ToScalar().ToDouble();

    /// <summary>The only element.</summary>
    public static int ToInt32(this torch.Tensor value) => value.ToScalar().ToInt32();

    /// <summary>The only element.</summary>
    public static long ToInt64(this torch.Tensor value) => value.ToScalar().ToInt64();

    /// <summary>The only element.</summary>
    public static bool ToBoolean(this torch.Tensor value) => value.ToScalar().ToBoolean();

    /// <summary>Writes type, shape and elements.</summary>
    public static void Save(this torch.Tensor tensor, BinaryWriter writer)
    {
        using var copied = tensor.device_type == DeviceType.CPU ? null : tensor.cpu();
        var source = copied ?? tensor;
        writer.Encode((int)source.dtype);
        var shape = source.shape;
        writer.Encode(shape.Length);
        foreach (var size in shape)
        {
            writer.Encode(size);
        }

        // The elements bypass the writer, so what it holds back must go first.
        writer.Flush();
        source.WriteBytesToStream(writer.BaseStream);
    }

    /// <summary>Fills a tensor with what <see cref="Save(torch.Tensor, BinaryWriter)"/> wrote.</summary>
    /// <exception cref="ArgumentException">Type or shape differ.</exception>
    public static void Load(this torch.Tensor tensor, BinaryReader reader, bool skip = false)
    {
        var (type, shape) = ReadHeader(reader);
        if (type != tensor.dtype)
        {
            throw new ArgumentException("Mismatched tensor data types while loading. " +
                "Make sure that the model you are loading into is exactly the same as the origin.");
        }

        Fill(tensor, shape, reader, skip);
    }

    /// <summary>Reads a tensor of whatever type and shape was written.</summary>
    public static torch.Tensor Load(BinaryReader reader, bool skip = false)
    {
        torch.Tensor? tensor = null;
        Load(ref tensor, reader, skip);
        return tensor!;
    }

    /// <summary>Fills a tensor, or makes it where it is null.</summary>
    /// <exception cref="ArgumentException">The shape differs.</exception>
    public static void Load(ref torch.Tensor? tensor, BinaryReader reader, bool skip = false)
    {
        var (type, shape) = ReadHeader(reader);
        tensor ??= skip ? torch.zeros(shape, type) : torch.empty(shape, type);
        Fill(tensor, shape, reader, skip);
    }

    // Whether a conversion would make a new tensor.
    internal static bool toWillCopy(this torch.Tensor tensor, torch.ScalarType dtype, torch.Device device)
    {
        var info = tensor.Info;
        return info.Type != (int)dtype || info.DeviceType != (int)device.type || info.DeviceIndex != device.index;
    }

    private static (torch.ScalarType Type, long[] Shape) ReadHeader(BinaryReader reader)
    {
        var type = (torch.ScalarType)reader.Decode();
        var shape = new long[reader.Decode()];
        for (var i = 0; i < shape.Length; i++)
        {
            shape[i] = reader.Decode();
        }

        return (type, shape);
    }

    private static void Fill(torch.Tensor tensor, long[] shape, BinaryReader reader, bool skip)
    {
        if (skip)
        {
            reader.BaseStream.Seek(tensor.NumberOfElements * tensor.ElementSize, SeekOrigin.Current);
            return;
        }

        if (!shape.AsSpan().SequenceEqual(tensor.shape))
        {
            throw new ArgumentException("Mismatched tensor shape while loading. " +
                "Make sure that the model you are loading into is exactly the same as the origin.");
        }

        using var mode = torch.no_grad();
        if (tensor.device_type == DeviceType.CPU)
        {
            tensor.ReadBytesFromStream(reader.BaseStream);
            return;
        }

        using var staging = torch.empty(shape, tensor.dtype, torch.CPU);
        staging.ReadBytesFromStream(reader.BaseStream);
        tensor.copy_(staging);
    }
}
