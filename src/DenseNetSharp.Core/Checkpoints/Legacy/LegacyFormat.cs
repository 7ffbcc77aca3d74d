using System.Globalization;
using System.Numerics;

namespace DenseNetSharp.Checkpoints.Legacy;

/// <summary>The constants of PyTorch's sequential format (<c>torch/serialization.py</c>).</summary>
internal static class LegacyFormat
{
    public const long ProtocolVersion = 1001;

    public static BigInteger MagicNumber { get; } =
        BigInteger.Parse("1950a86a20f9469cfc6c", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>Whether a file starts as such a file does: with the pickled magic number.</summary>
    /// <param name="start">The file's first bytes.</param>
    public static bool IsStart(ReadOnlySpan<byte> start) => start.StartsWith(Start) || (
        // From protocol 4 on, a frame's length comes first.
        start.Length > 1 && start[0] == Start[0] && start[1] is >= 3 and <= 5
        && start.IndexOf(Start[2..]) is 2 or 11);

    /// <summary>The bytes that such a file usually starts with.</summary>
    public static ReadOnlySpan<byte> Start =>
        [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, (byte)'.'];
}
