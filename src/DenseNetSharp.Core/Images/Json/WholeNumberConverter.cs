using System.Text.Json;
using System.Text.Json.Serialization;

namespace DenseNetSharp.Images.Json;

/// <summary>A whole number in JSON, also as 224.0, which other writers make of it and a schema's <c>integer</c> takes.</summary>
internal sealed class WholeNumberConverter : JsonConverter<int>
{
    public override int Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TryRead(ref reader, out var value) ? value : throw new JsonException("a whole number is needed there");

    public override void Write(Utf8JsonWriter writer, int value, JsonSerializerOptions options) => writer.WriteNumberValue(value);

    /// <summary>Reads the number that a reader stands at.</summary>
    public static bool TryRead(ref Utf8JsonReader reader, out int value)
    {
        value = 0;
        if (reader.TokenType != JsonTokenType.Number || !reader.TryGetDouble(out var number)
            || number != Math.Truncate(number) || Math.Abs(number) > int.MaxValue)
        {
            return false;
        }

        value = (int)number;
        return true;
    }
}
