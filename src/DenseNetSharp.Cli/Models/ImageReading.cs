using DenseNetSharp.Cli.Options;
using DenseNetSharp.Cli.Output;
using DenseNetSharp.Images;
using Spectre.Console;

namespace DenseNetSharp.Cli.Models;

/// <summary>How a command reads image files, and what is to be said of them when it has.</summary>
internal sealed class ImageReading
{
    private int _clipped;
    private bool _isReported;

    /// <param name="applyExifOrientation">Whether photos are turned upright.</param>
    /// <param name="keepGrayBits">Whether gray of 16 bits keeps its upper 8.</param>
    public ImageReading(bool applyExifOrientation, bool keepGrayBits) => Decode = new ImageDecodeOptions
    {
        ApplyExifOrientation = applyExifOrientation,
        KeepUpperBitsOfGray = keepGrayBits,
        GrayClipped = () => Interlocked.Increment(ref _clipped),
    };

    /// <summary>How files are decoded.</summary>
    public ImageDecodeOptions Decode { get; }

    /// <summary>Reads a file, or standard input where that is named.</summary>
    public RgbImage Load(string input)
    {
        if (input != InputFiles.StandardInput)
        {
            return RgbImage.Load(input, Decode);
        }

        using var stream = Console.OpenStandardInput();
        try
        {
            return RgbImage.Load(stream, Decode);
        }
        catch (ImageFormatException exception)
        {
            throw exception.InFile(input);
        }
    }

    /// <summary>Says on standard error, once, how many images were clipped.</summary>
    public void ReportClipped()
    {
        if (_clipped == 0 || _isReported)
        {
            return;
        }

        _isReported = true;
        // Above a progress bar, where there is one.
        Terminal.Error.WriteLine(
            $"densenet: {(_clipped == 1 ? "1 image has" : $"{_clipped} images have")} 16-bit gray values above 255, which are clipped to white as Pillow "
            + $"does; {ReadingOptions.KeepGrayBits} keeps their upper 8 bits");
    }
}
