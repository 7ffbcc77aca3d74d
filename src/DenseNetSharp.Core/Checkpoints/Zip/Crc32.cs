namespace DenseNetSharp.Checkpoints.Zip;

/// <summary>The checksum of zip entries (CRC-32, reflected polynomial 0xEDB88320), eight bytes at a time.</summary>
internal static class Crc32
{
    private static readonly uint[][] _tables = MakeTables();

    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        var t = _tables;
        while (bytes.Length >= 8)
        {
            var low = crc ^ (uint)(bytes[0] | (bytes[1] << 8) | (bytes[2] << 16) | (bytes[3] << 24));
            crc = t[7][low & 0xff] ^ t[6][(low >> 8) & 0xff] ^ t[5][(low >> 16) & 0xff] ^ t[4][low >> 24]
                ^ t[3][bytes[4]] ^ t[2][bytes[5]] ^ t[1][bytes[6]] ^ t[0][bytes[7]];
            bytes = bytes[8..];
        }

        foreach (var value in bytes)
        {
            crc = (crc >> 8) ^ t[0][(crc ^ value) & 0xff];
        }

        return ~crc;
    }

    private static uint[][] MakeTables()
    {
        var tables = Enumerable.Range(0, 8).Select(_ => new uint[256]).ToArray();
        for (var i = 0u; i < 256; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
            }

            tables[0][i] = crc;
        }

        for (var k = 1; k < 8; k++)
        {
            for (var i = 0; i < 256; i++)
            {
                var previous = tables[k - 1][i];
                tables[k][i] = (previous >> 8) ^ tables[0][previous & 0xff];
            }
        }

        return tables;
    }
}
