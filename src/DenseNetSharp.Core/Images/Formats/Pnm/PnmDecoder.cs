using System.Buffers.Binary;

namespace DenseNetSharp.Images.Formats.Pnm;

/// <summary>Netpbm's PBM, PGM and PPM, in text and in bytes: P1 to P6.</summary>
internal sealed class PnmDecoder : IImageDecoder
{
    public bool CanDecode(ReadOnlySpan<byte> header) =>
        header.Length > 2 && header[0] == 'P' && header[1] is >= (byte)'1' and <= (byte)'6' && PnmText.IsWhitespace(header[2]);

    public RgbImage Decode(ReadOnlySpan<byte> file, ImageDecodeOptions options)
    {
        var header = PnmHeader.Parse(file, options);
        var data = file[header.DataOffset..];
        if (header.LeastLength > data.Length)
        {
            throw new ImageFormatException(
                $"it is truncated: its {header.Width}x{header.Height} pixels take {header.LeastLength} bytes at least, and {data.Length} follow the header");
        }

        var rgb = new byte[3 * header.Width * header.Height];
        if (header.Kind == PnmKind.Bitmap)
        {
            if (header.IsText)
            {
                PnmText.ReadBits(data, rgb);
            }
            else
            {
                UnpackBits(data, header, rgb);
            }
        }
        else if (header is { Kind: PnmKind.Rgb, IsText: false, MaxValue: 255 })
        {
            data[..rgb.Length].CopyTo(rgb);
        }
        else
        {
            ReadSamples(data, header, rgb, new DeepGray(options));
        }

        return new RgbImage(header.Width, header.Height, rgb);
    }

    /// <summary>A bit a pixel, rows filled up to whole bytes; 1 is black.</summary>
    private static void UnpackBits(ReadOnlySpan<byte> data, PnmHeader header, Span<byte> rgb)
    {
        var stride = (header.Width + 7) / 8;
        for (var y = 0; y < header.Height; y++)
        {
            for (var x = 0; x < header.Width; x++)
            {
                var bit = data[y * stride + x / 8] >> (7 - x % 8) & 1;
                rgb.Slice(3 * (y * header.Width + x), 3).Fill((byte)(bit - 1));
            }
        }
    }

    private static void ReadSamples(ReadOnlySpan<byte> data, PnmHeader header, Span<byte> rgb, DeepGray deepGray)
    {
        var text = new PnmText(data, header.MaxValue);
        var isGray = header.Kind == PnmKind.Gray;
        var isDeep = isGray && header.MaxValue > 255;
        var step = isGray ? 3 : 1;
        for (int to = 0, from = 0; to < rgb.Length; to += step, from += header.SampleLength)
        {
            var value = header.IsText ? text.ReadSample()
                : header.SampleLength == 1 ? data[from]
                : BinaryPrimitives.ReadUInt16BigEndian(data[from..]);

            // Python's rounding, half to even; of more than 8 bits Pillow makes 16 where they are gray and 8 where they are colors.
            var most = isDeep ? 65535 : 255;
            var scaled = Math.Min(value == 0 ? 0 : (int)Math.Round((double)value / header.MaxValue * most), most);
            rgb.Slice(to, step).Fill(isDeep ? deepGray.ToByte(scaled) : (byte)scaled);
        }

        deepGray.Report();
    }
}
