namespace DenseNetSharp.Inference.Running;

/// <summary>A caller's claim to lanes. Claims are used again, so that a prediction allocates nothing.</summary>
internal sealed class Claim(int capacity)
{
    /// <summary>The lanes, the first <see cref="Count"/> of them.</summary>
    public Lane[] Lanes { get; } = new Lane[capacity];

    /// <summary>How many lanes it has got.</summary>
    public int Count { get; set; }

    /// <summary>Released when lanes are granted to a caller who waits.</summary>
    public SemaphoreSlim Granted { get; } = new(0);
}
