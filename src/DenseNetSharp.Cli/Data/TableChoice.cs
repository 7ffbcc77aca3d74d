using DenseNetSharp.Classification;
using DenseNetSharp.Cli.Options;
using DenseNetSharp.Cli.Output;
using DenseNetSharp.Datasets;
using DenseNetSharp.Files;

namespace DenseNetSharp.Cli.Data;

/// <summary>A table of images and their classes, and how a command line says that it is read.</summary>
/// <param name="File">The table.</param>
/// <param name="Given">What is given, by the options' names and as text: what a run notes of it.</param>
internal sealed record TableChoice(string File, IReadOnlyDictionary<string, string> Given)
{
    public const string Table = "classes-csv";
    public const string PathColumn = "path-column";
    public const string ClassColumn = "class-column";
    public const string LabelColumns = "label-columns";
    public const string Separator = "separator";
    public const string TagSeparator = "tag-separator";
    public const string ImageEnding = "image-ending";
    public const string Missing = "missing";
    public const string Uncertain = "uncertain";
    public const string Blank = "blank";
    public const string GroupColumn = "group-column";
    public const string Fail = "fail";
    public const string Skip = "skip";

    private static readonly Dictionary<string, UnknownLabel> _unknown = new()
    {
        ["zero"] = UnknownLabel.Zero,
        ["one"] = UnknownLabel.One,
        ["ignore"] = UnknownLabel.Ignore,
    };

    /// <summary>The names of all that may be given.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [PathColumn, ClassColumn, LabelColumns, Separator, TagSeparator, ImageEnding, Missing, Uncertain, Blank, GroupColumn];

    /// <summary>The table that a command line gives, or a run had; null for none.</summary>
    /// <exception cref="UsageException">Something is given of how it is read, but no table.</exception>
    public static TableChoice? Of(string? file, IReadOnlyDictionary<string, string> given) =>
        file is not null ? new TableChoice(file, given)
        : given.Count == 0 ? null
        : throw new UsageException($"--{given.Keys.First()} is for tables; name one with --{Table}.");

    /// <summary>Reads the table, and says on standard error how it was understood and what was left out.</summary>
    /// <param name="folder">What its paths are relative to.</param>
    /// <param name="classNames">The classes in the order of their indices; null for the table's own.</param>
    /// <param name="task">Whether they exclude each other; null for what the table looks like.</param>
    /// <param name="requireAll">Whether it must have all the classes and no others.</param>
    public ImageDataset Load(string folder, IReadOnlyList<string>? classNames = null, ClassificationTask? task = null, bool requireAll = true)
    {
        var missing = new List<string>();
        var uncertain = Given.GetValueOrDefault(Uncertain)?.Split(';').Select(text => UncertainOf(text)!.Value).ToArray() ?? [];
        var dataset = LabelTable.Load(File, new LabelTableOptions
        {
            Folder = folder,
            ClassNames = classNames,
            RequireAll = requireAll,
            Task = task,
            PathColumn = Given.GetValueOrDefault(PathColumn),
            ClassColumn = Given.GetValueOrDefault(ClassColumn),
            LabelColumns = Given.GetValueOrDefault(LabelColumns) is { } columns ? [.. CsvText.Rows(columns)[0].Fields.Select(name => name.Trim())] : null,
            Separator = Given.GetValueOrDefault(Separator) is { } separator ? CharacterOf(separator) : null,
            TagSeparator = Given.GetValueOrDefault(TagSeparator),
            ImageEnding = Given.GetValueOrDefault(ImageEnding),
            GroupColumn = Given.GetValueOrDefault(GroupColumn),
            Uncertain = uncertain.LastOrDefault(entry => entry.Class is null).Taken,
            UncertainOf = uncertain.Where(entry => entry.Class is not null).ToDictionary(entry => entry.Class!, entry => entry.Taken),
            Blank = Given.GetValueOrDefault(Blank) is { } blank ? _unknown[blank] : UnknownLabel.Refuse,
            OnMissing = Given.GetValueOrDefault(Missing) == Skip ? (path, _) => missing.Add(path) : null,
            OnRemark = Say,
        });
        if (missing.Count > 0)
        {
            Say($"{missing.Count} of {missing.Count + dataset.Images.Count} images are not there, and left out: {string.Join(", ", missing.Take(3))}"
                + (missing.Count > 3 ? ", ..." : ""));
        }

        return dataset.Images.Count > 0 ? dataset : throw new InvalidDataException($"Of {File} no image is in {folder}.");

        void Say(string remark) => Console.Error.WriteLine($"densenet: {Terminal.Printable($"{File}: {remark}")}");
    }

    /// <summary>The character that a separator's text means; null for none.</summary>
    public static char? CharacterOf(string text) => text switch
    {
        "tab" or "\\t" => '\t',
        [not '"' and var only] => only,
        _ => null,
    };

    /// <summary>What -1 is taken for, and of which class, where it is one: <c>one:Edema</c>; null where the text is something else.</summary>
    public static (UnknownLabel Taken, string? Class)? UncertainOf(string text)
    {
        var parts = text.Split(':', 2);
        return _unknown.TryGetValue(parts[0].ToLowerInvariant(), out var taken) && parts is [_] or [_, not ""]
            ? (taken, parts.ElementAtOrDefault(1))
            : null;
    }
}
