namespace DenseNetSharp.Inference.Packing;

/// <summary>A batch norm in evaluation: scale x + shift for each channel, filled up with zeros to whole cache lines.</summary>
internal sealed unsafe class NormVectors
{
    private readonly int _channels;
    private readonly nint _start;
    private float* _memory;

    public NormVectors(BufferPlan plan, int channels)
    {
        _channels = channels;
        _start = plan.Reserve(2 * NativeBuffer.WholeLines(channels));
    }

    public float* Scale => _memory + _start;

    public float* Shift => Scale + NativeBuffer.WholeLines(_channels);

    /// <summary>What follows it: 0 for a ReLU, minus infinity for none.</summary>
    public float Floor { get; init; }

    /// <summary>Takes its part of the memory and fills it.</summary>
    public void Place(float* memory, FoldedNorm norm)
    {
        _memory = memory;
        new Span<float>(Scale, 2 * (int)NativeBuffer.WholeLines(_channels)).Clear();
        norm.Scale.CopyTo(new Span<float>(Scale, _channels));
        norm.Shift.CopyTo(new Span<float>(Shift, _channels));
    }
}
