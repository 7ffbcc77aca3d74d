namespace DenseNetSharp.Core.Tests.Images.Formats.Jpeg;

/// <summary>
/// Puts gray JPEGs together to one of several components, each in scans of its own: so come sampling factors and orders of scans that
/// Pillow reads but does not write.
/// </summary>
internal static class JpegComposer
{
    /// <summary>Puts files together.</summary>
    /// <param name="width">The width of the whole.</param>
    /// <param name="height">Its height.</param>
    /// <param name="components">Each component's sampling factors, as in a frame header, and its samples as a gray JPEG.</param>
    /// <param name="scansLeftOut">How many scans at the end of each component are left out.</param>
    public static byte[] Compose(int width, int height, (byte Sampling, byte[] Gray)[] components, int scansLeftOut = 0)
    {
        var first = Segments(components[0].Gray);
        var frame = first.Single(segment => segment.Marker is 0xC0 or 0xC2);
        List<byte> file = [0xFF, 0xD8, .. first.First(segment => segment.Marker == 0xDB).Bytes];
        file.AddRange([0xFF, frame.Marker, 0, (byte)(8 + 3 * components.Length), 8]);
        file.AddRange([(byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, (byte)components.Length]);
        for (var i = 0; i < components.Length; i++)
        {
            file.AddRange([(byte)(i + 1), components[i].Sampling, 0]);
        }

        for (var i = 0; i < components.Length; i++)
        {
            var segments = Segments(components[i].Gray);
            var scans = segments.Count(segment => segment.Marker == 0xDA) - scansLeftOut;
            foreach (var (marker, bytes) in segments)
            {
                if (marker == 0xDA && scans-- > 0)
                {
                    // The component's name stands after the marker, the length and the number of components.
                    bytes[5] = (byte)(i + 1);
                    file.AddRange(bytes);
                }
                else if (marker == 0xC4)
                {
                    file.AddRange(bytes);
                }
            }
        }

        return [.. file, 0xFF, 0xD9];
    }

    /// <summary>The segments of a file, a scan's with the data that follow.</summary>
    private static List<(byte Marker, byte[] Bytes)> Segments(byte[] file)
    {
        List<(byte, byte[])> segments = [];
        for (var start = 2; file[start + 1] != 0xD9;)
        {
            var end = start + 2 + (file[start + 2] << 8 | file[start + 3]);
            while (file[start + 1] == 0xDA && (file[end] != 0xFF || file[end + 1] == 0))
            {
                end++;
            }

            segments.Add((file[start + 1], file[start..end]));
            start = end;
        }

        return segments;
    }
}
