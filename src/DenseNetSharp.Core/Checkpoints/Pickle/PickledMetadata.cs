using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace DenseNetSharp.Checkpoints.Pickle;

/// <summary>
/// Keeps the plain values beside a pickle's tensors as text: an epoch, an accuracy, an architecture's name, or the
/// labels of a module's outputs (a list of strings, which becomes JSON).
/// </summary>
/// <param name="budget">Bounds the text that is made of numbers and lists, and the work that names take.</param>
internal sealed class PickledMetadata(PickleBudget budget)
{
    // What JSON makes of one character at most: \uXXXX.
    private const int MostJsonCharacters = 6;

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string> Values => _values;

    public void Add(PickleDict dict)
    {
        foreach (var (key, value) in dict.Items)
        {
            if (key is string name && Text(value) is { } text)
            {
                budget.Spend(name.Length);
                _values[name] = text;
            }
        }
    }

    private string? Text(object? value) => value switch
    {
        string text => text,
        bool flag => flag ? "True" : "False",
        long or double or BigInteger => Number((IFormattable)value),
        PickleList list => JsonOfStrings(list),
        _ => null,
    };

    private string Number(IFormattable number)
    {
        var text = number.ToString(null, CultureInfo.InvariantCulture);
        budget.Spend(text.Length);
        return text;
    }

    private string? JsonOfStrings(PickleList list)
    {
        budget.Spend(list.Items.Count);
        if (list.Items.Count == 0 || !list.Items.TrueForAll(item => item is string))
        {
            return null;
        }

        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartArray();
            foreach (var item in list.Items.OfType<string>())
            {
                budget.Spend(item.Length * (long)MostJsonCharacters);
                writer.WriteStringValue(item);
            }

            writer.WriteEndArray();
        }

        return Encoding.UTF8.GetString(json.WrittenSpan);
    }
}
