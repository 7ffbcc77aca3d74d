using System.Text.Json;
using System.Text.Json.Serialization;

namespace DenseNetSharp.Images.Json;

/// <summary>An enum's value in JSON by its name, in lower case and read in any: neither a number nor a list of names, which .NET's own
/// converter takes for flags.</summary>
internal sealed class NameConverter<T> : JsonConverter<T>
    where T : struct, Enum
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        var names = Enum.GetNames<T>();
        var found = Array.FindIndex(names, name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
        return found >= 0
            ? Enum.Parse<T>(names[found])
            : throw new JsonException(
                $"{(text is null ? "the value" : $"'{text}'")} must be {string.Join(", ", names[..^1].Select(Lower))} or {Lower(names[^1])}");
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(Lower(value.ToString()));

    private static string Lower(string name) => name.ToLowerInvariant();
}
