using System.CommandLine;
using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Checkpoints.Hdf5;
using DenseNetSharp.Classification;
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
        var input = new Argument<string>("IN")
        {
            Description = "a legacy or zip .pth, a .safetensors file, what TorchSharp's save wrote, or Keras's .h5",
        };
        var output = new Argument<string>("OUT") { Description = "the file to write; one that is there is replaced" };
        var format = new Option<string?>("--format")
        {
            Description = "how to write it: legacy, zip, safetensors or torchsharp (TorchSharp's own); safetensors if OUT ends so, else zip",
            HelpName = "FORMAT",
        };
        format.AcceptOnlyFromAmong(Enum.GetValues<CheckpointFormat>().Select(CheckpointReport.NameOf).ToArray());
        var noStrict = CommonOptions.NoStrict();
        var json = CommonOptions.Json();
        var command = new Command(
            "convert", "Rewrite a checkpoint with torchvision's names of today, as a bare state dict that PyTorch loads.")
        {
            input, output, format, noStrict, json,
        };
        command.SetAction(arguments => Run(
            arguments.GetValue(input)!,
            arguments.GetValue(output)!,
            arguments.GetValue(format),
            !arguments.GetValue(noStrict),
            arguments.GetValue(json)));
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
                $"{output}: there is no writing {(ending.Length == 0 ? "files without an ending" : ending + " files")}; {string.Join(", ", _own)} are written"
                + $"{(ending == ".onnx" ? "; 'densenet export' writes ONNX" : _foreign.Contains(ending) ? "" : ", and others where --format says how")}.");
        }

        var isSafetensors = ending == $".{CheckpointReport.NameOf(CheckpointFormat.Safetensors)}";
        if (isSafetensors && formatName is not null && formatName != CheckpointReport.NameOf(CheckpointFormat.Safetensors))
        {
            throw new UsageException($"{output} ends as safetensors do, and --format says {formatName}; name another file, or leave --format out.");
        }
    }

    private static int Run(string input, string output, string? formatName, bool strict, bool json)
    {
        RequireWritable(output, formatName);
        var format = formatName is null
            ? Checkpoint.FormatFor(output)
            : Enum.Parse<CheckpointFormat>(formatName, ignoreCase: true);
        using var checkpoint = KerasWeights.Open(input);
        var report = CheckpointReport.Of(checkpoint);
        var match = StateDictMatch.Create(DenseNetSpec.InferFeatures(checkpoint), checkpoint);
        if (strict)
        {
            match.RequireExact();
        }

        var standard = DenseNetKeys.Standardize(match.Unexpected.Count == 0 ? checkpoint : Without(match.Unexpected, checkpoint));
        standard.Save(output, format);
        ReportLost(report, output);
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
                aside = report.Aside,
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

    private static Checkpoint Without(IReadOnlyList<string> keys, Checkpoint checkpoint) =>
        new(checkpoint.Tensors.Where(item => !keys.Contains(item.Key)), checkpoint.Metadata, checkpoint.ModuleVersions);

    /// <summary>Says what was known of the network's use and is not any more, for a bare state dict has no place for it.</summary>
    private static void ReportLost(CheckpointReport before, string output)
    {
        if (before.Described is not { } known)
        {
            return;
        }

        using var written = Checkpoint.Open(output);
        var now = DescribedCheckpoint.Of(written);
        var lost = new List<string>();
        if (known.Spec.BatchNormEpsilon != now.Spec.BatchNormEpsilon)
        {
            lost.Add($"the batch norms' epsilon ({PythonText.Of(known.Spec.BatchNormEpsilon)})");
        }

        if (known.Description?.Preset is { } preset && preset != now.Description?.Preset)
        {
            lost.Add($"the preset {Terminal.Printable(preset.Name)} (--preset)");
        }

        if (known.Task != now.Task)
        {
            lost.Add($"the task (--task {CheckpointReport.NameOf(known.Task)})");
        }

        if (known.Temperature != 1 && now.Temperature == 1)
        {
            lost.Add("the temperature");
        }

        if (known.Thresholds is not null && now.Thresholds is null)
        {
            lost.Add("the thresholds");
        }

        if (known.Labels is not null && now.Labels is null)
        {
            lost.Add("the class names (--labels)");
        }

        if (lost.Count > 0)
        {
            Console.Error.WriteLine(
                $"densenet: {Terminal.Printable(output)} does not say any more: {string.Join(", ", lost)}; a {RunDescription.FileName} beside it can");
        }
    }
}
