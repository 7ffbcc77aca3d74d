using System.Globalization;
using System.Text.RegularExpressions;
using DenseNetSharp.Classification;

namespace DenseNetSharp.Datasets;

/// <summary>A CSV file of images and their classes.</summary>
/// <remarks>
/// Either a column has the names of an image's classes (<c>Finding Labels</c>, <c>dx</c>, <c>label</c>, ... ; several separated by
/// <c>|</c>, "No Finding" for none), or one column a class says 1 or 0, true or false, yes or no. Columns are known by the names that
/// CheXpert, NIH's ChestX-ray14, PadChest, HAM10000, ISIC, RSNA and Kaggle give them, and by their values; each can be named in
/// <see cref="LabelTableOptions"/>, which also say what -1 ("uncertain") and blanks ("not mentioned") are taken for.
/// </remarks>
public static partial class LabelTable
{
    /// <summary>Reads the table. No image is opened, but each must be there.</summary>
    /// <param name="path">The CSV file: UTF-8, RFC 4180.</param>
    /// <param name="folder">What relative paths are relative to; the CSV file's own folder if null.</param>
    /// <param name="classNames">The classes in the order of their indices, from the run that trained a network. Null for the
    /// columns' names, or for those that occur in ordinal order. Where classes are columns, others are left out.</param>
    /// <returns>The images in the table's order.</returns>
    /// <exception cref="InvalidDataException">A row or a value is wrong, or an image is not there; the message names line and
    /// value.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ImageDataset Load(string path, string? folder = null, IReadOnlyList<string>? classNames = null) =>
        Load(path, new LabelTableOptions { Folder = folder, ClassNames = classNames });

    /// <summary>Reads the table. No image is opened.</summary>
    /// <param name="path">The CSV file: UTF-8, RFC 4180 but for the separator.</param>
    /// <param name="options">How it is read.</param>
    /// <returns>The images in the table's order.</returns>
    /// <exception cref="InvalidDataException">A row or a value is wrong or to be decided first, a column or an image is not there; the
    /// message names line and value.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ImageDataset Load(string path, LabelTableOptions options)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(options);
        var files = new TableImages(options.Folder ?? Path.GetDirectoryName(Path.GetFullPath(path))!, options);
        var table = TableRows.Read(path, options.Separator, files.IsThere, options.OnRemark);
        var columns = TableColumns.Of(table, options);
        var labels = columns.Class is { } tags ? NamesOf(table, tags, options) : ColumnsOf(table, columns, options);
        return Build(table, columns, options, files, labels);
    }

    /// <summary>A column has the classes' names.</summary>
    private static TableLabels NamesOf(TableRows table, int tags, LabelTableOptions options)
    {
        string[]?[] names = [.. table.Rows.Select(row => IsUncertain(row.Fields[tags])
            ? NumbersOf(table, row, tags, options)
            : TableTags.Of(table, row, tags, options)
                ?? (options.Blank == UnknownLabel.Zero ? [] : options.Blank == UnknownLabel.Ignore ? null : throw NotMentioned(table, row, tags)))];
        var known = names.OfType<string[]>().ToArray();

        // Where a network has a class of that name, it is one.
        bool IsUncertain(string cell) => LabelValues.Of(cell) == LabelValue.Uncertain && options.ClassNames?.Contains(cell) != true;

        var task = options.Task ?? (known.All(image => image.Length == 1) ? ClassificationTask.Multiclass : ClassificationTask.Multilabel);
        if (options is { TagSeparator: null, Task: not ClassificationTask.Multiclass })
        {
            TableTags.RequireOneSeparator(table, tags, known.SelectMany(image => image));
        }

        if (options.Task is null)
        {
            options.OnRemark?.Invoke(task == ClassificationTask.Multiclass
                ? $"each image has one class, in the column {table.Columns[tags]}: they are taken to exclude each other"
                : $"images have several classes or none, in the column {table.Columns[tags]}");
        }

        var all = InOrder(known.SelectMany(image => image));
        if (options.ClassNames is null
            && all.GroupBy(PointlessOf, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1) is { } alike)
        {
            throw new InvalidDataException(
                $"{table.Path} calls classes in the column {table.Columns[tags]} {string.Join(" and ", alike.Select(name => $"'{name}'"))}, which look like "
                + "one; write it in one way.");
        }

        var classNames = TableLabels.ClassesOf(table, all, areColumns: false, task, options);
        var indices = Indices(classNames);
        var isShared = !options.RequireAll;
        return new TableLabels(classNames, task, (row, i) =>
        {
            if (names[i] is not { } own)
            {
                // What is not known of classes that exclude each other says nothing.
                return task == ClassificationTask.Multiclass ? null : ([], [.. Enumerable.Range(0, classNames.Count)]);
            }

            int[] classes =
            [
                .. own.Where(name => !isShared || indices.ContainsKey(name)).Select(name => indices.TryGetValue(name, out var index)
                    ? index
                    : throw new InvalidDataException($"{table.Path}, line {row.Line}: there is no class '{name}'.")).Order(),
            ];
            return isShared && task == ClassificationTask.Multiclass && classes.Length < own.Length ? null : (classes, []);
        });
    }

    /// <summary>What -1 stands for among classes that are numbers; null for an image that says nothing.</summary>
    private static string[]? NumbersOf(TableRows table, TableRow row, int column, LabelTableOptions options) => options.Uncertain switch
    {
        UnknownLabel.Zero => ["0"],
        UnknownLabel.One => ["1"],
        UnknownLabel.Ignore => null,
        _ => throw Uncertain(table, row, column),
    };

    /// <summary>A column stands for a class.</summary>
    private static TableLabels ColumnsOf(TableRows table, TableColumns columns, LabelTableOptions options)
    {
        if (columns.Labels is [var only] && options is { Task: null, LabelColumns: null, ClassNames: null }
            && TableColumns.IsUsualForClasses(table.Columns[only]))
        {
            options.OnRemark?.Invoke(
                $"{table.Columns[only]} is one class, 1 or 0; as multiclass, 0 and 1 are two classes that exclude each other");
        }

        foreach (var name in options.UncertainOf.Keys)
        {
            table.Find(name);
        }

        var task = options.Task ?? ClassificationTask.Multilabel;
        var classNames = TableLabels.ClassesOf(table, [.. columns.Labels.Select(column => table.Columns[column])], areColumns: true, task, options);
        var indices = Indices(classNames);
        (int Column, int Index)[] own =
        [
            .. columns.Labels.Where(column => indices.ContainsKey(table.Columns[column])).Select(column => (column, indices[table.Columns[column]]))
                .OrderBy(label => label.Item2),
        ];
        var isShared = !options.RequireAll;
        int[] others = [.. columns.Labels.Where(column => !indices.ContainsKey(table.Columns[column]))];
        return new TableLabels(classNames, task, (row, _) =>
        {
            // An image of none of the shared classes is of another one of the network's, of which the table says nothing.
            if (task == ClassificationTask.Multiclass && isShared && own.Length < classNames.Count
                && own.All(label => LabelValues.Of(row.Fields[label.Column]) is LabelValue.Zero or LabelValue.Blank))
            {
                return null;
            }

            if (task == ClassificationTask.Multiclass && others.Any(column => LabelValues.Of(row.Fields[column]) == LabelValue.One))
            {
                return null;
            }

            var values = own.Select(label => (label.Index, Value: ValueOf(table, row, label.Column, options))).ToArray();
            int[] unknown = [.. values.Where(label => label.Value == UnknownLabel.Ignore).Select(label => label.Index)];
            return task == ClassificationTask.Multiclass && unknown.Length > 0
                ? throw new InvalidDataException(
                    $"{table.Path}, line {row.Line}: {classNames[unknown[0]]} is unknown, and classes that exclude each other cannot be ignored one by one; "
                    + "take it for zero (--blank zero, --uncertain zero), or each class by itself (--task multilabel).")
                : ([.. values.Where(label => label.Value == UnknownLabel.One).Select(label => label.Index)], unknown);
        });
    }

    private static ImageDataset Build(TableRows table, TableColumns columns, LabelTableOptions options, TableImages files, TableLabels labels)
    {
        var rows = new TableImageRows(table);
        var leftOut = 0;
        for (var i = 0; i < table.Rows.Count; i++)
        {
            var row = table.Rows[i];
            var written = row.Fields[columns.Path];
            if (written.Length == 0)
            {
                throw new InvalidDataException($"{table.Path}, line {row.Line}: {table.Columns[columns.Path]}, the image's path, is blank.");
            }

            if (labels.Of(row, i) is not var (classes, unknown))
            {
                leftOut++;
                continue;
            }

            if (files.Find(written) is not { } file)
            {
                if (options.OnMissing is null)
                {
                    throw new InvalidDataException(
                        $"{table.Path}, line {row.Line}: there is no file {Path.Combine(files.Folder, written)}; such images can be left out (OnMissing, "
                        + "--missing skip).");
                }

                options.OnMissing(written, row.Line);
                continue;
            }

            if (labels.Task == ClassificationTask.Multiclass && classes.Length != 1)
            {
                throw new InvalidDataException(
                    $"{table.Path}, line {row.Line}: {written} has {classes.Length} classes, where of classes that exclude each other exactly one is right; "
                    + "--task multilabel takes each class by itself.");
            }

            rows.Add(row, new LabelledImage(file, classes)
            {
                Unknown = unknown,
                Group = GroupOf(row, columns),
                Part = columns.Part is { } part ? PartNames.Of(row.Fields[part]) : null,
            });
        }

        if (leftOut > 0)
        {
            options.OnRemark?.Invoke($"{leftOut} {(leftOut == 1 ? "image is" : "images are")} left out, whose class is none of them or not known");
        }

        if (columns.Group is { } group && rows.Images.Count(image => image.Group is null) is > 0 and var alone)
        {
            if (alone == rows.Images.Count)
            {
                throw new InvalidDataException($"{table.Path} has nothing in {table.Columns[group]}, which is to say what is not divided.");
            }

            options.OnRemark?.Invoke($"{alone} {(alone == 1 ? "image has" : "images have")} no {table.Columns[group]}: each is a group of its own");
        }

        if (rows.Repeated > 0)
        {
            options.OnRemark?.Invoke($"{rows.Repeated} rows name an image again, with the same classes; each image counts once");
        }

        return new ImageDataset(labels.ClassNames, rows.Images, labels.Task);
    }

    /// <summary>What an image belongs to; null where the table does not say, which does not make all such images one group.</summary>
    private static string? GroupOf(TableRow row, TableColumns columns) =>
        columns.Group is { } group && LabelValues.Of(row.Fields[group]) != LabelValue.Blank ? PointlessOf(row.Fields[group]) : null;

    /// <summary>A number without the ".0" that it gets where a column has been one of floating point: 1.0 is 1.</summary>
    private static string PointlessOf(string cell) => WholeNumber().Match(cell) is { Success: true, Groups: var parts } ? parts[1].Value : cell;

    [GeneratedRegex(@"^([+-]?\d+)\.0+$", RegexOptions.CultureInvariant)]
    private static partial Regex WholeNumber();

    /// <summary>What a cell is taken for: zero, one or neither.</summary>
    private static UnknownLabel ValueOf(TableRows table, TableRow row, int column, LabelTableOptions options)
    {
        var name = table.Columns[column];
        var cell = row.Fields[column];
        return LabelValues.Of(cell) switch
        {
            LabelValue.Zero => UnknownLabel.Zero,
            LabelValue.One => UnknownLabel.One,
            LabelValue.Uncertain => options.UncertainOf.GetValueOrDefault(name, options.Uncertain) is not UnknownLabel.Refuse and var taken
                ? taken
                : throw Uncertain(table, row, column),
            LabelValue.Blank => options.Blank is not UnknownLabel.Refuse and var taken ? taken : throw NotMentioned(table, row, column),
            _ => throw new InvalidDataException(
                $"{table.Path}, line {row.Line}: {name} is '{cell}'; it must be 0 or 1, true or false, yes or no. If {name} is no class, name those that are "
                + "(LabelColumns, --label-columns)."),
        };
    }

    private static InvalidDataException Uncertain(TableRows table, TableRow row, int column) => new(
        $"{table.Path}, line {row.Line}: {table.Columns[column]} is {row.Fields[column]}, uncertain; say what that is taken for: zero, one or ignore "
        + "(Uncertain, --uncertain).");

    private static InvalidDataException NotMentioned(TableRows table, TableRow row, int column) => new(
        $"{table.Path}, line {row.Line}: {table.Columns[column]} is {(row.Fields[column].Length == 0 ? "blank" : row.Fields[column])}, not mentioned; say "
        + "what that is taken for: zero or ignore (Blank, --blank).");

    /// <summary>Ordinal order; numbers by their size.</summary>
    private static string[] InOrder(IEnumerable<string> names)
    {
        string[] all = [.. names.Distinct()];
        return all.All(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            ? [.. all.OrderBy(name => int.Parse(name, CultureInfo.InvariantCulture))]
            : [.. all.Order(StringComparer.Ordinal)];
    }

    private static Dictionary<string, int> Indices(IReadOnlyList<string> classNames) =>
        classNames.Select((name, i) => (name, i)).ToDictionary(pair => pair.name, pair => pair.i, StringComparer.Ordinal);
}
