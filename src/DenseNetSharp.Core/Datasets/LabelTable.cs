using System.Globalization;
using System.Text;
using DenseNetSharp.Classification;
using DenseNetSharp.Files;

namespace DenseNetSharp.Datasets;

/// <summary>A CSV file of images and their classes, for images that may belong to several.</summary>
/// <remarks>
/// The first row has the columns' names, the first column the images' paths, absolute or relative to a folder. Either a
/// column has classes separated by <c>|</c> ("Effusion|Mass"; "No Finding" and nothing mean none): the only one that follows, or
/// <c>Finding Labels</c> among others, as in NIH's ChestX-ray14. Or one column a class follows with 1 or 0 (nothing means 0), as
/// in CheXpert, whose other columns are left out by naming the classes, and whose -1 for uncertain is to be decided first.
/// </remarks>
public static class LabelTable
{
    private const string NoClass = "No Finding";
    private const string ListColumn = "Finding Labels";

    /// <summary>Reads the table. No image is opened, but each must be there.</summary>
    /// <param name="path">The CSV file: UTF-8, RFC 4180.</param>
    /// <param name="folder">What relative paths are relative to; the CSV file's own folder if null.</param>
    /// <param name="classNames">The classes in the order of their indices, from the run that trained a network. Null for the
    /// columns' names, or for those that occur in ordinal order. Where classes are columns, others are left out.</param>
    /// <returns>The images in the table's order.</returns>
    /// <exception cref="InvalidDataException">A row or a value is wrong, or an image is not there; the message names line and
    /// value.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ImageDataset Load(string path, string? folder = null, IReadOnlyList<string>? classNames = null)
    {
        folder ??= Path.GetDirectoryName(Path.GetFullPath(path))!;
        var rows = ReadRows(path);
        var columns = rows[0].Fields;
        if (columns.Length < 2)
        {
            throw new InvalidDataException($"{path} has {columns.Length} column; it needs one for the file and at least one for classes.");
        }

        if (columns.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new InvalidDataException($"{path} has two columns named '{twice.Key}'.");
        }

        var listColumn = FindListColumn(rows);
        Func<Row, IEnumerable<string>> namesOf = listColumn is { } list
            ? row => row.Fields[list].Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(name => name != NoClass)
            : row => columns.Where((name, i) => i > 0 && (classNames is null || classNames.Contains(name)) && IsOne(path, row, i, columns));
        if (listColumn is null && classNames?.Except(columns.Skip(1)).FirstOrDefault() is { } absent)
        {
            throw new InvalidDataException($"{path} has no column for the class '{absent}'; it has {string.Join(", ", columns.Skip(1))}.");
        }

        if (rows.Find(row => row.Fields.Length != columns.Length) is { } odd)
        {
            throw new InvalidDataException($"{path}, line {odd.Line}: it has {odd.Fields.Length} values, but there are {columns.Length} columns.");
        }

        classNames ??= listColumn is not null
            ? rows.Skip(1).SelectMany(namesOf).Distinct().Order(StringComparer.Ordinal).ToArray()
            : columns[1..];
        var indices = classNames.Select((name, i) => (name, i)).ToDictionary(pair => pair.name, pair => pair.i);
        var lines = new Dictionary<string, int>();
        return new ImageDataset(classNames, rows.Skip(1).Select(ToImage), ClassificationTask.Multilabel);

        LabelledImage ToImage(Row row)
        {
            var file = Path.Combine(folder, row.Fields[0]);
            if (!File.Exists(file))
            {
                throw new InvalidDataException($"{path}, line {row.Line}: there is no file {file}.");
            }
            // An image twice could be learned from and validated with.
            if (!lines.TryAdd(Path.GetFullPath(file), row.Line))
            {
                throw new InvalidDataException($"{path}, line {row.Line}: {file} stands on line {lines[Path.GetFullPath(file)]} already.");
            }

            var classes = namesOf(row)
                .Select(name => indices.TryGetValue(name, out var index)
                    ? index
                    : throw new InvalidDataException($"{path}, line {row.Line}: there is no class '{name}'."))
                .Distinct()
                .Order()
                .ToArray();
            return new LabelledImage(file, classes);
        }
    }

    private static List<Row> ReadRows(string path)
    {
        try
        {
            List<Row> rows = [.. CsvText.Rows(Utf8Text.Read(path)).Select(row => new Row(row.Line, [.. row.Fields.Select(field => field.Trim())]))];
            return rows.Count > 1 ? rows : throw new InvalidDataException($"{path} has no rows below its columns' names.");
        }
        catch (FormatException exception)
        {
            throw new InvalidDataException($"{path} {exception.Message}; its quotation marks do not match.", exception);
        }
        catch (DecoderFallbackException exception)
        {
            throw new InvalidDataException($"{path} is not UTF-8.", exception);
        }
    }

    /// <summary>The column whose values are names of classes; null where a column stands for a class.</summary>
    private static int? FindListColumn(List<Row> rows)
    {
        var columns = rows[0].Fields;
        if (Array.IndexOf(columns, ListColumn) is > 0 and int column)
        {
            return column;
        }

        var isOneClass = rows.Skip(1).All(row => row.Fields.ElementAtOrDefault(1)?.Trim() is "" or "0" or "1" or "0.0" or "1.0");
        return columns.Length == 2 && !isOneClass ? 1 : null;
    }

    private static bool IsOne(string path, Row row, int column, string[] columns)
    {
        var text = row.Fields[column].Trim();
        if (text.Length == 0)
        {
            return false;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is 0 or 1
            ? value == 1
            : throw new InvalidDataException($"{path}, line {row.Line}: {columns[column]} is '{text}'; it must be 0 or 1.");
    }

    private sealed record Row(int Line, string[] Fields);
}
