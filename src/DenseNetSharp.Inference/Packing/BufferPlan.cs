namespace DenseNetSharp.Inference.Packing;

/// <summary>Counts what is needed before it is allocated, in one piece.</summary>
internal sealed class BufferPlan
{
    /// <summary>Floats needed so far.</summary>
    public nint Length { get; private set; }

    /// <summary>Sets floats aside, on cache lines of their own; returns where they will begin.</summary>
    public nint Reserve(nint length)
    {
        var start = Length;
        Length = checked(start + NativeBuffer.WholeLines(length));
        return start;
    }
}
