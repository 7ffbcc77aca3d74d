using System.Globalization;
using System.Numerics;

namespace DenseNetSharp.Checkpoints.Legacy;

/// <summary>The constants of PyTorch's sequential format (<c>torch/serialization.py</c>).</summary>
internal static class LegacyFormat
{
    public const long ProtocolVersion = 1001;

    public static BigInteger MagicNumber { get; } =
        BigInteger.Parse("1950a86a20f9469cfc6c", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>The bytes that such a file starts with: the pickled magic number.</summary>
    public static ReadOnlySpan<byte> Start =>
        [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, (byte)'.'];
}
