namespace DenseNetSharp.Images.Formats.Bmp;

/// <summary>Run lengths of 8 and 4 bits a pixel, expanded to an index a byte, as Pillow 9.4 does it.</summary>
internal static class BmpRunLengths
{
    private const byte EndOfLine = 0, EndOfBitmap = 1, Delta = 2;

    /// <summary>Expands all rows.</summary>
    /// <returns>Width x height indices, without padding.</returns>
    public static byte[] Expand(ReadOnlySpan<byte> file, BmpHeader header)
    {
        // Counted first: a few hostile bytes can claim any size, and memory is taken only for pixels that are there.
        var total = header.Width * header.Height;
        var count = Expand(file, header, total, []);
        if (count < total)
        {
            throw new ImageFormatException($"its run lengths end after {count} of {header.Width}x{header.Height} pixels");
        }

        var indices = new byte[total];
        Expand(file, header, total, indices);
        return indices;
    }

    private static long Expand(ReadOnlySpan<byte> file, BmpHeader header, int total, Span<byte> indices)
    {
        var width = header.Width;
        var halves = header.Compression == BmpCompression.RunLengths4;
        long count = 0, x = 0;
        var place = (int)Math.Min(header.DataOffset, file.Length);
        while (count < total && place + 1 < file.Length)
        {
            byte run = file[place], value = file[place + 1];
            place += 2;
            if (run > 0)
            {
                // A run does not go on in the next row.
                var length = Math.Max(Math.Min(run, width - x), 0);
                for (var i = 0; i < length; i++, count++)
                {
                    Put(indices, count, !halves ? value : i % 2 == 0 ? (byte)(value >> 4) : (byte)(value & 15));
                }

                x += length;
            }
            else if (value == EndOfLine)
            {
                count += (width - count % width) % width;
                x = 0;
            }
            else if (value == EndOfBitmap)
            {
                break;
            }
            else if (value == Delta)
            {
                if (place + 4 > file.Length)
                {
                    break;
                }

                // Pillow 9.4 passes over two bytes and takes the two after them.
                count += file[place + 2] + (long)file[place + 3] * width;
                x = count % width;
                place += 4;
            }
            else
            {
                var length = Math.Min(halves ? value / 2 : value, file.Length - place);
                foreach (var stored in file.Slice(place, length))
                {
                    if (halves)
                    {
                        Put(indices, count++, (byte)(stored >> 4));
                    }

                    Put(indices, count++, halves ? (byte)(stored & 15) : stored);
                }

                x += value;
                place += length;
                place += place % 2;
            }
        }

        return count;
    }

    private static void Put(Span<byte> indices, long place, byte value)
    {
        if (place < indices.Length)
        {
            indices[(int)place] = value;
        }
    }
}
