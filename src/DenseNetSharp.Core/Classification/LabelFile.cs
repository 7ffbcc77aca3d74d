using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using DenseNetSharp.Files;

namespace DenseNetSharp.Classification;

/// <summary>
/// Class names in a file: text with one a line in the order of their indices, UTF-8; JSON (a list, names by index, indices by name,
/// or a configuration with <c>id2label</c>); or CSV with a column of names, or one of indices and one of names.
/// </summary>
public static partial class LabelFile
{
    /// <summary>Reads the names.</summary>
    /// <param name="path">The file; its ending, <c>.json</c> or <c>.csv</c> or any other, says what it is.</param>
    /// <returns>The names in the order of their indices; in a text, one a line, blanks around it removed, and blank lines at the
    /// file's end do not count.</returns>
    /// <exception cref="InvalidDataException">The file has no names, or not one for each index.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<string> Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            return Path.GetExtension(path).ToLowerInvariant() switch
            {
                ".json" => LabelMap.Parse(Utf8Text.Read(path)),
                ".csv" => ReadCsv(RowsOf(Utf8Text.Read(path))),
                _ => ReadText(Utf8Text.Read(path).Split(["\r\n", "\n", "\r"], StringSplitOptions.None)),
            };
        }
        catch (DecoderFallbackException exception)
        {
            throw new InvalidDataException($"{path} is no text in UTF-8; save it again in that encoding.", exception);
        }
        catch (Exception exception) when (exception is InvalidDataException or FormatException)
        {
            throw new InvalidDataException($"{path} {exception.Message}.", exception);
        }
    }

    /// <summary>Writes names, one a line; the file is complete or as it was before.</summary>
    /// <param name="path">The file.</param>
    /// <param name="names">The names in the order of their indices.</param>
    /// <exception cref="ArgumentException">A name is not one line of text that <see cref="Read"/> would give back.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<string> names)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(names);
        if (names.FirstOrDefault(name => name.Length == 0 || name != name.Trim() || name.AsSpan().IndexOfAny('\r', '\n') >= 0) is { } odd)
        {
            throw new ArgumentException($"'{odd}' cannot stand on a line of its own as a class's name.", nameof(names));
        }

        var bytes = Encoding.UTF8.GetBytes(string.Concat(names.Select(name => $"{name}\n")));
        AtomicFile.Write(path, stream => stream.Write(bytes));
    }

    private static IReadOnlyList<string> ReadText(IEnumerable<string> lines)
    {
        var labels = lines.Select(line => line.Trim()).ToList();
        while (labels.Count > 0 && labels[^1].Length == 0)
        {
            labels.RemoveAt(labels.Count - 1);
        }

        if (labels.Count > 0 && labels.TrueForAll(line => Numbered().IsMatch(line)) && ByNumber(labels) is { } ordered)
        {
            return ordered;
        }

        var blank = labels.IndexOf("");
        return labels.Count == 0 ? throw new InvalidDataException("has no labels")
            : blank >= 0 ? throw new InvalidDataException($"has no label on line {blank + 1}")
            : labels;
    }

    /// <summary>The names of lines that are 'index: name' as in YAML, or with a semicolon or a tab, with 0 and so on in any order; null where the
    /// numbers are no indices, and so are part of the names.</summary>
    private static string[]? ByNumber(IReadOnlyList<string> lines)
    {
        var pairs = lines.Select(line => Numbered().Match(line).Groups)
            .Select(groups => (Index: int.Parse(groups[1].ValueSpan, CultureInfo.InvariantCulture), Name: groups[2].Value.Trim('"', '\'')))
            .OrderBy(pair => pair.Index)
            .ToArray();
        return pairs.Index().All(entry => entry.Item.Index == entry.Index) ? [.. pairs.Select(pair => pair.Name)] : null;
    }

    [GeneratedRegex(@"^(\d{1,6}) *[:;\t]\s*(\S.*)$")]
    private static partial Regex Numbered();

    /// <summary>A table's rows; Excel separates by semicolons where the comma is the decimal point.</summary>
    private static List<(int Line, string[] Fields)> RowsOf(string text) =>
        CsvText.Rows(text, text.Contains(',', StringComparison.Ordinal) ? ',' : ';');

    private static IReadOnlyList<string> ReadCsv(List<(int Line, string[] Fields)> rows)
    {
        if (rows.Count == 0)
        {
            throw new InvalidDataException("has no labels");
        }

        var width = rows[0].Fields.Length;
        if (rows.Find(row => row.Fields.Length != width) is { Fields: not null } odd)
        {
            throw new InvalidDataException($"has {odd.Fields.Length} values on line {odd.Line} and {width} before");
        }

        return width switch
        {
            1 => ReadText((IsHeader(rows[0].Fields[0]) ? rows.Skip(1) : rows).Select(row => row.Fields[0])),
            2 => ReadPairs(rows),
            _ => throw new InvalidDataException($"has {width} columns; it needs one of names, or one of indices and one of names"),
        };
    }

    private static IReadOnlyList<string> ReadPairs(List<(int Line, string[] Fields)> rows)
    {
        // The first row may have the columns' names, the last has values.
        var named = Array.FindIndex(rows[0].Fields, IsIndexsName);
        var index = named >= 0 ? named : IsIndex(rows[^1].Fields[0]) ? 0 : IsIndex(rows[^1].Fields[1]) ? 1
            : throw new InvalidDataException("has two columns, and neither is one of indices");
        var hasHeader = !IsIndex(rows[0].Fields[index]);
        return LabelMap.InOrder(rows.Skip(hasHeader ? 1 : 0).Select(row => IsIndex(row.Fields[index])
            ? (int.Parse(row.Fields[index], CultureInfo.InvariantCulture), row.Fields[1 - index].Trim())
            : throw new InvalidDataException($"has '{row.Fields[index]}' on line {row.Line} where an index was expected")));
    }

    private static bool IsHeader(string name) =>
        name.Trim().ToLowerInvariant() is "name" or "names" or "label" or "labels" or "class" or "classes" or "class_name" or "classname" or "category";

    private static bool IsIndexsName(string name) => name.Trim().ToLowerInvariant() is "index" or "idx" or "id" or "class_id" or "class_index" or "label_id";

    private static bool IsIndex(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out _);
}
