using System.CommandLine;
using DenseNetSharp.Cli.Options;
using DenseNetSharp.Images;

namespace DenseNetSharp.Cli.Data;

/// <summary>The options that say how a table of images and their classes is read.</summary>
internal sealed class TableOptions
{
    private readonly Option<string?> _table = new($"--{TableChoice.Table}")
    {
        Description = "a CSV file of images in FOLDER and their classes, instead of sub-folders",
        HelpName = "FILE",
    };

    private readonly Option<string?> _path = Column(
        TableChoice.PathColumn, "the column with the images' paths; one of a usual name, else the first, if not given");

    private readonly Option<string?> _class = Column(
        TableChoice.ClassColumn, "the column with the names of an image's classes; one of a usual name if not given");

    private readonly Option<string[]> _labels = new($"--{TableChoice.LabelColumns}")
    {
        Description = "the columns that stand for a class each, with commas between them; may be repeated",
        HelpName = "NAME,NAME,...",
    };

    private readonly Option<string?> _separator = new($"--{TableChoice.Separator}")
    {
        Description = "what separates columns, a character or tab; a comma, a semicolon or a tab is found if not given",
        HelpName = "CHARACTER",
    };

    private readonly Option<string?> _tagSeparator = new($"--{TableChoice.TagSeparator}")
    {
        Description = "what separates several classes of one image; | if not given",
        HelpName = "TEXT",
    };

    private readonly Option<string?> _ending = new($"--{TableChoice.ImageEnding}")
    {
        Description = "what paths without an ending end in, such as .jpg; the one that is there if not given",
        HelpName = "ENDING",
    };

    private readonly Option<string?> _missing = CheckedOption.Choice(
        $"--{TableChoice.Missing}", "what happens to images that are not there; fail if not given", TableChoice.Fail, TableChoice.Skip);

    private readonly Option<string[]> _uncertain = new($"--{TableChoice.Uncertain}")
    {
        Description = "what -1 is taken for: zero, one, or neither (ignore), which counts in no loss and no metric; of one class with its name; "
            + "may be repeated",
        HelpName = "zero/one/ignore[:CLASS]",
    };

    private readonly Option<string?> _blank = CheckedOption.Choice(
        $"--{TableChoice.Blank}", "what a blank or nan is taken for: zero, or neither (ignore), which counts in no loss and no metric", "zero", "ignore");

    private readonly Option<string?> _group = Column(
        TableChoice.GroupColumn, "the column of what is never divided between training and validation, such as \"Patient ID\"");

    public TableOptions(Command command)
    {
        RequireSeparator(_separator);
        RequireUncertain(_uncertain);
        foreach (var option in new Option[] { _table, _path, _class, _labels, _separator, _tagSeparator, _ending, _missing, _uncertain, _blank, _group })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The table's file; null where none is given.</summary>
    public string? FileOf(ParseResult arguments) => arguments.GetValue(_table);

    /// <summary>What is given of how it is read, by the options' names and as text.</summary>
    public IReadOnlyDictionary<string, string> Given(ParseResult arguments)
    {
        var given = new Dictionary<string, string>();
        foreach (var option in new[] { _path, _class, _separator, _tagSeparator, _missing, _blank, _group })
        {
            Add(option, arguments.GetValue(option));
        }

        Add(_ending, EndingOf(arguments.GetValue(_ending)));
        Add(_labels, arguments.GetValue(_labels) is { Length: > 0 } labels ? string.Join(',', labels) : null);
        Add(_uncertain, arguments.GetValue(_uncertain) is { Length: > 0 } uncertain ? string.Join(';', uncertain.Order(StringComparer.Ordinal)) : null);
        if (arguments.GetValue(_uncertain)?.GroupBy(text => TableChoice.UncertainOf(text)?.Class).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw new UsageException($"--uncertain is {string.Join(" and ", twice)}; it must be one of them.");
        }

        return given.ContainsKey(TableChoice.ClassColumn) && given.ContainsKey(TableChoice.LabelColumns)
            ? throw new UsageException("--class-column and --label-columns are two ways to say the same; give one of them.")
            : given;

        void Add(Option option, string? value)
        {
            if (value is not null)
            {
                given.Add(option.Name.TrimStart('-'), value);
            }
        }
    }

    private static Option<string?> Column(string name, string description) => new($"--{name}")
    {
        Description = description,
        HelpName = "NAME",
    };

    /// <summary>An image's ending as people may write it, without its point.</summary>
    private static string? EndingOf(string? text) => text is not null && ImageFiles.Extensions.Contains($".{text.ToLowerInvariant()}") ? $".{text}" : text;

    private static void RequireSeparator(Option<string?> option) => option.Validators.Add(result =>
    {
        if (result.Tokens is [var token] && TableChoice.CharacterOf(token.Value) is null)
        {
            result.AddError($"{option.Name} is {token.Value}; it must be one character, or tab.");
        }
    });

    private static void RequireUncertain(Option<string[]> option) => option.Validators.Add(result =>
    {
        foreach (var token in result.Tokens.Where(token => TableChoice.UncertainOf(token.Value) is null))
        {
            result.AddError($"{option.Name} is {token.Value}; it must be zero, one or ignore, or one of them for a class, such as one:Edema.");
        }
    });
}
