using System.CommandLine;
using System.Globalization;
using DenseNetSharp.Classification;
using DenseNetSharp.Cli.Data;
using DenseNetSharp.Cli.Models;
using DenseNetSharp.Cli.Options;

namespace DenseNetSharp.Cli.FineTuning;

/// <summary>The options that say which images <c>finetune</c> learns from, and which it holds out.</summary>
internal sealed class DataOptions
{
    private readonly Argument<string> _folder = new("FOLDER")
    {
        Description = "a folder with one sub-folder a class; or with train and val (training, valid, validation, dev), each with one sub-folder a class",
    };

    private readonly Option<string?> _heldOut = new("--val")
    {
        Description = "what to validate with: another folder (with --classes-csv another table), or a share of FOLDER's images, 0 for none; 0.2 if not given",
        HelpName = "FOLDER-or-FRACTION",
    };

    private readonly Option<int?> _folds = CheckedOption.OptionalCount(
        $"--{RunNotes.Folds}", "parts that the images are divided into, of which --fold is validated with", most: 1000);

    private readonly Option<int?> _fold = new($"--{RunNotes.Fold}")
    {
        Description = "with --folds: the part to validate with, counted from 0",
        HelpName = "I",
    };

    private readonly Option<string?> _groups = new($"--{RunNotes.GroupPattern}")
    {
        Description = "a regular expression for what in the images' paths is never divided between training and validation, such as patient[0-9]+; "
            + "its group in parentheses where it has one",
        HelpName = "REGEX",
    };

    private readonly Option<string?> _task = CheckedOption.Choice(
        "--task", "whether classes exclude each other; with --classes-csv as the table looks if not given", "multiclass", "multilabel");

    private readonly TableOptions _table;
    private readonly ReadingOptions _reading;

    public DataOptions(Command command)
    {
        InputFiles.RequireFolder(_folder);
        command.Arguments.Add(_folder);
        foreach (var option in new Option[] { _heldOut, _folds, _fold, _groups, _task })
        {
            command.Options.Add(option);
        }

        _table = new TableOptions(command);
        _reading = new ReadingOptions(command);
    }

    /// <summary>What a command line chose; what it leaves open is as in the run that goes on.</summary>
    public DataChoice Of(ParseResult arguments, EarlierRun? earlier)
    {
        var (orient, keepGrayBits) = (_reading.IsOriented(arguments), _reading.KeepsGrayBits(arguments));
        earlier?.RequireSame(ReadingOptions.ExifOrientation, orient, earlier.Description.ApplyExifOrientation);
        earlier?.RequireSame(ReadingOptions.KeepGrayBits, keepGrayBits, earlier.Description.KeepGrayBits);
        var folds = FoldsOf(arguments, earlier);
        var heldOut = arguments.GetValue(_heldOut);
        if (ShareOf(heldOut) is { } share)
        {
            heldOut = share.ToString(CultureInfo.InvariantCulture);
            earlier?.RequireSame($"--{RunNotes.HeldOut}", heldOut, earlier.Notes.GetValueOrDefault(RunNotes.HeldOut));
        }

        // A folder may have moved; whether its images are the same, the run itself finds out.
        heldOut ??= earlier?.Notes.GetValueOrDefault(RunNotes.HeldOut);
        if (folds is not null && heldOut is not null)
        {
            throw new UsageException("--val and --folds both say what to validate with; give one of them.");
        }

        var table = TableOf(arguments, earlier);
        var pattern = arguments.GetValue(_groups);
        earlier?.RequireSame(_groups.Name, pattern, earlier.Notes.GetValueOrDefault(RunNotes.GroupPattern));
        return new DataChoice
        {
            Folder = arguments.GetValue(_folder)!,
            Table = table,
            Task = TaskArgument.Parse(arguments.GetValue(_task)) ?? earlier?.Description.Task
                ?? (table is null ? ClassificationTask.Multiclass : null),
            Folds = folds,
            Grouping = ImageGrouping.Of(table, pattern ?? earlier?.Notes.GetValueOrDefault(RunNotes.GroupPattern)),
            HeldOutFrom = ShareOf(heldOut) is null ? heldOut : null,
            HeldOutShare = ShareOf(heldOut),
            ApplyExifOrientation = orient || earlier?.Description.ApplyExifOrientation == true,
            KeepGrayBits = keepGrayBits || earlier?.Description.KeepGrayBits == true,
        };
    }

    /// <summary>The table, which may have moved, read as it was when the run began.</summary>
    private TableChoice? TableOf(ParseResult arguments, EarlierRun? earlier)
    {
        var given = _table.Given(arguments);
        if (earlier is null)
        {
            return TableChoice.Of(_table.FileOf(arguments), given);
        }

        foreach (var (name, value) in given)
        {
            earlier.RequireSame($"--{name}", value, earlier.Notes.GetValueOrDefault(name));
        }

        return TableChoice.Of(
            _table.FileOf(arguments) ?? earlier.Notes.GetValueOrDefault(TableChoice.Table),
            TableChoice.Names.Where(earlier.Notes.ContainsKey).ToDictionary(name => name, name => earlier.Notes[name]));
    }

    private (int Count, int Fold)? FoldsOf(ParseResult arguments, EarlierRun? earlier)
    {
        var (count, fold) = (arguments.GetValue(_folds), arguments.GetValue(_fold));
        earlier?.RequireSame($"--{RunNotes.Folds}", count?.ToString(CultureInfo.InvariantCulture), earlier.Notes.GetValueOrDefault(RunNotes.Folds));
        earlier?.RequireSame($"--{RunNotes.Fold}", fold?.ToString(CultureInfo.InvariantCulture), earlier.Notes.GetValueOrDefault(RunNotes.Fold));
        count ??= NoteOf(RunNotes.Folds);
        fold ??= NoteOf(RunNotes.Fold);
        return (count, fold) switch
        {
            (null, null) => null,
            ({ } parts and >= 2, { } held and >= 0) when held < parts => (parts, held),
            (null or < 2, _) => throw new UsageException("--fold is one of several parts; say how many with --folds, at least 2."),
            (_, null) => throw new UsageException($"--folds {count} needs --fold, the part to validate with, from 0 to {count - 1}."),
            _ => throw new UsageException($"--fold is {fold}; with --folds {count} it must be from 0 to {count - 1}."),
        };

        int? NoteOf(string name) => earlier?.Notes.GetValueOrDefault(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
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
