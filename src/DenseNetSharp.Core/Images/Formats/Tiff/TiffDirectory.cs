using System.Buffers.Binary;

namespace DenseNetSharp.Images.Formats.Tiff;

/// <summary>The fields that concern the pixels (TIFF 6.0; the number is the tag).</summary>
internal enum TiffField : ushort
{
    ImageWidth = 256,
    ImageLength = 257,
    BitsPerSample = 258,
    Compression = 259,
    Photometric = 262,
    FillOrder = 266,
    StripOffsets = 273,
    Orientation = 274,
    SamplesPerPixel = 277,
    RowsPerStrip = 278,
    StripByteCounts = 279,
    PlanarConfiguration = 284,
    T4Options = 292,
    T6Options = 293,
    Predictor = 317,
    ColorMap = 320,
    TileWidth = 322,
    TileLength = 323,
    TileOffsets = 324,
    TileByteCounts = 325,
    ExtraSamples = 338,
    SampleFormat = 339,
    JpegTables = 347,
    YCbCrSubsampling = 530,
}

/// <summary>A TIFF's first directory: where each field's values lie in the file. Classic and BigTIFF, both byte orders.</summary>
internal readonly ref struct TiffDirectory
{
    private readonly ReadOnlySpan<byte> _file;
    private readonly Dictionary<TiffField, (int Type, long Count, long Offset)> _fields = [];

    private TiffDirectory(ReadOnlySpan<byte> file, bool isBigEndian)
    {
        _file = file;
        IsBigEndian = isBigEndian;
    }

    public bool IsBigEndian { get; }

    /// <summary>Whether a file starts like a TIFF. Pillow takes it, too, where the bytes of the version are in the wrong order.</summary>
    public static bool IsTiff(ReadOnlySpan<byte> file) => file.Length >= 8
        && (file.StartsWith("II"u8) || file.StartsWith("MM"u8))
        && (file[2], file[3]) is (42, 0) or (0, 42) or (43, 0) or (0, 43);

    /// <exception cref="ImageFormatException">It is cut.</exception>
    public static TiffDirectory ReadFirst(ReadOnlySpan<byte> file)
    {
        var directory = new TiffDirectory(file, file[0] == 'M');
        var isBig = file[2] == 43 || file[3] == 43;
        var (sizeLength, entryLength) = isBig ? (8, 20) : (4, 12);
        var place = directory.Number(isBig ? 8 : 4, sizeLength);
        var count = directory.Number(place, isBig ? 8 : 2);
        place += isBig ? 8 : 2;
        if (count > (file.Length - place) / entryLength)
        {
            throw new ImageFormatException($"it is truncated: its directory of {count} fields does not fit in its {file.Length} bytes");
        }

        for (; count > 0; count--, place += entryLength)
        {
            var type = (int)directory.Number(place + 2, 2);
            var values = directory.Number(place + 4, sizeLength);
            var length = Length(type);
            if (length == 0 || values == 0)
            {
                continue;
            }

            var offset = place + 4 + sizeLength;
            offset = values <= sizeLength / length ? offset : directory.Number(offset, sizeLength);
            if (values <= (file.Length - offset) / length)
            {
                directory._fields[(TiffField)directory.Number(place, 2)] = (type, values, offset);
            }
        }

        return directory;
    }

    public bool Has(TiffField field) => _fields.ContainsKey(field);

    /// <summary>A field's first value; the default where it is absent.</summary>
    public long Value(TiffField field, long fallback) => Values(field, 1) is { Length: > 0 } values ? values[0] : fallback;

    /// <summary>A field's values, or as many of them as are wanted; empty where it is absent.</summary>
    public long[] Values(TiffField field, long most = long.MaxValue)
    {
        if (!_fields.TryGetValue(field, out var entry))
        {
            return [];
        }

        var values = new long[Math.Min(entry.Count, most)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Number(entry.Offset + (long)i * Length(entry.Type), Length(entry.Type));
        }

        return values;
    }

    /// <summary>A field that is no numbers.</summary>
    public ReadOnlySpan<byte> Bytes(TiffField field) =>
        _fields.TryGetValue(field, out var entry) && Length(entry.Type) == 1 ? _file.Slice((int)entry.Offset, (int)entry.Count) : [];

    /// <summary>The length of a whole number's type; 0 of others, which no field that concerns the pixels has.</summary>
    private static int Length(int type) => type switch
    {
        1 or 6 or 7 => 1,
        3 or 8 => 2,
        4 or 9 or 13 => 4,
        16 or 17 or 18 => 8,
        _ => 0,
    };

    private long Number(long offset, int length)
    {
        if (offset < 0 || offset > _file.Length - length)
        {
            throw new ImageFormatException("it is truncated: its directory lies beyond its end");
        }

        var bytes = _file.Slice((int)offset, length);
        var value = (length, IsBigEndian) switch
        {
            (1, _) => bytes[0],
            (2, false) => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            (2, true) => BinaryPrimitives.ReadUInt16BigEndian(bytes),
            (4, false) => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            (4, true) => BinaryPrimitives.ReadUInt32BigEndian(bytes),
            (_, false) => BinaryPrimitives.ReadInt64LittleEndian(bytes),
            (_, true) => BinaryPrimitives.ReadInt64BigEndian(bytes),
        };
        return value >= 0 ? value : throw new ImageFormatException("its directory has a number that no file can have");
    }
}
