using System.Buffers.Binary;
using System.Text;

namespace DenseNetSharp.Images;

/// <summary>What people have in place of an image that a built-in decoder reads.</summary>
internal static class ForeignFormat
{
    // An SVG's own tag may come after comments.
    private const int LongestStart = 1024;

    private const string PlugIn = "which is not built in: a library that reads it plugs in by ImageDecoders.Register, in a few lines (docs/images.md)";
    private const string Convert = "which is not read; save it as a PNG";
    private const string Video = "it is a video, not an image; save the frames that are wanted as images";

    /// <summary>What a file is and what to do about it; null for what is not known.</summary>
    /// <param name="header">The file's first bytes.</param>
    public static string? Explain(ReadOnlySpan<byte> header) => header switch
    {
        _ when header.Length >= 132 && header.Slice(128, 4).SequenceEqual("DICM"u8) => $"it is a DICOM file, {PlugIn}",
        _ when header.Length >= 12 && header[4..].StartsWith("ftyp"u8) => ExplainBrands(header),
        _ when header.StartsWith("version https://git-lfs"u8) => "it is a Git LFS pointer, not the image itself; fetch it with 'git lfs pull'",
        _ when header.StartsWith("%PDF-"u8) => "it is a PDF document, not an image; save its pages as PNG",
        [0, 0, 0, 12, (byte)'j', (byte)'P', ..] or [0xff, 0x4f, 0xff, 0x51, ..] => $"it is a JPEG 2000 file, {PlugIn}",
        [0, 0, 0, 12, (byte)'J', (byte)'X', (byte)'L', ..] or [0xff, 0x0a, ..] => $"it is a JPEG XL file, {PlugIn}",
        [(byte)'P', (byte)'7', (byte)'\n', ..] => $"it is a Netpbm PAM file, {Convert} or PPM",
        [(byte)'P', (byte)'f' or (byte)'F', (byte)'\n', ..] => $"it is a Netpbm PFM file of floating-point values, {Convert} or PPM",
        [(byte)'8', (byte)'B', (byte)'P', (byte)'S', ..] => $"it is a Photoshop file, {Convert}",
        [0, 0, 1, 0, not 0, 0, ..] => $"it is a Windows icon, {Convert}",
        [0, 0, 2 or 10, 0, 0, 0, 0, 0, ..] => $"it is a Targa file, {Convert}",
        [0x76, 0x2f, 0x31, 0x01, ..] => $"it is an OpenEXR file, {Convert}",
        [(byte)'q', (byte)'o', (byte)'i', (byte)'f', ..] => $"it is a QOI file, {Convert}",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'A', (byte)'V', (byte)'I', ..] or [0x1a, 0x45, 0xdf, 0xa3, ..] => Video,
        [0x1f, 0x8b, ..] => "it is compressed by gzip; unpack it first",
        [(byte)'P', (byte)'K', 3, 4, ..] => "it is a zip archive; unpack it first",
        [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', ..] => $"it is a NumPy array, {Convert} (in Python PIL.Image.fromarray(...).save(...))",
        [0x89, (byte)'H', (byte)'D', (byte)'F', ..] => $"it is an HDF5 file, {Convert} of each image",
        _ => ExplainText(header),
    };

    /// <summary>A box of brands (ISO 14496-12, 4.3): the file's own, a version, and those that it also keeps to.</summary>
    private static string? ExplainBrands(ReadOnlySpan<byte> header)
    {
        var length = (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(header), header.Length);
        string? explanation = null;
        for (var place = 8; place + 4 <= Math.Max(length, 12); place += 4)
        {
            var brand = header.Slice(place, 4);
            if (brand.SequenceEqual("avif"u8) || brand.SequenceEqual("avis"u8))
            {
                return $"it is an AVIF file, {PlugIn}";
            }

            if (brand.SequenceEqual("crx "u8))
            {
                return $"it is a camera's raw file, {Convert}";
            }

            if (brand.StartsWith("hei"u8) || brand.StartsWith("hev"u8) || brand.SequenceEqual("mif1"u8) || brand.SequenceEqual("msf1"u8))
            {
                explanation = $"it is a HEIC file, {PlugIn}";
            }
            else if (brand.StartsWith("mp4"u8) || brand.StartsWith("iso"u8) || brand.StartsWith("qt"u8) || brand.StartsWith("M4V"u8)
                || brand.StartsWith("3g"u8))
            {
                explanation ??= Video;
            }
        }

        return explanation;
    }

    private static string? ExplainText(ReadOnlySpan<byte> header)
    {
        // A byte order mark is no part of the text.
        var text = Encoding.UTF8.GetString(header[..Math.Min(header.Length, LongestStart)]).TrimStart('\ufeff').TrimStart();
        if (text.StartsWith("<svg", StringComparison.OrdinalIgnoreCase)
            || (text.StartsWith("<?xml", StringComparison.OrdinalIgnoreCase) && text.Contains("svg", StringComparison.OrdinalIgnoreCase)))
        {
            return "it is an SVG drawing, which has no pixels; save it as a PNG";
        }

        return text.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase) || text.StartsWith("<html", StringComparison.OrdinalIgnoreCase)
            ? "it is a web page, not an image: what was downloaded was not the image itself"
            : null;
    }
}
