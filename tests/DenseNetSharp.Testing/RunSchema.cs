using System.Text.Json;
using Json.Schema;

namespace DenseNetSharp.Testing;

/// <summary>The JSON schema of <c>run.json</c> that docs has.</summary>
public static class RunSchema
{
    private static readonly Lazy<JsonSchema> _schema = new(() => JsonSchema.FromFile(Path.Combine(AppContext.BaseDirectory, "run.schema.json")));

    /// <summary>What of a text the schema refuses, a line each; empty for a text that it takes.</summary>
    public static IReadOnlyList<string> FaultsOf(string json)
    {
        using var document = JsonDocument.Parse(json);
        var results = _schema.Value.Evaluate(document.RootElement, new EvaluationOptions { OutputFormat = OutputFormat.List });
        return results.IsValid
            ? []
            : [$"{json} is refused", .. results.Details!.SelectMany(detail => (detail.Errors ?? new Dictionary<string, string>()).Select(error => $"{detail.InstanceLocation}: {error.Value}"))];
    }
}
