using System.Text.Encodings.Web;
using System.Text.Json;

namespace DenseNetSharp.Cli.Output;

/// <summary>Results as JSON: one document on standard output and nothing else there, or lines of a file.</summary>
internal static class JsonOutput
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        // Labels are for people: no \u0027 for an apostrophe.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly JsonSerializerOptions LineOptions = new(Options) { WriteIndented = false };

    /// <summary>A number as JSON can have it: null for one that is none, or infinite.</summary>
    public static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;

    /// <summary>A document in one line of UTF-8, with its end.</summary>
    public static byte[] Line<T>(T document) => [.. JsonSerializer.SerializeToUtf8Bytes(document, LineOptions), (byte)'\n'];

    /// <summary>A document as a file has it.</summary>
    public static byte[] File<T>(T document) => [.. JsonSerializer.SerializeToUtf8Bytes(document, Options), (byte)'\n'];

    public static void Write<T>(T document) => Console.Out.WriteLine(JsonSerializer.Serialize(document, Options));
}
