namespace DenseNetSharp.Images.Formats.Bmp;

/// <summary>Windows and OS/2 bitmaps, with or without a file header: every kind that Pillow reads.</summary>
internal sealed class BmpDecoder : IImageDecoder
{
    public bool CanDecode(ReadOnlySpan<byte> header) => header.StartsWith(BmpHeader.Signature) || BmpHeader.IsBare(header);

    public RgbImage Decode(ReadOnlySpan<byte> file, ImageDecodeOptions options)
    {
        var header = BmpHeader.Parse(file, options);
        var stored = header.HasRunLengths ? BmpRunLengths.Expand(file, header) : Rows(file, header);
        var stride = header.HasRunLengths ? header.Width : header.Stride;
        var pixels = new byte[3 * header.Width * header.Height];
        for (var y = 0; y < header.Height; y++)
        {
            var row = header.TopDown ? y : header.Height - 1 - y;
            header.Layout.ToRgb(stored[(int)(y * stride)..], pixels.AsSpan(3 * header.Width * row, 3 * header.Width));
        }

        return new RgbImage(header.Width, header.Height, pixels);
    }

    private static ReadOnlySpan<byte> Rows(ReadOnlySpan<byte> file, BmpHeader header)
    {
        // The last row's padding may be missing.
        var needed = (header.Height - 1) * header.Stride + header.Layout.RowLength(header.Width);
        if (header.DataOffset > file.Length || needed > file.Length - header.DataOffset)
        {
            throw new ImageFormatException(
                $"it is truncated: its {header.Width}x{header.Height} pixels take {needed} bytes from byte {header.DataOffset} on, "
                + $"and it has {file.Length} in all");
        }

        return file[(int)header.DataOffset..];
    }
}
