using System.Collections.Concurrent;
using DenseNetSharp.Cli.Options;
using DenseNetSharp.Cli.Output;
using DenseNetSharp.Images;
using Spectre.Console;

namespace DenseNetSharp.Cli.Models;

/// <summary>How a command reads image files, and what is to be said of them when it has.</summary>
internal sealed class ImageReading
{
    private readonly ConcurrentDictionary<GrayLoss, int> _losses = new();
    private readonly HashSet<GrayLoss> _reported = [];

    /// <param name="applyExifOrientation">Whether photos are turned upright.</param>
    /// <param name="keepGrayBits">Whether gray of 16 bits keeps its upper 8.</param>
    public ImageReading(bool applyExifOrientation, bool keepGrayBits) => Decode = new ImageDecodeOptions
    {
        ApplyExifOrientation = applyExifOrientation,
        KeepUpperBitsOfGray = keepGrayBits,
        GrayLost = loss => _losses.AddOrUpdate(loss, 1, (_, count) => count + 1),
    };

    /// <summary>How files are decoded.</summary>
    public ImageDecodeOptions Decode { get; }

    /// <summary>Reads a file, or standard input where that is named.</summary>
    /// <param name="input">A path, or <see cref="InputFiles.StandardInput"/>.</param>
    /// <param name="cancellationToken">Ends the wait for standard input.</param>
    public RgbImage Load(string input, CancellationToken cancellationToken)
    {
        if (input != InputFiles.StandardInput)
        {
            return RgbImage.Load(input, Decode);
        }

        try
        {
            // A read of standard input cannot be interrupted; its thread is left behind.
            return Task.Run(
                () =>
                {
                    using var stream = Console.OpenStandardInput();
                    return RgbImage.Load(stream, Decode);
                },
                CancellationToken.None).WaitAsync(cancellationToken).GetAwaiter().GetResult();
        }
        catch (ImageFormatException exception)
        {
            throw exception.InFile(input);
        }
    }

    /// <summary>Says on standard error what images have lost of their gray values, each kind of loss once.</summary>
    public void ReportLosses()
    {
        foreach (var (loss, count) in _losses.OrderBy(entry => entry.Key))
        {
            if (_reported.Add(loss))
            {
                // Above a progress bar, where there is one.
                Terminal.Error.WriteLine($"densenet: {TextOf(loss, count == 1 ? "1 image has" : $"{count} images have")}");
            }
        }
    }

    private static string TextOf(GrayLoss loss, string images) => loss switch
    {
        GrayLoss.Clipped =>
            $"{images} 16-bit gray values above 255, which are clipped to white as Pillow does; {ReadingOptions.KeepGrayBits} keeps their upper 8 bits",
        GrayLoss.WideClipped =>
            $"{images} gray values below 0 or above 255 with a sign, in 32 bits or in floating point, which are clipped as Pillow does, with "
            + $"{ReadingOptions.KeepGrayBits} too; save them as 8 or 16 bits",
        GrayLoss.Fractions =>
            $"{images} gray values from 0 to 1 only, which are rounded down as Pillow does, so that all is black; save them as 8 bits, times 255",
        _ => $"{images} 16-bit gray values of which none reaches 4096, so that the upper 8 bits that {ReadingOptions.KeepGrayBits} keeps are nearly black; "
            + "scale them to 16 bits",
    };
}
