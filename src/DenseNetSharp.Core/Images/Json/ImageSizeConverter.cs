using System.Text.Json;
using System.Text.Json.Serialization;

namespace DenseNetSharp.Images.Json;

/// <summary>A size in JSON: written as an object of height and width, read from a number for a square too.</summary>
internal sealed class ImageSizeConverter : JsonConverter<ImageSize>
{
    private const string Expected = "a size is a whole number, for a square, or an object with a height and a width";

    public override ImageSize Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            return Length(ref reader);
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException(Expected);
        }

        int? height = null, width = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isHeight = reader.ValueTextEquals("height");
            if (!isHeight && !reader.ValueTextEquals("width"))
            {
                throw new JsonException($"{Expected}, not '{reader.GetString()}'");
            }

            reader.Read();
            (isHeight ? ref height : ref width) = Length(ref reader);
        }

        return height is { } rows && width is { } columns ? new ImageSize(rows, columns) : throw new JsonException(Expected);
    }

    public override void Write(Utf8JsonWriter writer, ImageSize value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteNumber("height", value.Height);
        writer.WriteNumber("width", value.Width);
        writer.WriteEndObject();
    }

    private static int Length(ref Utf8JsonReader reader) =>
        WholeNumberConverter.TryRead(ref reader, out var length) ? length : throw new JsonException(Expected);
}
