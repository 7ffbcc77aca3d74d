using System.Globalization;
using System.Text;
using DenseNetSharp.Files;

namespace DenseNetSharp.Reports;

/// <summary>
/// A training run's <c>metrics.csv</c>: a header, then a row an epoch. The columns are <c>epoch</c>,
/// <c>learning_rate</c>, <c>training_loss</c>, <c>validation_loss</c>, <c>seconds</c> and one a metric.
/// </summary>
/// <remarks>
/// UTF-8, RFC 4180 (commas, CRLF, quotes where a name needs them), numbers with a point whatever the culture and with
/// the digits that give the same number back; what an epoch does not have is an empty field. Python's <c>csv</c> and
/// <c>float</c> read all of it.
/// </remarks>
public static class MetricsTable
{
    private static readonly string[] FixedColumns = ["epoch", "learning_rate", "training_loss", "validation_loss", "seconds"];

    /// <summary>Writes the table; the file is complete or as it was before.</summary>
    /// <param name="path">The file.</param>
    /// <param name="epochs">The epochs in rising order; with none, the table is a header.</param>
    /// <exception cref="ArgumentException">Epochs do not rise, or a metric has the name of another column.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Write(string path, IReadOnlyList<EpochRecord> epochs)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        EpochRecords.Validate(epochs);
        var metrics = EpochRecords.MetricNames(epochs);
        if (metrics.FirstOrDefault(FixedColumns.Contains) is string taken)
        {
            throw new ArgumentException($"A metric cannot be named {taken}: that is another column's name.", nameof(epochs));
        }

        var text = new StringBuilder(CsvText.Line([.. FixedColumns, .. metrics]));
        foreach (var epoch in epochs)
        {
            text.Append(CsvText.Line(
            [
                epoch.Epoch.ToString(CultureInfo.InvariantCulture),
                Text(epoch.LearningRate),
                Text(epoch.TrainingLoss),
                Text(epoch.ValidationLoss),
                Text(epoch.Seconds),
                .. metrics.Select(name => Text(epoch.Metric(name))),
            ]));
        }

        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        AtomicFile.Write(path, stream => stream.Write(bytes));
    }

    /// <summary>Reads the table.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The epochs; an empty field is a null validation loss, or a metric that the epoch does not have.</returns>
    /// <exception cref="InvalidDataException">The file is no such table; the message names the file and the line.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static IReadOnlyList<EpochRecord> Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            return Parse(File.ReadAllText(path, new UTF8Encoding(false, throwOnInvalidBytes: true)));
        }
        catch (FormatException exception)
        {
            throw new InvalidDataException($"{path} {exception.Message}.", exception);
        }
        catch (DecoderFallbackException exception)
        {
            throw new InvalidDataException($"{path} is not UTF-8.", exception);
        }
    }

    private static List<EpochRecord> Parse(string text)
    {
        var rows = CsvText.Rows(text);
        if (rows is not [var (_, columns), ..] || !columns.Take(FixedColumns.Length).SequenceEqual(FixedColumns))
        {
            throw new FormatException($"does not begin with the header {string.Join(',', FixedColumns)}");
        }

        if (columns.Distinct(StringComparer.Ordinal).Count() < columns.Length)
        {
            throw new FormatException("has two columns of the same name");
        }

        var epochs = new List<EpochRecord>();
        foreach (var (line, fields) in rows.Skip(1))
        {
            if (fields.Length != columns.Length)
            {
                throw new FormatException($"has {fields.Length} fields on line {line}, not {columns.Length}");
            }

            var epoch = Epoch(columns, fields, line);
            if (epochs.Count > 0 && epoch.Epoch <= epochs[^1].Epoch)
            {
                throw new FormatException($"has epoch {epoch.Epoch} on line {line}, after epoch {epochs[^1].Epoch}");
            }

            epochs.Add(epoch);
        }

        return epochs;
    }

    private static EpochRecord Epoch(string[] columns, string[] fields, int line)
    {
        if (!int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var epoch))
        {
            throw new FormatException($"has no epoch number on line {line}");
        }

        try
        {
            return new EpochRecord
            {
                Epoch = epoch,
                LearningRate = Required(1),
                TrainingLoss = Required(2),
                ValidationLoss = Optional(3),
                Seconds = Required(4),
                Metrics = Enumerable.Range(FixedColumns.Length, columns.Length - FixedColumns.Length)
                    .Where(column => Optional(column) is not null)
                    .Select(column => new EpochMetric(columns[column], Required(column)))
                    .ToList(),
            };
        }
        catch (ArgumentException exception)
        {
            throw new FormatException("has a column whose name is blank or has control characters", exception);
        }

        double? Optional(int column) => fields[column].Length == 0 ? null : Required(column);

        double Required(int column) =>
            double.TryParse(fields[column], NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                ? value
                : throw new FormatException($"has no number for {columns[column]} on line {line}");
    }

    private static string Text(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";
}
