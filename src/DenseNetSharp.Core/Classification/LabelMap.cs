using System.Globalization;
using System.Text.Json;

namespace DenseNetSharp.Classification;

/// <summary>Class names in JSON: a list in the order of the indices, names by index, or indices by name.</summary>
internal static class LabelMap
{
    // What configurations of the field have around the names; Hugging Face's config.json, a run.json, fastai, Keras.
    private static readonly string[] _wrappers =
        ["id2label", "idx_to_class", "label2id", "class_to_idx", "classNames", "class_names", "classes", "labels", "categories"];

    /// <summary>Reads names.</summary>
    /// <param name="json">The text.</param>
    /// <returns>The names in the order of their indices.</returns>
    /// <exception cref="InvalidDataException">It has none, or not one for each index; the message ends a sentence about the text.</exception>
    public static IReadOnlyList<string> Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Read(document.RootElement);
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"is no JSON: {exception.Message}", exception);
        }
    }

    private static IReadOnlyList<string> Read(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Array when element.GetArrayLength() > 0 && element.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String):
                return [.. element.EnumerateArray().Select(item => item.GetString()!)];
            case JsonValueKind.Object:
                if (_wrappers.Where(name => element.TryGetProperty(name, out var inner) && inner.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
                    .FirstOrDefault() is { } wrapper)
                {
                    return Read(element.GetProperty(wrapper));
                }

                return InOrder(element.EnumerateObject().Select(Pair));
            default:
                throw new InvalidDataException("has no list of names, no names by index and no indices by name");
        }
    }

    /// <summary>The names in the order of their indices, which must be 0 and so on without a gap.</summary>
    /// <exception cref="InvalidDataException">They are not; the message ends a sentence about where they come from.</exception>
    public static IReadOnlyList<string> InOrder(IEnumerable<(int Index, string Name)> pairs)
    {
        var names = new SortedDictionary<int, string>();
        foreach (var (index, name) in pairs)
        {
            if (!names.TryAdd(index, name))
            {
                throw new InvalidDataException($"has two names for the index {index}: '{names[index]}' and '{name}'");
            }
        }

        var gap = names.Keys.Index().FirstOrDefault(item => item.Index != item.Item, (Index: names.Count, Item: names.Count)).Index;
        return names.Count > 0 && gap == names.Count
            ? [.. names.Values]
            : throw new InvalidDataException($"has no name for the index {gap}");
    }

    private static (int Index, string Name) Pair(JsonProperty property) => property.Value switch
    {
        { ValueKind: JsonValueKind.String } name when IsIndex(property.Name, out var index) => (index, name.GetString()!),
        // Keras's imagenet_class_index.json: an id of WordNet's, then the name.
        { ValueKind: JsonValueKind.Array } names when IsIndex(property.Name, out var index)
            && names.EnumerateArray().LastOrDefault() is { ValueKind: JsonValueKind.String } last => (index, last.GetString()!),
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt32(out var index) => (index, property.Name),
        _ => throw new InvalidDataException($"has neither an index with a name nor a name with an index in '{property.Name}'"),
    };

    private static bool IsIndex(string text, out int index) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out index);
}
