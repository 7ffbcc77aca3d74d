namespace DenseNetSharp.Images.Formats.Tiff;

/// <summary>How strips and tiles are packed; the number is the field's.</summary>
internal enum TiffCompression
{
    None = 1,
    CcittRunLengths = 2,
    CcittGroup3 = 3,
    CcittGroup4 = 4,
    Lzw = 5,
    Jpeg = 7,
    Deflate = 8,
    PackBits = 32773,
    OldDeflate = 32946,
}

internal static class TiffCompressions
{
    /// <exception cref="ImageFormatException">It is none that is read.</exception>
    public static TiffCompression Parse(long value) => value switch
    {
        6 => throw TiffErrors.Unread("its pixels are compressed as in TIFF's old JPEG"),
        34925 => throw TiffErrors.Unread("its pixels are compressed by LZMA"),
        50000 => throw TiffErrors.Unread("its pixels are compressed by Zstandard"),
        50001 => throw TiffErrors.Unread("its pixels are compressed by WebP"),
        1 or 2 or 3 or 4 or 5 or 7 or 8 or 32773 or 32946 => (TiffCompression)value,
        _ => throw TiffErrors.Unread($"its pixels are compressed by method {value}"),
    };

    /// <summary>The most bytes that one may become, so that a file that cannot hold its pixels is refused before memory is taken for them.</summary>
    /// <param name="compression">How they are packed.</param>
    /// <param name="rowLength">The bytes of a row.</param>
    public static long MostExpansion(this TiffCompression compression, long rowLength) => compression switch
    {
        TiffCompression.None => 1,
        // A run of 128 takes two bytes.
        TiffCompression.PackBits => 64,
        // The table's longest text takes a code of twelve bits.
        TiffCompression.Lzw => 2731,
        TiffCompression.Deflate or TiffCompression.OldDeflate => 1032,
        // Six empty blocks of 64 samples, two bits each, make 16x16 pixels of three bytes.
        TiffCompression.Jpeg => 512,
        // A row like the one above takes a bit.
        _ => 8 * rowLength,
    };
}
