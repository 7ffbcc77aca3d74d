namespace TorchSharp.Native;

/// <summary>Whole numbers in seven-bit groups (LEB128), as TorchSharp's files hold them.</summary>
internal static class VariableLength
{
    internal static void Encode(this BinaryWriter writer, long value) => writer.Write7BitEncodedInt64(value);

    internal static long Decode(this BinaryReader reader) => reader.Read7BitEncodedInt64();
}
