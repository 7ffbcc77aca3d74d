using DenseNetSharp.Classification;

namespace DenseNetSharp.Datasets;

/// <summary>Reads cells that have the names of an image's classes.</summary>
internal static class TableTags
{
    private const string NoClass = "No Finding";

    /// <summary>The names in a cell: separated, or as Python prints a list of them, which PadChest's table has.</summary>
    /// <param name="table">The table.</param>
    /// <param name="row">The row.</param>
    /// <param name="column">The column.</param>
    /// <param name="options">How the table is read.</param>
    /// <returns>The names, each once; null for a blank.</returns>
    /// <exception cref="InvalidDataException">They are no names, but ones and zeros.</exception>
    public static string[]? Of(TableRows table, TableRow row, int column, LabelTableOptions options)
    {
        var cell = row.Fields[column];
        // What means none elsewhere may be the name of a class where classes exclude each other.
        var isOne = options.Task == ClassificationTask.Multiclass;
        if (cell.Length == 0 || (LabelValues.Of(cell) == LabelValue.Blank && !(isOne && cell.Equals("none", StringComparison.OrdinalIgnoreCase))))
        {
            return null;
        }

        var names = cell is ['[', .., ']']
            ? ListOf(cell[1..^1]).ToArray()
            : cell.Split(options.TagSeparator ?? "|", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (cell is ['[', .., ']'] && names.Length > 1 && names.All(name => name is "0" or "1") && names.Distinct().Count() < names.Length)
        {
            throw new InvalidDataException(
                $"{table.Path}, line {row.Line}: '{cell}' looks like a one or a zero for each class, of classes without names; give each a column of its own.");
        }

        return isOne || options.ClassNames?.Contains(NoClass) == true
            ? [.. names.Distinct()]
            : [.. names.Where(name => !name.Equals(NoClass, StringComparison.OrdinalIgnoreCase)).Distinct()];
    }

    /// <summary>Cells that another separator takes apart into classes that stand alone elsewhere are several classes, not one of a long
    /// name.</summary>
    /// <exception cref="InvalidDataException">There are such cells.</exception>
    public static void RequireOneSeparator(TableRows table, int column, IEnumerable<string> names)
    {
        var alone = names.ToHashSet(StringComparer.Ordinal);
        var cells = table.Rows.Select(row => row.Fields[column]).Distinct().ToArray();
        foreach (var separator in new[] { ';', ',', ' ', '/', '+', '&' })
        {
            var joint = table.Rows.FirstOrDefault(row => row.Fields[column] is var cell && cell is not ['[', ..] && cell.Contains(separator)
                && cell.Split(separator, StringSplitOptions.TrimEntries) is [_, _, ..] parts
                && parts.All(part => alone.Contains(part) || (separator is ';' or ',' && IsShared(part, separator))));
            if (joint is not null)
            {
                throw new InvalidDataException(
                    $"{table.Path}, line {joint.Line}: '{joint.Fields[column]}' looks like several classes separated by '{separator}'; say so (TagSeparator, "
                    + $"--tag-separator '{separator}'), or that it is one (--tag-separator '|').");
            }
        }

        // A list has the same words in other company; a name with a comma in it seldom has.
        bool IsShared(string part, char separator) =>
            cells.Count(cell => cell.Split(separator, StringSplitOptions.TrimEntries) is [_, _, ..] parts && parts.Contains(part)) > 1;
    }

    /// <summary>What stands between quotes, else between commas.</summary>
    private static IEnumerable<string> ListOf(string text)
    {
        if (text.IndexOfAny(['\'', '"']) < 0)
        {
            return text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        }

        var names = new List<string>();
        for (var i = text.IndexOfAny(['\'', '"']); i >= 0; i = text.IndexOfAny(['\'', '"'], i + 1))
        {
            var end = text.IndexOf(text[i], i + 1);
            end = end < 0 ? text.Length : end;
            names.Add(text[(i + 1)..end].Trim());
            i = Math.Min(end, text.Length - 1);
        }

        return names.Where(name => name.Length > 0);
    }
}
