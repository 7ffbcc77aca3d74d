using System.Text.Json;

namespace DenseNetSharp.Images.Json;

/// <summary>What is wrong with JSON, and where, in words for whoever wrote the file: those of the serializer name .NET's types.</summary>
internal static class JsonFault
{
    private const string Missing = "missing required properties including: ";

    /// <summary>The rest of a sentence, with its full stop.</summary>
    public static string Of(JsonException exception)
    {
        var line = exception.LineNumber is { } number ? $"line {number + 1}" : null;
        var path = exception.Path is { Length: > 1 } place ? place : null;
        string[] places = [.. new[] { path, line }.OfType<string>()];
        return $"{WhatIsWrong(exception.Message)}{(places.Length == 0 ? "" : $" (at {string.Join(", ", places)})")}.";
    }

    private static string WhatIsWrong(string message) => message switch
    {
        _ when message.Contains("could not be mapped", StringComparison.Ordinal) && message.Split('\'') is [_, var key, ..] => $"there is no field '{key}'",
        _ when message.IndexOf(Missing, StringComparison.Ordinal) is >= 0 and var start => $"it has no {message[(start + Missing.Length)..].TrimEnd('.')}",
        _ when message.Contains("Duplicate property", StringComparison.Ordinal) && message.Split('\'') is [_, var twice, ..] => $"'{twice}' stands there twice",
        _ when message.Contains("could not be converted", StringComparison.Ordinal) => "a value is not of the kind that is needed there",
        // What the reader says of text that is no JSON.
        _ when message.Contains("LineNumber:", StringComparison.Ordinal) => "it is no JSON, or not all of it",
        _ => message.TrimEnd('.'),
    };
}
