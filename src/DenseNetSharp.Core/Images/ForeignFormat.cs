using System.Buffers.Binary;

namespace DenseNetSharp.Images;

/// <summary>Kinds of images that people have and no built-in decoder reads.</summary>
internal static class ForeignFormat
{
    /// <summary>What a file is, with its article; null for what is not known.</summary>
    /// <param name="header">The file's first bytes.</param>
    public static string? Name(ReadOnlySpan<byte> header)
    {
        if (header.Length >= 132 && header.Slice(128, 4).SequenceEqual("DICM"u8))
        {
            return "a DICOM file";
        }

        if (header.Length < 12 || !header[4..].StartsWith("ftyp"u8))
        {
            return null;
        }

        // A box of brands (ISO 14496-12, 4.3): the file's own, a version, and those that it also keeps to.
        var length = (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(header), header.Length);
        string? name = null;
        for (var place = 8; place + 4 <= Math.Max(length, 12); place += 4)
        {
            var brand = header.Slice(place, 4);
            if (brand.SequenceEqual("avif"u8) || brand.SequenceEqual("avis"u8))
            {
                return "an AVIF file";
            }

            if (brand.StartsWith("hei"u8) || brand.StartsWith("hev"u8) || brand.SequenceEqual("mif1"u8) || brand.SequenceEqual("msf1"u8))
            {
                name = "a HEIC file";
            }
        }

        return name;
    }
}
