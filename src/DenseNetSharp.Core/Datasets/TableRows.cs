using System.Text;
using DenseNetSharp.Files;
using DenseNetSharp.Images;

namespace DenseNetSharp.Datasets;

/// <summary>A line of a table: its number, counted from 1, and its cells without blanks around them.</summary>
internal sealed record TableRow(int Line, string[] Fields);

/// <summary>A table as text has it: the columns' names, and the rows below.</summary>
/// <param name="Path">The file.</param>
/// <param name="Columns">The columns' names.</param>
/// <param name="Rows">The rows, each with as many cells as there are columns.</param>
internal sealed record TableRows(string Path, IReadOnlyList<string> Columns, IReadOnlyList<TableRow> Rows)
{
    private static readonly char[] _separators = [',', ';', '\t'];

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file: UTF-8, RFC 4180 but for the separator.</param>
    /// <param name="separator">What separates columns; null for what the first line has most of.</param>
    /// <param name="isImage">Whether a cell of the first line is an image's path, so that the line is no header.</param>
    /// <param name="onRemark">Told of a separator or a header that was concluded.</param>
    /// <exception cref="InvalidDataException">It is no table; the message names the line.</exception>
    public static TableRows Read(string path, char? separator, Func<string, bool> isImage, Action<string>? onRemark)
    {
        var text = TextOf(path);
        var found = separator ?? SeparatorOf(text);
        if (separator is null && found != ',')
        {
            onRemark?.Invoke($"columns are separated by {(found == '\t' ? "tabs" : "semicolons")}");
        }

        List<TableRow> rows;
        try
        {
            rows = [.. CsvText.Rows(text, found).Select(row => new TableRow(row.Line, [.. row.Fields.Select(field => field.Trim())]))];
        }
        catch (FormatException exception)
        {
            throw new InvalidDataException($"{path} {exception.Message}; its quotation marks do not match.", exception);
        }

        var hasHeader = rows.Count == 0 || !rows[0].Fields.Any(cell => ImageFiles.HasImageExtension(cell) || isImage(cell));
        if (!hasHeader)
        {
            onRemark?.Invoke($"the first line names an image: the columns have no names, and are called {NameOf(0)} and so on");
        }

        var first = rows.Count == 0 ? [] : rows[0].Fields;
        var columns = hasHeader ? first : [.. first.Select((_, i) => NameOf(i))];
        rows = hasHeader ? [.. rows.Skip(1)] : rows;
        if (rows.Count == 0)
        {
            throw new InvalidDataException($"{path} has no rows below its columns' names.");
        }

        if (columns.Where(name => name.Length > 0).GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new InvalidDataException($"{path} has two columns named '{twice.Key}'.");
        }

        return rows.Find(row => row.Fields.Length != columns.Length) is { } odd
            ? throw new InvalidDataException($"{path}, line {odd.Line}: it has {odd.Fields.Length} values, but there are {columns.Length} columns.")
            : new TableRows(path, columns, rows);
    }

    /// <summary>A column's cells.</summary>
    public IEnumerable<string> Cells(int column) => Rows.Select(row => row.Fields[column]);

    /// <summary>A column that somebody names.</summary>
    /// <exception cref="InvalidDataException">There is none of that name.</exception>
    public int Find(string name)
    {
        for (var i = 0; i < Columns.Count; i++)
        {
            if (Columns[i] == name)
            {
                return i;
            }
        }

        throw new InvalidDataException($"{Path} has no column '{name}'; it has {string.Join(", ", Columns.Where(other => other.Length > 0))}.");
    }

    private static string NameOf(int column) => $"column {column + 1}";

    private static string TextOf(string path)
    {
        try
        {
            return Utf8Text.Read(path);
        }
        catch (DecoderFallbackException exception)
        {
            throw new InvalidDataException($"{path} is not UTF-8.", exception);
        }
    }

    private static char SeparatorOf(string text)
    {
        var line = text.AsSpan(0, text.AsSpan().IndexOfAny('\r', '\n') is >= 0 and var end ? end : text.Length).ToString();
        return _separators.MaxBy(separator => line.Count(c => c == separator));
    }
}
