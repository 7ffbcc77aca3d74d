using System.Buffers.Binary;

namespace DenseNetSharp.Images.Formats.Tiff;

/// <summary>
/// What LibTiff gets to see: the file's bytes with a header and directories of our own, one for each plane, that have the
/// checked fields and nothing else.
/// </summary>
internal static class TiffPlaneFile
{
    private const ushort Bytes = 7, Short = 3, Long = 4;
    private const int HeaderLength = 8, EntryLength = 12;

    public static byte[] Write(ReadOnlySpan<byte> file, TiffImage image, TiffDirectory directory)
    {
        var output = new MemoryStream(file.Length + 1024 + 8 * image.Blocks.Offsets.Length);
        output.Write(file);
        var link = 4L;
        for (var plane = 0; plane < image.Planes; plane++)
        {
            link = WriteDirectory(output, link, Fields(image, plane, directory), directory.IsBigEndian);
        }

        var written = output.ToArray();
        (directory.IsBigEndian ? "MM\0*"u8 : "II*\0"u8).CopyTo(written);
        return written;
    }

    /// <summary>The fields of a plane, in the order of their tags.</summary>
    private static SortedDictionary<TiffField, (ushort Type, long[] Values)> Fields(TiffImage image, int plane, TiffDirectory directory)
    {
        var layout = image.PlaneLayout;
        var blocks = image.Blocks;
        var first = (int)(plane * blocks.PerPlane(image));
        var range = first..(int)(first + blocks.PerPlane(image));
        var fields = new SortedDictionary<TiffField, (ushort Type, long[] Values)>
        {
            [TiffField.ImageWidth] = (Long, [image.Width]),
            [TiffField.ImageLength] = (Long, [image.Height]),
            [TiffField.BitsPerSample] = (Short, [.. Enumerable.Repeat((long)layout.Bits, layout.Samples)]),
            [TiffField.Compression] = (Short, [(long)image.Compression]),
            // What the samples mean concerns only the JPEG decoder.
            [TiffField.Photometric] = (Short, [image.Compression == TiffCompression.Jpeg && !image.ArePlanes ? directory.Value(TiffField.Photometric, 0) : 1]),
            [TiffField.FillOrder] = (Short, [directory.Value(TiffField.FillOrder, 1)]),
            [TiffField.SamplesPerPixel] = (Short, [layout.Samples]),
            [TiffField.PlanarConfiguration] = (Short, [1]),
            [TiffField.SampleFormat] = (Short, [.. Enumerable.Repeat(directory.Value(TiffField.SampleFormat, 1), layout.Samples)]),
            [blocks.IsTiled ? TiffField.TileOffsets : TiffField.StripOffsets] = (Long, blocks.Offsets[range]),
            [blocks.IsTiled ? TiffField.TileByteCounts : TiffField.StripByteCounts] = (Long, blocks.ByteCounts[range]),
        };
        if (blocks.IsTiled)
        {
            fields[TiffField.TileWidth] = (Long, [blocks.Width]);
            fields[TiffField.TileLength] = (Long, [blocks.Height]);
        }
        else
        {
            fields[TiffField.RowsPerStrip] = (Long, [blocks.Height]);
        }

        // What only one compression knows.
        (TiffField Field, bool IsMeant, ushort Type)[] more =
        [
            (TiffField.Predictor, image.Compression is TiffCompression.Lzw or TiffCompression.Deflate or TiffCompression.OldDeflate, Short),
            (TiffField.T4Options, image.Compression == TiffCompression.CcittGroup3, Long),
            (TiffField.T6Options, image.Compression == TiffCompression.CcittGroup4, Long),
            (TiffField.YCbCrSubsampling, image.Compression == TiffCompression.Jpeg, Short),
        ];
        foreach (var (field, isMeant, type) in more)
        {
            if (isMeant && directory.Values(field, 2) is { Length: > 0 } values)
            {
                fields[field] = (type, values);
            }
        }

        if (image.Compression == TiffCompression.Jpeg && directory.Bytes(TiffField.JpegTables) is { IsEmpty: false } tables)
        {
            fields[TiffField.JpegTables] = (Bytes, [.. tables.ToArray().Select(value => (long)value)]);
        }

        return fields;
    }

    /// <returns>Where the next directory's place is to be written.</returns>
    private static long WriteDirectory(
        MemoryStream output, long link, SortedDictionary<TiffField, (ushort Type, long[] Values)> fields, bool isBigEndian)
    {
        // A directory starts at an even place.
        output.SetLength(output.Length + output.Length % 2);
        var start = output.Length;
        var values = start + 2 + fields.Count * EntryLength + 4;
        Put(link, 4, start);
        Put(start, 2, fields.Count);
        var entry = start + 2;
        foreach (var (field, (type, numbers)) in fields)
        {
            var size = type switch { Bytes => 1, Short => 2, _ => 4 };
            Put(entry, 2, (long)field);
            Put(entry + 2, 2, type);
            Put(entry + 4, 4, numbers.Length);
            var place = entry + 8;
            if (size * numbers.Length > 4)
            {
                Put(place, 4, values);
                place = values;
                values += size * numbers.Length + size * numbers.Length % 2;
            }

            foreach (var number in numbers)
            {
                Put(place, size, number);
                place += size;
            }

            entry += EntryLength;
        }

        Put(entry, 4, 0);
        output.SetLength(Math.Max(output.Length, values));
        return entry;

        void Put(long place, int size, long number)
        {
            Span<byte> bytes = stackalloc byte[HeaderLength];
            if (isBigEndian)
            {
                BinaryPrimitives.WriteInt64BigEndian(bytes, number);
                bytes = bytes[^size..];
            }
            else
            {
                BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
                bytes = bytes[..size];
            }

            output.Position = place;
            output.Write(bytes);
        }
    }
}
