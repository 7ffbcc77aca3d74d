using System.Net.Http.Headers;
using System.Text;

namespace DenseNetSharp.Benchmarks.Services;

/// <summary>Forms with a file each, ready to be sent: photos, and among them what is no usable image.</summary>
internal sealed class UploadBodies
{
    private const string Boundary = "----a-boundary-of-uploads";

    private readonly byte[][] _photos;
    private readonly byte[][] _others;
    private readonly double _hostile;

    private UploadBodies(byte[][] photos, byte[][] others, double hostile) => (_photos, _others, _hostile) = (photos, others, hostile);

    public static MediaTypeHeaderValue ContentType => MediaTypeHeaderValue.Parse($"multipart/form-data; boundary={Boundary}");

    /// <summary>The request of a number; the same ones for every side.</summary>
    public (byte[] Body, bool IsUsable) this[int i] =>
        // Evenly among the others.
        Math.Floor((i + 1) * _hostile) > Math.Floor(i * _hostile) ? (_others[i % _others.Length], false) : (_photos[i % _photos.Length], true);

    /// <summary>Makes them.</summary>
    /// <param name="photos">JPEG files.</param>
    /// <param name="hostile">The share of others, from 0 to 1.</param>
    public static UploadBodies Create(byte[][] photos, double hostile)
    {
        var random = new Random(1);
        var noise = new byte[100_000];
        random.NextBytes(noise);
        var photo = photos[0];
        byte[][] others = [noise, photo[..(photo.Length / 20)], WithSize(photo, 65_000), [.. photo[..2], .. noise]];
        return new UploadBodies([.. photos.Select(FormOf)], [.. others.Select(FormOf)], hostile);
    }

    /// <summary>A JPEG whose frame header says that both sides are so long.</summary>
    private static byte[] WithSize(byte[] photo, int side)
    {
        var changed = (byte[])photo.Clone();
        var frame = changed.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]);
        for (var at = frame + 5; at < frame + 9; at += 2)
        {
            (changed[at], changed[at + 1]) = ((byte)(side >> 8), (byte)side);
        }

        return changed;
    }

    private static byte[] FormOf(byte[] file) =>
    [
        .. Encoding.ASCII.GetBytes($"--{Boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\n"),
        .. file,
        .. Encoding.ASCII.GetBytes($"\r\n--{Boundary}--\r\n"),
    ];
}
