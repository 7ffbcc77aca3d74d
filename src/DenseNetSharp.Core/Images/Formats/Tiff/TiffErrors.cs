using BitMiracle.LibTiff.Classic;

namespace DenseNetSharp.Images.Formats.Tiff;

/// <summary>
/// LibTiff tells errors to one handler for the whole process, which writes them to the console, and on damage it throws whatever its
/// arrays throw. Here what it says is dropped while it works for us, and passed on to the handler that was there otherwise.
/// </summary>
internal sealed class TiffErrors : TiffErrorHandler
{
    private static readonly TiffErrors _installed = new();

    [ThreadStatic]
    private static int _quiet;

    private readonly TiffErrorHandler _others;

    private TiffErrors() => _others = BitMiracle.LibTiff.Classic.Tiff.SetErrorHandler(this);

    /// <summary>Calls into LibTiff.</summary>
    /// <exception cref="ImageFormatException">It threw anything.</exception>
    public static T Quietly<T>(Func<T> call)
    {
        _ = _installed;
        _quiet++;
        try
        {
            return call();
        }
        catch (Exception exception) when (exception is not ImageFormatException)
        {
            throw Corrupt(exception);
        }
        finally
        {
            _quiet--;
        }
    }

    /// <summary>A kind of TIFF that is left to other programs.</summary>
    /// <param name="what">What the file is, without an end.</param>
    public static ImageFormatException Unread(string what) =>
        new($"{what}, which is not read; save it as a PNG, or as a TIFF of gray or RGB pixels of 8 bits compressed by LZW or Deflate");

    public static ImageFormatException Corrupt(Exception? cause = null) => new("its image data are corrupt or end too early", cause);

    public override void ErrorHandler(BitMiracle.LibTiff.Classic.Tiff tif, string method, string format, params object[] args) =>
        Tell(() => _others.ErrorHandler(tif, method, format, args));

    public override void ErrorHandlerExt(BitMiracle.LibTiff.Classic.Tiff tif, object clientData, string method, string format, params object[] args) =>
        Tell(() => _others.ErrorHandlerExt(tif, clientData, method, format, args));

    public override void WarningHandler(BitMiracle.LibTiff.Classic.Tiff tif, string method, string format, params object[] args) =>
        Tell(() => _others.WarningHandler(tif, method, format, args));

    public override void WarningHandlerExt(BitMiracle.LibTiff.Classic.Tiff tif, object clientData, string method, string format, params object[] args) =>
        Tell(() => _others.WarningHandlerExt(tif, clientData, method, format, args));

    private static void Tell(Action others)
    {
        if (_quiet == 0)
        {
            others();
        }
    }
}
