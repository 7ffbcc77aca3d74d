using System.Globalization;
using System.Runtime.InteropServices;

namespace DenseNetSharp.Benchmarks.Inference;

/// <summary>A benchmark's images, <c>[Count, 3, Side, Side]</c>, as the exporting script wrote them.</summary>
internal sealed class PeerImages
{
    private PeerImages(float[] values, int side) => (Values, Side) = (values, side);

    public float[] Values { get; }

    /// <summary>Their height and width.</summary>
    public int Side { get; }

    /// <summary>Values of one.</summary>
    public int Length => 3 * Side * Side;

    public int Count => Values.Length / Length;

    /// <summary>Reads images.bin, and the side from side.txt.</summary>
    public static PeerImages Read(string folder)
    {
        using var file = File.OpenRead(Path.Combine(folder, "images.bin"));
        var images = new float[file.Length / sizeof(float)];
        file.ReadExactly(MemoryMarshal.AsBytes(images.AsSpan()));
        return new PeerImages(images, int.Parse(File.ReadAllText(Path.Combine(folder, "side.txt")), CultureInfo.InvariantCulture));
    }
}
