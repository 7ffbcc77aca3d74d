namespace DenseNetSharp.Inference.Running;

/// <summary>Height and width in pixels.</summary>
internal readonly record struct MapSize(int Height, int Width)
{
    public int Pixels => Height * Width;

    /// <summary>After the stem's convolution, or its pooling: half as large, rounded up.</summary>
    public MapSize HalvedUp => new((Height + 1) / 2, (Width + 1) / 2);

    /// <summary>After a transition's pooling: half as large, rounded down.</summary>
    public MapSize HalvedDown => new(Height / 2, Width / 2);
}
