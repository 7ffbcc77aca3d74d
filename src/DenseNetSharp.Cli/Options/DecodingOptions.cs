using System.CommandLine;

namespace DenseNetSharp.Cli.Options;

/// <summary>The options of every command that reads images: how files become pixels.</summary>
internal sealed class DecodingOptions
{
    private readonly Option<bool> _orient = new("--exif-orientation")
    {
        Description = "turn photos upright as their EXIF orientation says; torchvision does not",
    };

    private readonly Option<bool> _keepGrayBits = new("--keep-gray-bits")
    {
        Description = "of 16-bit gray images keep the upper 8 bits; Pillow, and so torchvision, takes all above 255 for white",
    };

    public DecodingOptions(Command command)
    {
        command.Options.Add(_orient);
        command.Options.Add(_keepGrayBits);
    }

    /// <summary>The names of the options, for messages.</summary>
    public (string Orient, string KeepGrayBits) Names => (_orient.Name, _keepGrayBits.Name);

    /// <summary>What the command line says.</summary>
    public (bool Orient, bool KeepGrayBits) Of(ParseResult arguments) => (arguments.GetValue(_orient), arguments.GetValue(_keepGrayBits));

    /// <summary>How images are decoded.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="orient">Whether they were turned upright for training.</param>
    /// <param name="keepGrayBits">Whether their upper bits were kept for training.</param>
    public Decoding With(ParseResult arguments, bool orient = false, bool keepGrayBits = false) =>
        new(arguments.GetValue(_orient) || orient, arguments.GetValue(_keepGrayBits) || keepGrayBits);
}
