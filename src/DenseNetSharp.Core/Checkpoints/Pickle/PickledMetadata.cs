using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace DenseNetSharp.Checkpoints.Pickle;

/// <summary>
/// Keeps the plain values beside a pickle's tensors as text: an epoch, an accuracy, an architecture's name, or the
/// thresholds and labels of a module's outputs (a list of strings, or a dict between names and numbers, which become JSON). Of the dicts in
/// which scripts keep their settings the labels are kept too, under both names joined by a dot.
/// </summary>
/// <param name="budget">Bounds the text that is made of numbers and lists, and the work that names take.</param>
internal sealed class PickledMetadata(PickleBudget budget)
{
    // What JSON makes of one character at most: \uXXXX.
    private const int MostJsonCharacters = 6;

    private static readonly HashSet<string> _settings = new(StringComparer.Ordinal)
    {
        "hyper_parameters", "hparams", "config", "cfg", "args", "meta", "metadata", "info",
    };

    // Thresholds, and what tells how a network's inputs were prepared.
    private static readonly HashSet<string> _numbers = new(StringComparer.Ordinal) { PickleNames.OperatingThresholds, PickleNames.Thresholds, "mean", "std" };

    // What says of the outputs whether their classes exclude each other.
    private static readonly HashSet<string> _statements = new(StringComparer.Ordinal) { "task", "task_type", "problem_type" };

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string> Values => _values;

    public void Add(PickleDict dict)
    {
        foreach (var (key, value) in dict.Items)
        {
            if (key is string name && (Numbers(name, value) ?? Text(value)) is { } text)
            {
                budget.Spend(name.Length);
                _values[name] = text;
            }
            else if (key is string settings && _settings.Contains(settings) && value is PickleDict inner)
            {
                AddLabels(settings, (inner as PickleObject)?.Attributes ?? inner);
            }
        }
    }

    private void AddLabels(string settings, PickleDict dict)
    {
        foreach (var (key, value) in dict.Items)
        {
            if (key is string name && (Numbers(name, value) ?? Labels(value) ?? (_statements.Contains(name) ? value as string : null)) is { } text)
            {
                budget.Spend(settings.Length + name.Length);
                _values.TryAdd($"{settings}.{name}", text);
            }
        }
    }

    private string? Text(object? value) => value switch
    {
        string text => text,
        bool flag => flag ? "True" : "False",
        long or double or BigInteger => Number((IFormattable)value),
        _ => Labels(value),
    };

    private string? Labels(object? value) => value switch
    {
        PickleList or PickleTuple or PickleObject => Items(value) is { } items ? JsonOfStrings(items) : null,
        PickleDict dict => JsonOfIndices(dict),
        _ => null,
    };

    /// <summary>The items of a list, a tuple or a NumPy array of one dimension.</summary>
    private IReadOnlyList<object?>? Items(object? value) => value switch
    {
        PickleList list => list.Items,
        PickleTuple tuple => tuple.Items,
        PickleObject instance => PickleNumpy.Array(instance, budget),
        _ => null,
    };

    /// <summary>Numbers as text with commas, where they are known to matter: a class's threshold each, where a class without one has none
    /// that it can reach.</summary>
    private string? Numbers(string name, object? value)
    {
        if (!_numbers.Contains(name) || Items(value) is not { Count: > 0 } items)
        {
            return null;
        }

        budget.Spend(items.Count);
        return items.All(item => item is double or long or null)
            ? string.Join(", ", items.Select(item => Number((IFormattable)(item ?? double.NaN))))
            : null;
    }

    private string Number(IFormattable number)
    {
        var text = number.ToString(null, CultureInfo.InvariantCulture);
        budget.Spend(text.Length);
        return text;
    }

    private string? JsonOfStrings(IReadOnlyList<object?> items)
    {
        budget.Spend(items.Count);
        return items.Count > 0 && items.All(item => item is string)
            ? Json(writer =>
            {
                writer.WriteStartArray();
                foreach (var item in items.OfType<string>())
                {
                    budget.Spend(item.Length * (long)MostJsonCharacters);
                    writer.WriteStringValue(item);
                }

                writer.WriteEndArray();
            })
            : null;
    }

    /// <summary>A dict of names by number or of numbers by name, as <c>class_to_idx</c> is one; null for any other.</summary>
    private string? JsonOfIndices(PickleDict dict)
    {
        budget.Spend(dict.Items.Count);
        var isByName = dict.Items.TrueForAll(item => item is { Key: string, Value: long });
        var isByIndex = dict.Items.TrueForAll(item => item.Value is string && (item.Key is long || (item.Key is string key && IsIndex(key))));
        return dict.Items.Count > 0 && (isByName || isByIndex)
            ? Json(writer =>
            {
                writer.WriteStartObject();
                foreach (var (key, value) in dict.Items)
                {
                    var (name, index) = isByName ? ((string)key!, (long)value!)
                        : ((string)value!, key as long? ?? long.Parse((string)key!, CultureInfo.InvariantCulture));
                    budget.Spend((name.Length * (long)MostJsonCharacters) + sizeof(long));
                    if (isByName)
                    {
                        writer.WriteNumber(name, index);
                    }
                    else
                    {
                        writer.WriteString(index.ToString(CultureInfo.InvariantCulture), name);
                    }
                }

                writer.WriteEndObject();
            })
            : null;
    }

    private static bool IsIndex(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static string Json(Action<Utf8JsonWriter> write)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            write(writer);
        }

        return Encoding.UTF8.GetString(json.WrittenSpan);
    }
}
