using System.CommandLine.Parsing;
using System.Globalization;
using DenseNetSharp.Training;

namespace DenseNetSharp.Cli.FineTuning;

/// <summary>A stage of unfreezing written as <c>EPOCH:MODULE[,MODULE...][:FACTOR]</c>; epochs count from 1.</summary>
internal static class StageArgument
{
    public static TrainingStage[] Parse(ArgumentResult result)
    {
        var stages = new List<TrainingStage>();
        foreach (var text in result.Tokens.Select(token => token.Value))
        {
            if (Parse(text) is { } stage)
            {
                stages.Add(stage);
            }
            else
            {
                result.AddError(
                    $"--unfreeze is {text}; it must be EPOCH:MODULE[,MODULE...][:FACTOR], such as 3:features.denseblock4,features.norm5:0.1.");
            }
        }

        return [.. stages];
    }

    private static TrainingStage? Parse(string text)
    {
        var parts = text.Split(':');
        var factor = 1.0;
        if (parts.Length is < 2 or > 3
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var epoch) || epoch < 1
            || (parts.Length == 3 && !double.TryParse(parts[2], NumberStyles.Float, CultureInfo.InvariantCulture, out factor))
            || !(factor >= 0 && double.IsFinite(factor)))
        {
            return null;
        }

        var modules = parts[1].Split(',');
        return modules.Contains("") ? null : new TrainingStage { Modules = modules, FromEpoch = epoch - 1, LearningRateFactor = factor };
    }
}
