using System.CommandLine;
using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;
using Spectre.Console;

namespace DenseNetSharp.Cli.Commands;

/// <summary><c>densenet inspect CHECKPOINT</c>: what is in a file and which DenseNet it fits.</summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("CHECKPOINT") { Description = "a legacy or zip .pth, or a .safetensors file" };
        var json = CommonOptions.Json();
        var command = new Command("inspect", "Show a checkpoint's format and tensors, and which DenseNet it fits.") { path, json };
        command.SetAction(arguments => Run(arguments.GetValue(path)!, arguments.GetValue(json)));
        return command;
    }

    private static int Run(string path, bool json)
    {
        using var checkpoint = Checkpoint.Open(path);
        var mapped = DenseNetKeys.Map(checkpoint);
        _ = DenseNetShapes.TryInfer(checkpoint, out var spec, out var reason);
        var format = checkpoint.Format!.Value.ToString().ToLowerInvariant();
        if (json)
        {
            JsonOutput.Write(new
            {
                format,
                architecture = spec?.Name,
                numClasses = spec?.NumClasses,
                wrapper = checkpoint.Wrapper,
                keyRules = mapped.Rules.Select(rule => new { name = rule.Name, description = rule.Description, count = rule.Count }),
                reason,
                tensors = checkpoint.Tensors.Select(t => new
                {
                    name = t.Key,
                    dtype = t.Value.DataType.ToString().ToLowerInvariant(),
                    shape = t.Value.Shape,
                }),
            });
            return Program.ExitStatus(everythingDone: true);
        }

        var output = Terminal.Output;
        var table = Terminal.Table(2, "tensor", "dtype", "shape");
        foreach (var (name, tensor) in checkpoint.Tensors)
        {
            table.AddRow(
                Markup.Escape(name), tensor.DataType.ToString().ToLowerInvariant(), Markup.Escape($"[{string.Join(", ", tensor.Shape)}]"));
        }

        output.Write(table);
        Console.Out.WriteLine($"format: {format}");
        Console.Out.WriteLine($"tensors: {checkpoint.Tensors.Count}");
        Console.Out.WriteLine(spec is null ? $"fits: no DenseNet. {reason}" : $"fits: {Describe(spec)}");
        foreach (var rule in mapped.Rules)
        {
            Console.Out.WriteLine($"keys: {rule.Description} ({rule.Count})");
        }

        return Program.ExitStatus(everythingDone: true);
    }

    private static string Describe(DenseNetSpec spec) =>
        (spec.Name ?? $"a DenseNet of growth rate {spec.GrowthRate}, blocks ({string.Join(", ", spec.BlockConfig)}), "
            + $"{spec.InitFeatures} initial features, bottleneck size {spec.BottleneckSize}")
        + $", {spec.NumClasses} classes, {spec.InputChannels} input channels";
}
