using System.Runtime.InteropServices;

namespace DenseNetSharp.Images.Formats.Jpeg;

/// <summary>The part of the system's libturbojpeg that decodes. Its errors are return values, never longjmps.</summary>
internal sealed unsafe class TurboJpeg
{
    private const string Remedy =
        "Decoding JPEG needs libjpeg-turbo's TurboJPEG library, which is not installed: install the package " +
        "libturbojpeg0 (Debian), libturbojpeg (Ubuntu), turbojpeg (Fedora), libjpeg-turbo (Arch, Alpine) or jpeg-turbo " +
        "(Homebrew), or put turbojpeg.dll from libjpeg-turbo.org beside the program (Windows). PNG and raw pixels need " +
        "nothing, and ImageDecoders.Register plugs in another decoder.";

    private static readonly string[] Names = SystemLibrary.Names(
        windows: ["turbojpeg.dll", "libturbojpeg.dll"],
        macOs: ["libturbojpeg.0.dylib", "libturbojpeg.dylib", "/opt/homebrew/opt/jpeg-turbo/lib/libturbojpeg.dylib",
            "/usr/local/opt/jpeg-turbo/lib/libturbojpeg.dylib"],
        linux: ["libturbojpeg.so.0", "libturbojpeg.so"]);

    private readonly delegate* unmanaged<nint> _initDecompress;
    private readonly delegate* unmanaged<nint, byte*, CULong, byte*, int, int, int, int, int, int> _decompress;
    private readonly delegate* unmanaged<nint, byte*> _getErrorText;
    private readonly delegate* unmanaged<nint, int> _getErrorCode;
    private readonly delegate* unmanaged<nint, int> _destroy;

    /// <summary>Loads the library.</summary>
    /// <param name="names">Where to look for it; null for where it usually is.</param>
    /// <exception cref="DllNotFoundException">It is not there; the message says what to install.</exception>
    public TurboJpeg(string[]? names = null)
    {
        var library = SystemLibrary.Load(names ?? Names, Remedy);
        _initDecompress = (delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "tjInitDecompress");
        _decompress = (delegate* unmanaged<nint, byte*, CULong, byte*, int, int, int, int, int, int>)
            NativeLibrary.GetExport(library, "tjDecompress2");
        _getErrorText = (delegate* unmanaged<nint, byte*>)NativeLibrary.GetExport(library, "tjGetErrorStr2");
        _getErrorCode = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "tjGetErrorCode");
        _destroy = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "tjDestroy");
    }

    /// <summary>The pixel formats used here, numbered as in turbojpeg.h.</summary>
    public enum PixelFormat
    {
        /// <summary>Red, green, blue.</summary>
        Rgb = 0,

        /// <summary>Cyan, magenta, yellow, black, as they are in the file.</summary>
        Cmyk = 11,
    }

    /// <summary>Decodes a JPEG.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="pixels">Receives the pixels, rows from the top without gaps.</param>
    /// <param name="width">The width that the frame header names, or that divided by 2, 4 or 8 and rounded up.</param>
    /// <param name="height">The height that the frame header names, divided likewise.</param>
    /// <param name="format">The order of the channels.</param>
    /// <param name="stopOnWarning">Whether to give up on damage that can be passed over.</param>
    /// <returns>
    /// Null if all is well. Else the library's message: that of the error that ended the decoding or, where none did, that of
    /// the first warning. It is fatal where there was an error and no warning before it.
    /// </returns>
    public (string Message, bool IsFatal)? Decompress(
        ReadOnlySpan<byte> file, Span<byte> pixels, int width, int height, PixelFormat format, bool stopOnWarning)
    {
        // A file of more than 500 scans fails; such files exist only to keep decoders busy.
        const int limitScansFlag = 32768, stopOnWarningFlag = 8192, warningCode = 0;
        var flags = limitScansFlag | (stopOnWarning ? stopOnWarningFlag : 0);

        var handle = _initDecompress();
        if (handle == 0)
        {
            throw new InsufficientMemoryException("libturbojpeg cannot start a decompressor.");
        }

        try
        {
            fixed (byte* filePointer = file, pixelPointer = pixels)
            {
                var result = _decompress(handle, filePointer, new CULong((nuint)file.Length), pixelPointer,
                    width, 0, height, (int)format, flags);
                return result == 0
                    ? null
                    : (Marshal.PtrToStringUTF8((nint)_getErrorText(handle)) ?? "", _getErrorCode(handle) != warningCode);
            }
        }
        finally
        {
            _destroy(handle);
        }
    }
}
