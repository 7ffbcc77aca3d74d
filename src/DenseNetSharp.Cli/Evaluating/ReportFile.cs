using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using DenseNetSharp.Cli.Models;
using DenseNetSharp.Cli.Output;
using DenseNetSharp.Metrics;
using DenseNetSharp.Reports;

namespace DenseNetSharp.Cli.Evaluating;

/// <summary>An evaluation's report.</summary>
internal static class ReportFile
{
    public const string Name = "report.html";

    /// <summary>Writes the report into its file; or into a folder, which is made if it is not there, with its pictures.</summary>
    public static void Write(string path, EvaluationReport report)
    {
        if (EvaluationChoice.IsFile(path))
        {
            report.Save(path);
            return;
        }

        Directory.CreateDirectory(path);
        report.Save(Path.Combine(path, Name));
        EvaluationPlots.Save(path, report.Evaluation!);
    }

    /// <summary>What a report says of the command that it comes from.</summary>
    public static IReadOnlyList<ReportFacts> FactsOf(ParseResult arguments, LoadedNetworks networks, FoundCheckpoint found, bool isFused) =>
    [
        new("Options",
        [
            new("command", $"densenet {string.Join(' ', arguments.Tokens.Select(token => token.Value.Contains(' ') ? $"\"{token.Value}\"" : token.Value))}"),
            new("written", DateTime.Now.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)),
            .. networks.Checkpoints.SelectMany(checkpoint => new KeyValuePair<string, string>[]
            {
                new("weights", checkpoint.Path),
                new("described by", checkpoint.DescribedBy ?? "nothing"),
            }),
            new("task", $"{CheckpointReport.NameOf(found.Task)}{(found.TaskSource is { } source ? $", from {source}" : "")}"),
            new("temperature", string.Join(", ", networks.IsEnsemble ? networks.Checkpoints.Select(TemperatureOf) : [TemperatureOf(found)])),
            new("preset", string.Join(", ", networks.Checkpoints.Select(checkpoint => checkpoint.Preset.Name).Distinct())),
            new("engine", isFused ? Options.EngineOption.Fused : Options.EngineOption.Torch),
        ]),
        new("Versions",
        [
            new("DenseNetSharp", typeof(Evaluation).Assembly.GetName().Version!.ToString(3)),
            new(".NET", RuntimeInformation.FrameworkDescription),
            new("system", RuntimeInformation.RuntimeIdentifier),
        ]),
    ];

    private static string TemperatureOf(FoundCheckpoint found) => LoadedNetworks.TextOf(found.Temperature);
}
