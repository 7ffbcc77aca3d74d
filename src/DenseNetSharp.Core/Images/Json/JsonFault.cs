using System.Text.Json;

namespace DenseNetSharp.Images.Json;

/// <summary>What is wrong with JSON, and where.</summary>
internal static class JsonFault
{
    /// <summary>The message; messages of our own do not have the place yet.</summary>
    public static string Of(JsonException exception) =>
        exception.Path is { } path && !exception.Message.Contains("Path:", StringComparison.Ordinal)
            ? $"{exception.Message} (at {path}{(exception.LineNumber is { } line ? $", line {line + 1}" : "")})."
            : exception.Message;
}
