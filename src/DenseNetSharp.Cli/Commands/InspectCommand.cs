using System.CommandLine;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Checkpoints.Hdf5;
using DenseNetSharp.Cli.Options;
using DenseNetSharp.Cli.Output;
using Spectre.Console;

namespace DenseNetSharp.Cli.Commands;

/// <summary><c>densenet inspect CHECKPOINT</c>: what is in a file and which DenseNet it fits.</summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("CHECKPOINT")
        {
            Description = "a legacy or zip .pth, a .safetensors file, what TorchSharp's save wrote, or Keras's .h5",
        };
        var json = CommonOptions.Json();
        var command = new Command("inspect", "Show a checkpoint's format and tensors, and which DenseNet it fits.") { path, json };
        command.SetAction(arguments => Run(arguments.GetValue(path)!, arguments.GetValue(json)));
        return command;
    }

    private static int Run(string path, bool json)
    {
        using var checkpoint = KerasWeights.Open(path);
        var report = CheckpointReport.Of(checkpoint);
        var format = checkpoint.Format is { } known ? CheckpointReport.NameOf(known) : "hdf5";
        if (json)
        {
            JsonOutput.Write(new
            {
                format,
                architecture = report.Spec?.Name,
                numClasses = report.Spec?.NumClasses,
                wrapper = checkpoint.Wrapper,
                keyRules = report.Rules,
                aside = report.Aside,
                unexpected = report.Unexpected,
                unexpectedModules = report.UnexpectedModules,
                task = report.Described is { } described ? CheckpointReport.NameOf(described.Task) : null,
                taskSource = report.Described?.TaskSource,
                classNames = report.Described?.Labels,
                notes = report.Described?.Remarks,
                reason = report.Reason ?? report.Fault,
                metadata = checkpoint.Metadata,
                tensors = checkpoint.Tensors.Select(item => new
                {
                    name = item.Key,
                    dtype = item.Value.DataType.TorchName(),
                    shape = item.Value.Shape,
                }),
            });
            return ExitStatus.Done;
        }

        var table = Terminal.Table(2, "tensor", "dtype", "shape");
        foreach (var (name, tensor) in checkpoint.Tensors)
        {
            table.AddRow(
                Markup.Escape(Terminal.Printable(name)),
                tensor.DataType.TorchName(),
                Markup.Escape($"[{string.Join(", ", tensor.Shape)}]"));
        }

        Terminal.Output.Write(table);
        Console.Out.WriteLine($"format: {format}");
        Console.Out.WriteLine($"tensors: {checkpoint.Tensors.Count}");
        foreach (var line in report.Lines())
        {
            Console.Out.WriteLine(line);
        }

        foreach (var (name, value) in checkpoint.Metadata)
        {
            Console.Out.WriteLine($"metadata: {Terminal.Printable(name)} = {Terminal.Printable(value)}");
        }

        return ExitStatus.Done;
    }
}
