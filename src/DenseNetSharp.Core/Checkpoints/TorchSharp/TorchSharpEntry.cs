using System.Text;
using DenseNetSharp.Checkpoints.Storage;

namespace DenseNetSharp.Checkpoints.TorchSharp;

/// <summary>Takes apart what stands before a tensor's elements: its name, the number of its element type and its shape.</summary>
/// <param name="bytes">The bytes from there on, <see cref="MostBytes"/> or as many as the file has left.</param>
internal ref struct TorchSharpEntry(ReadOnlySpan<byte> bytes)
{
    /// <summary>More than any entry takes, and a count before it: a name's bytes, and ten for each number.</summary>
    public const int MostBytes = MostNameBytes + (10 * (TensorLayout.MostDimensions + 4));

    // A name's characters, each up to three bytes, are limited elsewhere.
    private const int MostNameBytes = 4096;

    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Bytes taken apart so far.</summary>
    public int Position { get; private set; }

    /// <summary>Reads a number of seven bits a byte, the lowest first; false where there is none below 2 to the 63.</summary>
    public bool TryReadNumber(out long number)
    {
        const int mostBytes = 9;
        number = 0;
        for (var i = 0; i < mostBytes && Position < _bytes.Length; i++)
        {
            var next = _bytes[Position++];
            number |= (long)(next & 0x7F) << (7 * i);
            if (next < 0x80)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads a name as <see cref="BinaryWriter"/> writes it; null where there is none.</summary>
    public string? ReadName()
    {
        if (!TryReadNumber(out var length) || length is <= 0 or > MostNameBytes || length > _bytes.Length - Position)
        {
            return null;
        }

        try
        {
            var name = _strict.GetString(_bytes.Slice(Position, (int)length));
            Position += (int)length;
            return name;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
