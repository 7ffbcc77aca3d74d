using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace DenseNetSharp.Core.Tests.Checkpoints;

/// <summary>Builds legacy files by hand, byte by byte, with whatever pickle a test wants in them.</summary>
internal sealed class LegacyFileBuilder
{
    /// <summary>Where the object's pickle starts, behind its PROTO.</summary>
    public const int ObjectStart = 47;

    private readonly MemoryStream _bytes = new();

    public LegacyFileBuilder()
    {
        // The magic number, the version and {"little_endian": True}.
        Raw([0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, (byte)'.']);
        Raw([0x80, 2, (byte)'M', 0xe9, 0x03, (byte)'.']);
        Raw([0x80, 2]).Text("}").String("little_endian").Raw([0x88]).Text("s.");
        Raw([0x80, 2]);
    }

    public LegacyFileBuilder Raw(byte[] bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    public LegacyFileBuilder Repeat(int count, params byte[] bytes)
    {
        for (var i = 0; i < count; i++)
        {
            _bytes.Write(bytes);
        }

        return this;
    }

    /// <summary>Opcodes, or a GLOBAL's lines.</summary>
    public LegacyFileBuilder Text(string text) => Raw(Encoding.ASCII.GetBytes(text));

    public LegacyFileBuilder String(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return Text("X").UInt32((uint)bytes.Length).Raw(bytes);
    }

    public LegacyFileBuilder Number(long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return Raw([0x8a, 8]).Raw(bytes);
    }

    public LegacyFileBuilder UInt32(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return Raw(bytes);
    }

    /// <summary>A float tensor in the storage 's'.</summary>
    public LegacyFileBuilder Tensor(long storageElements, long offset, long[] shape, long[] stride)
    {
        Text("ctorch._utils\n_rebuild_tensor\n((").String("storage").Text("ctorch\nFloatStorage\n");
        String("s").String("cpu").Number(storageElements).Text("NtQ").Number(offset);
        return Numbers(shape).Numbers(stride).Text("tR");
    }

    /// <summary>A float tensor of one dimension in a part of the storage 's'.</summary>
    public LegacyFileBuilder TensorOfPart(long storageElements, long partOffset, long partElements, long offset, long size)
    {
        Text("ctorch._utils\n_rebuild_tensor\n((").String("storage").Text("ctorch\nFloatStorage\n");
        String("s").String("cpu").Number(storageElements);
        Text("(").String("part").Number(partOffset).Number(partElements).Text("ttQ").Number(offset);
        return Numbers([size]).Numbers([1]).Text("tR");
    }

    /// <summary>A module of a class that nobody has; the actions write names and values.</summary>
    public LegacyFileBuilder Module(Action<LegacyFileBuilder>? parameters, Action<LegacyFileBuilder>? children)
    {
        Text("czoo.models\nnet\n)").Raw([0x81]).Text("}(").String("_parameters").Text("}(");
        parameters?.Invoke(this);
        Text("u").String("_modules").Text("}(");
        children?.Invoke(this);
        return Text("uub");
    }

    /// <summary>Ends the object, and adds the storage 's'.</summary>
    public byte[] Finish(float[] elements) => Finish(elements, elements.Length);

    /// <summary>Ends the object, and adds the storage 's', said to have another number of elements.</summary>
    public byte[] Finish(float[] elements, long declaredElements)
    {
        Text(".").Raw([0x80, 2]).Text("]").String("s").Text("a.");
        var count = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(count, declaredElements);
        Raw(count).Raw(MemoryMarshal.AsBytes(elements.AsSpan()).ToArray());
        return _bytes.ToArray();
    }

    /// <summary>Ends the object of a file without storages.</summary>
    public byte[] Finish()
    {
        Text(".").Raw([0x80, 2]).Text("].");
        return _bytes.ToArray();
    }

    private LegacyFileBuilder Numbers(long[] values)
    {
        Text("(");
        foreach (var value in values)
        {
            Number(value);
        }

        return Text("t");
    }
}
