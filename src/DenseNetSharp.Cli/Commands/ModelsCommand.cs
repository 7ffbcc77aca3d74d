using System.CommandLine;
using System.Globalization;
using DenseNetSharp.Architectures;
using DenseNetSharp.Cli.Options;
using DenseNetSharp.Cli.Output;
using DenseNetSharp.Weights;
using DenseNetSharp.Weights.Caching;
using Spectre.Console;

namespace DenseNetSharp.Cli.Commands;

/// <summary><c>densenet models</c>: every architecture and every file of pretrained weights.</summary>
internal static class ModelsCommand
{
    public static Command Create()
    {
        var json = CommonOptions.Json();
        var command = new Command("models", "List the architectures and their pretrained weights, and which are in the cache.") { json };
        command.SetAction(arguments => Run(arguments.GetValue(json)));
        return command;
    }

    private static int Run(bool json)
    {
        if (json)
        {
            JsonOutput.Write(new
            {
                architectures = DenseNetArchitectures.All.Select(spec => new
                {
                    name = spec.Name,
                    parameters = spec.ParameterCount,
                    input = CommonOptions.UsualSideOf(spec),
                    macs = MultiplyAddsOf(spec),
                    features = spec.FeatureCount,
                    minimumInputSize = spec.MinimumInputSize,
                }),
                weights = PretrainedWeightsCatalog.All.Select(entry => new
                {
                    name = entry.Name,
                    aliases = entry.Aliases,
                    architecture = entry.ArchitectureName,
                    isBuilt = entry.Architecture is not null,
                    parameters = entry.ParameterCount,
                    gigaMacs = entry.GigaMultiplyAdds,
                    sizeMiB = entry.SizeInMebibytes,
                    accuracies = entry.Accuracies.Select(accuracy => new
                    {
                        preset = accuracy.Preset.Name,
                        top1 = accuracy.Top1,
                        top5 = accuracy.Top5,
                    }),
                    preset = entry.Preset,
                    url = entry.Url,
                    sha256 = entry.Sha256Prefix,
                    classes = entry.NumClasses,
                    license = entry.License,
                    recipe = entry.Recipe,
                    cached = entry.FindCachedFile(),
                }),
            });
            return ExitStatus.Done;
        }

        var architectures = Terminal.Table(1, "architecture", "parameters", "GMACs", "at", "features", "smallest input");
        foreach (var spec in DenseNetArchitectures.All)
        {
            architectures.AddRow(
                spec.Name!,
                spec.ParameterCount.ToString("N0", CultureInfo.InvariantCulture),
                Number(MultiplyAddsOf(spec) / 1e9, "F3"),
                $"{CommonOptions.UsualSideOf(spec)}x{CommonOptions.UsualSideOf(spec)}",
                $"{spec.FeatureCount}",
                $"{spec.MinimumInputSize}x{spec.MinimumInputSize}");
        }

        Terminal.Output.Write(architectures);
        var weights = Terminal.Table(4, "weights", "architecture", "preset", "cached", "parameters", "GMACs", "MiB", "top-1 %", "top-5 %");
        foreach (var entry in PretrainedWeightsCatalog.All)
        {
            weights.AddRow(
                entry.Name,
                entry.ArchitectureName,
                entry.Preset.Name,
                entry.FindCachedFile() is null ? "no" : "yes",
                entry.ParameterCount.ToString("N0", CultureInfo.InvariantCulture),
                Number(entry.GigaMultiplyAdds, "0.00#"),
                Number(entry.SizeInMebibytes, "F1"),
                Number(entry.Top1Accuracy, "F2"),
                Number(entry.Top5Accuracy, "F2"));
        }

        Terminal.Output.Write(weights);
        Console.Out.WriteLine($"cache: {HubCache.Directory}");
        return ExitStatus.Done;
    }

    private static long MultiplyAddsOf(DenseNetSpec spec) => spec.MultiplyAddCount(CommonOptions.UsualSideOf(spec), CommonOptions.UsualSideOf(spec));

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
