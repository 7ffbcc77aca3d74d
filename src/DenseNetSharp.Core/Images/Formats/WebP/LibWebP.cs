using System.Runtime.InteropServices;

namespace DenseNetSharp.Images.Formats.WebP;

/// <summary>The part of the system's libwebp that decodes. Its errors are return values.</summary>
internal sealed unsafe class LibWebP
{
    private const string Remedy =
        "Decoding WebP needs libwebp, which is not installed: install the package libwebp7 (Debian, Ubuntu), libwebp " +
        "(Fedora, Arch, Alpine) or webp (Homebrew), or put libwebp.dll beside the program (Windows). PNG and raw pixels " +
        "need nothing, and ImageDecoders.Register plugs in another decoder.";

    private static readonly string[] Names = SystemLibrary.Names(
        windows: ["libwebp.dll", "webp.dll"],
        macOs: ["libwebp.7.dylib", "libwebp.dylib", "/opt/homebrew/opt/webp/lib/libwebp.dylib", "/usr/local/opt/webp/lib/libwebp.dylib"],
        linux: ["libwebp.so.7", "libwebp.so.6", "libwebp.so"]);

    private readonly delegate* unmanaged<byte*, nuint, byte*, nuint, int, byte*> _decodeRgbInto;

    /// <summary>Loads the library.</summary>
    /// <param name="names">Where to look for it; null for where it usually is.</param>
    /// <exception cref="DllNotFoundException">It is not there; the message says what to install.</exception>
    public LibWebP(string[]? names = null)
    {
        var library = SystemLibrary.Load(names ?? Names, Remedy);
        _decodeRgbInto = (delegate* unmanaged<byte*, nuint, byte*, nuint, int, byte*>)
            NativeLibrary.GetExport(library, "WebPDecodeRGBInto");
    }

    /// <summary>Decodes a still image.</summary>
    /// <param name="file">A whole WebP file.</param>
    /// <param name="pixels">Receives red, green, blue, row by row from the top; alpha is dropped.</param>
    /// <param name="stride">Bytes from one row to the next.</param>
    /// <returns>Whether the file could be decoded to its end.</returns>
    public bool TryDecode(ReadOnlySpan<byte> file, Span<byte> pixels, int stride)
    {
        fixed (byte* filePointer = file, pixelPointer = pixels)
        {
            return _decodeRgbInto(filePointer, (nuint)file.Length, pixelPointer, (nuint)pixels.Length, stride) is not null;
        }
    }
}
