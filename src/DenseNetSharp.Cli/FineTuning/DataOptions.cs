using System.CommandLine;
using System.Globalization;
using DenseNetSharp.Classification;
using DenseNetSharp.Cli.Models;
using DenseNetSharp.Cli.Options;

namespace DenseNetSharp.Cli.FineTuning;

/// <summary>The options that say which images <c>finetune</c> learns from, and which it holds out.</summary>
internal sealed class DataOptions
{
    private readonly Argument<string> _folder = new("FOLDER")
    {
        Description = "a folder with one sub-folder a class; or with train and val (or valid, test), each with one sub-folder a class",
    };

    private readonly Option<string?> _heldOut = new("--val")
    {
        Description = "what to validate with: another folder, or a share of FOLDER's images, 0 for none; 0.2 if not given",
        HelpName = "FOLDER-or-FRACTION",
    };

    private readonly Option<string?> _table = new("--classes-csv")
    {
        Description = "a CSV file of images in FOLDER and their classes, for images of several classes, instead of sub-folders",
        HelpName = "FILE",
    };

    private readonly Option<string?> _task = CheckedOption.Choice(
        "--task", "whether classes exclude each other; multilabel with --classes-csv if not given", "multiclass", "multilabel");

    private readonly ReadingOptions _reading;

    public DataOptions(Command command)
    {
        InputFiles.RequireFolder(_folder);
        command.Arguments.Add(_folder);
        foreach (var option in new Option[] { _heldOut, _table, _task })
        {
            command.Options.Add(option);
        }

        _reading = new ReadingOptions(command);
    }

    /// <summary>What a command line chose; what it leaves open is as in the run that goes on.</summary>
    public DataChoice Of(ParseResult arguments, EarlierRun? earlier)
    {
        var (orient, keepGrayBits) = (_reading.IsOriented(arguments), _reading.KeepsGrayBits(arguments));
        earlier?.RequireSame(ReadingOptions.ExifOrientation, orient, earlier.Description.ApplyExifOrientation);
        earlier?.RequireSame(ReadingOptions.KeepGrayBits, keepGrayBits, earlier.Description.KeepGrayBits);
        var table = arguments.GetValue(_table) ?? earlier?.Notes.GetValueOrDefault(RunNotes.Table);
        var heldOut = arguments.GetValue(_heldOut);
        if (ShareOf(heldOut) is { } share)
        {
            heldOut = share.ToString(CultureInfo.InvariantCulture);
            earlier?.RequireSame($"--{RunNotes.HeldOut}", heldOut, earlier.Notes.GetValueOrDefault(RunNotes.HeldOut));
        }

        // A folder may have moved; whether its images are the same, the run itself finds out.
        heldOut ??= earlier?.Notes.GetValueOrDefault(RunNotes.HeldOut);
        return new DataChoice
        {
            Folder = arguments.GetValue(_folder)!,
            Table = table,
            Task = TaskArgument.Parse(arguments.GetValue(_task)) ?? earlier?.Description.Task
                ?? (table is null ? ClassificationTask.Multiclass : ClassificationTask.Multilabel),
            HeldOutFrom = ShareOf(heldOut) is null ? heldOut : null,
            HeldOutShare = ShareOf(heldOut),
            ApplyExifOrientation = orient || earlier?.Description.ApplyExifOrientation == true,
            KeepGrayBits = keepGrayBits || earlier?.Description.KeepGrayBits == true,
        };
    }

    private static double? ShareOf(string? text)
    {
        if (text is null || !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var share))
        {
            return null;
        }

        return share is >= 0 and < 1
            ? share
            : throw new UsageException($"--val is {text}; it must be a folder, or a share of at least 0 and below 1.");
    }
}
