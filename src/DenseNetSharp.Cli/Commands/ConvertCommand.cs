using System.CommandLine;
using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Cli.Options;
using DenseNetSharp.Cli.Output;
using DenseNetSharp.StateDicts;

namespace DenseNetSharp.Cli.Commands;

/// <summary><c>densenet convert IN OUT</c>: rewrites a checkpoint under today's names.</summary>
internal static class ConvertCommand
{
    private static readonly string[] _own = [".pth", ".pt", ".bin", ".ckpt", ".tar", ".safetensors"];

    private static readonly string[] _foreign =
        [".onnx", ".h5", ".hdf5", ".keras", ".pb", ".tflite", ".mlmodel", ".t7", ".npz", ".npy", ".gguf", ".engine", ".json", ".csv", ".txt"];

    public static Command Create()
    {
        var input = new Argument<string>("IN") { Description = "a legacy or zip .pth, or a .safetensors file" };
        var output = new Argument<string>("OUT") { Description = "the file to write; one that is there is replaced" };
        var format = new Option<string?>("--format")
        {
            Description = "how to write it: legacy, zip or safetensors; safetensors if OUT ends so, else zip",
            HelpName = "FORMAT",
        };
        format.AcceptOnlyFromAmong(Enum.GetValues<CheckpointFormat>().Select(CheckpointReport.NameOf).ToArray());
        var json = CommonOptions.Json();
        var command = new Command(
            "convert", "Rewrite a checkpoint with torchvision's names of today, as a bare state dict that PyTorch loads.")
        {
            input, output, format, json,
        };
        command.SetAction(arguments => Run(
            arguments.GetValue(input)!, arguments.GetValue(output)!, arguments.GetValue(format), arguments.GetValue(json)));
        return command;
    }

    /// <summary>Refuses a file whose ending promises what is not written.</summary>
    /// <exception cref="UsageException">The ending is another format's, or unknown.</exception>
    private static void RequireWritable(string output, string? formatName)
    {
        var ending = Path.GetExtension(output).ToLowerInvariant();
        if (_foreign.Contains(ending) || (formatName is null && !_own.Contains(ending)))
        {
            throw new UsageException(
                $"{output}: there is no writing {(ending.Length == 0 ? "a file without an ending" : ending)} files; {string.Join(", ", _own)} are written"
                + $"{(_foreign.Contains(ending) ? "" : ", and others where --format says how")}.");
        }
    }

    private static int Run(string input, string output, string? formatName, bool json)
    {
        RequireWritable(output, formatName);
        var format = formatName is null
            ? Checkpoint.FormatFor(output)
            : Enum.Parse<CheckpointFormat>(formatName, ignoreCase: true);
        using var checkpoint = Checkpoint.Open(input);
        var report = CheckpointReport.Of(checkpoint);
        _ = DenseNetSpec.InferFeatures(checkpoint);
        var standard = DenseNetKeys.Standardize(checkpoint);
        standard.Save(output, format);
        if (json)
        {
            JsonOutput.Write(new
            {
                input,
                output,
                format = CheckpointReport.NameOf(format),
                architecture = report.Spec?.Name,
                numClasses = report.Spec?.NumClasses,
                keyRules = report.Rules,
                reason = report.Reason,
                tensors = standard.Tensors.Count,
            });
            return ExitStatus.Done;
        }

        Console.Out.WriteLine($"{output}: {CheckpointReport.NameOf(format)}, {standard.Tensors.Count} tensors");
        foreach (var line in report.Lines())
        {
            Console.Out.WriteLine(line);
        }

        return ExitStatus.Done;
    }
}
