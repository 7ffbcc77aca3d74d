namespace DenseNetSharp.Images.Formats.Jpeg;

/// <summary>What a segment of arithmetic coding conditioning sets (ITU T.81, B.2.4.3), by table number.</summary>
internal sealed class ArithmeticConditioning
{
    private const int Count = 16;

    /// <summary>The bound L of small DC differences.</summary>
    public byte[] DcLower { get; } = new byte[Count];

    /// <summary>The bound U of them.</summary>
    public byte[] DcUpper { get; } = Filled(1);

    /// <summary>The last AC coefficient, in zig-zag order, that counts as low.</summary>
    public byte[] AcLow { get; } = Filled(5);

    public void Read(ReadOnlySpan<byte> segment)
    {
        for (; segment.Length >= 2; segment = segment[2..])
        {
            byte number = segment[0], value = segment[1];
            if (number >= 2 * Count || (number < Count && (value & 15) > value >> 4))
            {
                throw new ImageFormatException($"its arithmetic conditioning of table {number} is {value}, which cannot be");
            }

            if (number >= Count)
            {
                AcLow[number - Count] = value;
            }
            else
            {
                (DcLower[number], DcUpper[number]) = ((byte)(value & 15), (byte)(value >> 4));
            }
        }

        if (!segment.IsEmpty)
        {
            throw new ImageFormatException("the segment of its arithmetic conditioning has a wrong length");
        }
    }

    private static byte[] Filled(byte value)
    {
        var values = new byte[Count];
        Array.Fill(values, value);
        return values;
    }
}
