using DenseNetSharp.Classification;

namespace DenseNetSharp.Datasets;

/// <summary>What each column of a table is for.</summary>
internal sealed record TableColumns
{
    // As CheXpert, NIH's ChestX-ray14, PadChest, HAM10000, ISIC and Kaggle's tables call them; the first column where none is.
    private static readonly string[] _paths =
    [
        "path", "image index", "imageid", "image_id", "image", "image_path", "image_name", "image name", "filename", "file_name", "file", "filepath",
        "file_path", "img", "img_path", "isic_id", "id",
    ];

    private static readonly string[] _classes =
    [
        "finding labels", "labels", "label", "dx", "class", "classes", "diagnosis", "target", "category", "finding", "tags", "breed", "species",
    ];

    private static readonly string[] _partNames = ["split", "set", "subset", "partition"];

    /// <summary>The images' paths.</summary>
    public required int Path { get; init; }

    /// <summary>The names of an image's classes; null where columns stand for a class each.</summary>
    public int? Class { get; init; }

    /// <summary>The columns that stand for a class each; empty where <see cref="Class"/> is one.</summary>
    public IReadOnlyList<int> Labels { get; init; } = [];

    /// <summary>The part of the data that an image was given to; null where the table does not say.</summary>
    public int? Part { get; init; }

    /// <summary>What must not be divided; null for nothing.</summary>
    public int? Group { get; init; }

    /// <summary>Finds them.</summary>
    /// <exception cref="InvalidDataException">A column that is asked for is not there, or there is none for classes.</exception>
    public static TableColumns Of(TableRows table, LabelTableOptions options)
    {
        int[] rest = [.. Enumerable.Range(IsIndex(table) ? 1 : 0, table.Columns.Count - (IsIndex(table) ? 1 : 0))];
        if (rest.Length < table.Columns.Count)
        {
            options.OnRemark?.Invoke("the first column counts the rows, and is left out");
        }

        if (rest.Length < 2)
        {
            throw new InvalidDataException(
                $"{table.Path} has {rest.Length} column; it needs one for the file and at least one for classes. What separates them can be said (Separator, "
                + "--separator).");
        }

        var path = options.PathColumn is { } named ? table.Find(named) : Usual(table, rest, _paths) ?? rest[0];
        var group = options.GroupColumn is { } together ? table.Find(together) : (int?)null;
        var part = rest.FirstOrDefault(column => IsPart(table, column), -1) is >= 0 and var split ? split : (int?)null;
        int[] others = [.. rest.Where(column => column != path && column != group && column != part)];
        var columns = new TableColumns { Path = path, Group = group, Part = part };
        return options.ClassColumn is { } classColumn ? columns with { Class = table.Find(classColumn) }
            : options.LabelColumns is { } labels ? columns with { Labels = Named(table, labels) }
            : Said(Found(columns, table, others, options), table, others, options);
    }

    /// <summary>Whether tables usually have names of classes in a column of this name.</summary>
    public static bool IsUsualForClasses(string name) => _classes.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The columns of classes, by their names and values.</summary>
    private static TableColumns Found(TableColumns columns, TableRows table, int[] others, LabelTableOptions options)
    {
        // A division by numbers is none that is known, and no label either.
        int[] labels = [.. others.Where(column => !_partNames.Contains(table.Columns[column], StringComparer.OrdinalIgnoreCase) && IsLabel(table, column))];
        if (options.ClassNames is { } wanted
            && (options.RequireAll ? wanted.All(name => others.Any(IsCalled(name))) : wanted.Any(name => labels.Any(IsCalled(name)))))
        {
            int[] own = [.. others.Where(column => wanted.Contains(table.Columns[column]))];
            return columns with { Labels = options.RequireAll ? own : [.. own.Union(labels).Order()] };
        }

        var excludes = options.Task == ClassificationTask.Multiclass;
        // 0 and 1 are two classes only where they are said to exclude each other; with a 2 among them they are names.
        if (Usual(table, others, _classes) is { } usual
            && (excludes || table.Cells(usual).Any(cell => LabelValues.Of(cell) == LabelValue.Other)))
        {
            return columns with { Class = usual };
        }

        return (labels, others) switch
        {
            ([var one], _) when excludes => columns with { Class = one },
            ([_, ..], _) => columns with { Labels = labels },
            (_, [var only]) => columns with { Class = only },
            _ => throw new InvalidDataException(
                $"{table.Path} has no column of labels (0 and 1) and none called {string.Join(", ", _classes.Take(4))}; it has "
                + $"{Names(table, others)}: name the one with the classes (ClassColumn, --class-column)."),
        };

        Func<int, bool> IsCalled(string name) => column => table.Columns[column] == name;
    }

    private static int[] Named(TableRows table, IReadOnlyList<string> names) =>
        names.Count > 0 && names.Distinct().Count() == names.Count
            ? [.. names.Select(table.Find)]
            : throw new InvalidDataException($"Of {table.Path} the columns of classes are {string.Join(", ", names)}; there must be some, each once.");

    /// <summary>Tells which columns are left out.</summary>
    private static TableColumns Said(TableColumns columns, TableRows table, int[] others, LabelTableOptions options)
    {
        if (columns is { Class: null, Labels: [_, _, ..] } && options.ClassNames is null)
        {
            string[] classes = [.. columns.Labels.Select(column => table.Columns[column])];
            options.OnRemark?.Invoke($"{classes.Length} columns are a class each: {ClassNamesText.Of(classes, 30)}");
        }

        int[] left = [.. others.Where(column => column != columns.Class && !columns.Labels.Contains(column))];
        if (Names(table, left) is { Length: > 0 } names)
        {
            options.OnRemark?.Invoke($"columns that are no classes are left out: {names}");
        }

        return columns;
    }

    private static string Names(TableRows table, int[] columns) =>
        string.Join(", ", columns.Select(column => table.Columns[column]).Where(name => name.Length > 0));

    /// <summary>Whether the first column counts the rows, as pandas writes it: without a name, or called index beside a path.</summary>
    private static bool IsIndex(TableRows table) => table.Columns.Count > 2
        && (table.Columns[0] is "" or "Unnamed: 0"
            || (table.Columns[0] == "index" && Usual(table, [.. Enumerable.Range(1, table.Columns.Count - 1)], _paths) is not null))
        && table.Cells(0).All(cell => cell.Length > 0 && cell.All(char.IsAsciiDigit));

    /// <summary>Whether a column says to which part of the data each image was given.</summary>
    /// <exception cref="InvalidDataException">It does for some and has something else for others.</exception>
    private static bool IsPart(TableRows table, int column)
    {
        var name = table.Columns[column];
        if (!_partNames.Contains(name, StringComparer.OrdinalIgnoreCase) || !table.Cells(column).Any(cell => PartNames.Of(cell) is not null))
        {
            return false;
        }

        return table.Rows.FirstOrDefault(row => PartNames.Of(row.Fields[column]) is null) is { } odd
            ? throw new InvalidDataException(
                $"{table.Path}, line {odd.Line}: {name} is '{odd.Fields[column]}'; it must be train, val or test, or the column have another name.")
            : true;
    }

    private static int? Usual(TableRows table, int[] among, string[] names) => names
        .Select(name => among.FirstOrDefault(column => table.Columns[column].Equals(name, StringComparison.OrdinalIgnoreCase), -1))
        .FirstOrDefault(column => column >= 0, -1) is >= 0 and var found ? found : null;

    /// <summary>Whether a column's values are labels: most of them, so that a wrong one is found and named.</summary>
    private static bool IsLabel(TableRows table, int column)
    {
        var values = table.Cells(column).Select(LabelValues.Of).Where(value => value != LabelValue.Blank).ToArray();
        return values.Length > 0 && values.Count(value => value == LabelValue.Other) * 2 < values.Length;
    }
}
