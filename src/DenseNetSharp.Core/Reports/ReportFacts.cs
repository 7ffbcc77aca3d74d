using System.Text.Json;
using DenseNetSharp.Classification;

namespace DenseNetSharp.Reports;

/// <summary>A heading with what is known below it: a report's options, or its versions.</summary>
/// <param name="Heading">The heading.</param>
/// <param name="Rows">Names and values, in the order in which they are shown.</param>
public sealed record ReportFacts(string Heading, IReadOnlyList<KeyValuePair<string, string>> Rows)
{
    private const string Training = "training.";
    private const string Options = "training.options.";
    private const string Versions = "training.versions.";

    /// <summary>What a run's description says: the run, its options, its versions.</summary>
    /// <param name="run">The description.</param>
    public static IReadOnlyList<ReportFacts> OfRun(RunDescription run)
    {
        ArgumentNullException.ThrowIfNull(run);
        using var document = JsonDocument.Parse(run.ToJson());
        var all = Flat("", document.RootElement).ToList();
        ReportFacts[] facts =
        [
            new("Run",
            [
                .. all.Where(row => !IsBelow(Training, row.Key)),
                .. Below(Training).Where(row => !IsBelow(Options, Training + row.Key) && !IsBelow(Versions, Training + row.Key)),
            ]),
            new("Options", Below(Options)),
            new("Versions", Below(Versions)),
        ];
        return [.. facts.Where(section => section.Rows.Count > 0)];

        IReadOnlyList<KeyValuePair<string, string>> Below(string prefix) =>
        [
            .. all.Where(row => IsBelow(prefix, row.Key))
                .Select(row => KeyValuePair.Create(row.Key[prefix.Length..], row.Value)),
        ];

        static bool IsBelow(string prefix, string name) => name.StartsWith(prefix, StringComparison.Ordinal);
    }

    private static IEnumerable<KeyValuePair<string, string>> Flat(string path, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Null:
                return [];
            case JsonValueKind.Object:
                return element.EnumerateObject().SelectMany(member => Flat(path.Length == 0 ? member.Name : $"{path}.{member.Name}", member.Value));
            case JsonValueKind.Array when element.EnumerateArray().All(item => item.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array)):
                return element.GetArrayLength() == 0 ? [] : [KeyValuePair.Create(path, string.Join(", ", element.EnumerateArray()))];
            case JsonValueKind.Array:
                return element.EnumerateArray().Index().SelectMany(item => Flat($"{path}.{item.Index + 1}", item.Item));
            case JsonValueKind.True or JsonValueKind.False:
                return [KeyValuePair.Create(path, element.GetBoolean() ? "yes" : "no")];
            default:
                return [KeyValuePair.Create(path, element.ToString())];
        }
    }
}
