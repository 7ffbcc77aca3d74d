using nietras.SeparatedValues;

namespace DenseNetSharp.Files;

/// <summary>Comma-separated values as RFC 4180 has them. Read, a line may end in LF alone; empty lines do not count.</summary>
internal static class CsvText
{
    private const char Quote = '"';

    public static string Line(IEnumerable<string> fields) => string.Join(',', fields.Select(Quoted)) + "\r\n";

    /// <summary>The rows with the number of the line that each begins on, counted from 1.</summary>
    /// <param name="text">The text.</param>
    /// <param name="separator">What separates fields.</param>
    /// <exception cref="FormatException">Quotes are out of place; the message ends a sentence about the text.</exception>
    public static List<(int Line, string[] Fields)> Rows(string text, char separator = ',')
    {
        var rows = new List<(int Line, string[] Fields)>();
        // What a quote may stand beside is checked here: the reader takes any.
        using var reader = Sep.New(separator).Reader(options => options with { HasHeader = false, DisableColCountCheck = true }).FromText(text);
        var line = 1;
        foreach (var row in reader)
        {
            var fields = new string[row.ColCount];
            for (var i = 0; i < fields.Length; i++)
            {
                fields[i] = Content(row[i].Span, line);
            }

            if (fields is not [""])
            {
                rows.Add((line, fields));
            }

            line += 1 + row.Span.Count('\n');
        }

        return rows;
    }

    private static string Quoted(string field) => field.AsSpan().ContainsAny(",\"\r\n")
        ? $"{Quote}{field.Replace("\"", "\"\"", StringComparison.Ordinal)}{Quote}"
        : field;

    private static string Content(ReadOnlySpan<char> field, int line)
    {
        if (!field.StartsWith(Quote))
        {
            return field.Contains(Quote) ? throw new FormatException($"has a quote inside a field on line {line}") : field.ToString();
        }

        for (var i = 1; i < field.Length; i++)
        {
            if (field[i] != Quote)
            {
                continue;
            }

            if (i == field.Length - 1)
            {
                return field[1..i].ToString().Replace("\"\"", "\"", StringComparison.Ordinal);
            }

            i += field[i + 1] == Quote ? 1 : throw new FormatException($"has something after a closing quote on line {line}");
        }

        throw new FormatException($"has a quote on line {line} that is not closed");
    }
}
