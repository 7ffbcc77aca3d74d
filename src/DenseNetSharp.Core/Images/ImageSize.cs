using System.Text.Json.Serialization;
using DenseNetSharp.Images.Json;

namespace DenseNetSharp.Images;

/// <summary>A height and a width in pixels, in PyTorch's order.</summary>
/// <param name="Height">The number of rows.</param>
/// <param name="Width">The number of columns.</param>
[JsonConverter(typeof(ImageSizeConverter))]
public readonly record struct ImageSize(int Height, int Width)
{
    /// <summary>A square.</summary>
    /// <param name="side">Its height and width.</param>
    public static implicit operator ImageSize(int side) => new(side, side);

    /// <summary>A height and a width.</summary>
    /// <param name="size">Both, in this order.</param>
    public static implicit operator ImageSize((int Height, int Width) size) => new(size.Height, size.Width);

    /// <summary>The size as "height x width".</summary>
    public override string ToString() => $"{Height}x{Width}";
}
