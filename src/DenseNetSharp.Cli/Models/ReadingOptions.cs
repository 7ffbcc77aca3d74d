using System.CommandLine;

namespace DenseNetSharp.Cli.Models;

/// <summary>The options of every command that reads image files.</summary>
internal sealed class ReadingOptions
{
    public const string ExifOrientation = "--exif-orientation";
    public const string KeepGrayBits = "--keep-gray-bits";

    private readonly Option<bool> _orient = new(ExifOrientation)
    {
        Description = "turn photos upright as their EXIF orientation says; torchvision does not",
    };

    private readonly Option<bool> _keepGrayBits = new(KeepGrayBits)
    {
        Description = "keep the upper 8 bits of gray images of 16 bits, such as radiographs; Pillow makes every value above 255 white",
    };

    public ReadingOptions(Command command)
    {
        command.Options.Add(_orient);
        command.Options.Add(_keepGrayBits);
    }

    public bool IsOriented(ParseResult arguments) => arguments.GetValue(_orient);

    public bool KeepsGrayBits(ParseResult arguments) => arguments.GetValue(_keepGrayBits);

    /// <summary>What a command line chose, or the checkpoint was trained with.</summary>
    public ImageReading Of(ParseResult arguments, FoundCheckpoint? found = null) => new(
        IsOriented(arguments) || found?.ApplyExifOrientation == true, KeepsGrayBits(arguments) || found?.KeepGrayBits == true);
}
