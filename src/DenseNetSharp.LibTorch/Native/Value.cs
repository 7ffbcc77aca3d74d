using System.Runtime.InteropServices;

namespace TorchSharp.Native;

/// <summary>What a <see cref="Value"/> or an <see cref="Argument"/> holds; the numbers are the native side's.</summary>
internal enum Tag
{
    None = 0,
    Tensor = 1,
    Int = 2,
    Double = 3,
    Bool = 4,
    String = 5,
    Ints = 6,
    Tensors = 7,
    OptionalTensors = 8,
    Device = 9,
    Generator = 10,
}

/// <summary>One argument or result as it crosses to native code.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal struct Value
{
    [FieldOffset(0)] public Tag Tag;
    [FieldOffset(4)] public int Size;
    [FieldOffset(8)] public long Int;
    [FieldOffset(8)] public double Double;
    [FieldOffset(8)] public nint Pointer;
}

/// <summary>A tensor's metadata; the pointers are valid while the tensor is.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TensorInfo
{
    public long* Sizes;
    public long* Strides;
    public long Count;
    public int Dimensions;
    public int ElementSize;
    public int Type;
    public int DeviceType;
    public int DeviceIndex;
    public int Flags;

    public readonly bool IsContiguous => (Flags & 1) != 0;
    public readonly bool RequiresGrad => (Flags & 2) != 0;
    public readonly bool IsLeaf => (Flags & 4) != 0;
}
