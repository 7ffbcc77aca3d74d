using System.Text;

namespace DenseNetSharp.Files;

/// <summary>Comma-separated values as RFC 4180 has them. Read, a line may end in LF alone; empty lines do not count.</summary>
internal static class CsvText
{
    public static string Line(IEnumerable<string> fields) => string.Join(',', fields.Select(Quote)) + "\r\n";

    /// <summary>The rows with the number of the line that each begins on, counted from 1.</summary>
    /// <exception cref="FormatException">Quotes are out of place; the message ends a sentence about the text.</exception>
    public static IEnumerable<(int Line, IReadOnlyList<string> Fields)> Rows(string text)
    {
        int line = 1;
        int position = 0;
        while (position < text.Length)
        {
            int first = line;
            var fields = new List<string>();
            do
            {
                fields.Add(Field(text, ref position, ref line));
            }
            while (TakeComma(text, ref position));
            if (!TakeLineEnd(text, ref position))
            {
                throw new FormatException($"has something after a closing quote on line {line}");
            }
            line++;
            if (fields is not [""])
            {
                yield return (first, fields);
            }
        }
    }

    private static string Quote(string field) =>
        field.AsSpan().ContainsAny(",\"\r\n") ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;

    private static string Field(string text, ref int position, ref int line)
    {
        int start = position;
        if (position == text.Length || text[position] != '"')
        {
            int length = text.AsSpan(start).IndexOfAny(",\r\n");
            position = length < 0 ? text.Length : start + length;
            string field = text[start..position];
            return field.Contains('"') ? throw new FormatException($"has a quote inside a field on line {line}") : field;
        }
        var content = new StringBuilder();
        int opening = line;
        for (position++; position < text.Length; position++)
        {
            if (text[position] == '"' && (++position == text.Length || text[position] != '"'))
            {
                return content.ToString();
            }
            line += text[position] == '\n' ? 1 : 0;
            content.Append(text[position]);
        }
        throw new FormatException($"has a quote on line {opening} that is not closed");
    }

    private static bool TakeComma(string text, ref int position)
    {
        bool taken = position < text.Length && text[position] == ',';
        position += taken ? 1 : 0;
        return taken;
    }

    private static bool TakeLineEnd(string text, ref int position)
    {
        ReadOnlySpan<char> rest = text.AsSpan(position);
        int length = rest.StartsWith("\r\n") ? 2 : rest.StartsWith("\n") ? 1 : 0;
        position += length;
        return length > 0 || rest.IsEmpty;
    }
}
