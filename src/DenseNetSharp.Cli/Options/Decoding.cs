using DenseNetSharp.Images;

namespace DenseNetSharp.Cli.Options;

/// <summary>How a command decodes images, and how many of them lost something by it.</summary>
internal sealed class Decoding
{
    private int _clipped;

    public Decoding(bool orient, bool keepGrayBits) => Options = new ImageDecodeOptions
    {
        ApplyExifOrientation = orient,
        KeepUpperBitsOfGray = keepGrayBits,
        GrayClipped = () => Interlocked.Increment(ref _clipped),
    };

    public ImageDecodeOptions Options { get; }

    /// <summary>Says once on standard error how many images were clipped, if any was.</summary>
    public void Report()
    {
        var clipped = Interlocked.Exchange(ref _clipped, 0);
        if (clipped > 0)
        {
            Console.Error.WriteLine(
                $"densenet: {clipped} {(clipped == 1 ? "image has" : "images have")} 16-bit gray values above 255, which are clipped to white as Pillow "
                + "does; --keep-gray-bits keeps their upper 8 bits");
        }
    }
}
