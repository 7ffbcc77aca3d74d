using System.Runtime.InteropServices;

namespace DenseNetSharp.Inference.Packing;

/// <summary>
/// Floats outside the garbage collector's heap, on a cache line's border. As a handle it outlives its disposal until the
/// last call that uses it has ended.
/// </summary>
internal sealed unsafe class NativeBuffer : SafeHandle
{
    /// <summary>Floats in a cache line: parts that begin at multiples of it begin on lines of their own.</summary>
    public const int Line = 16;

    private readonly nuint _bytes;

    /// <summary>Allocates at least one float, none of them initialised.</summary>
    /// <exception cref="OutOfMemoryException">There is not so much memory.</exception>
    public NativeBuffer(nint length)
        : base(0, ownsHandle: true)
    {
        Length = length;
        _bytes = checked((nuint)length * sizeof(float));
        var isLarge = _bytes >= HugePages.Size;
        SetHandle((nint)NativeMemory.AlignedAlloc(_bytes, isLarge ? HugePages.Size : Line * sizeof(float)));
        if (isLarge)
        {
            HugePages.Advise((void*)handle, _bytes);
        }

        // So that the garbage collector looks for engines that nobody disposed.
        GC.AddMemoryPressure((long)_bytes);
    }

    public nint Length { get; }

    public float* Pointer => (float*)handle;

    /// <summary>All of it; for buffers of fewer than 2^31 floats.</summary>
    public Span<float> Span => new(Pointer, checked((int)Length));

    public override bool IsInvalid => handle == 0;

    /// <summary>The smallest multiple of a cache line that holds so many floats.</summary>
    public static nint WholeLines(nint length) => (length + Line - 1) / Line * Line;

    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        GC.RemoveMemoryPressure((long)_bytes);
        return true;
    }
}
