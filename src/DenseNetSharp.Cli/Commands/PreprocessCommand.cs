using System.CommandLine;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Cli.Models;
using DenseNetSharp.Cli.Options;
using DenseNetSharp.Cli.Output;
using DenseNetSharp.Images;

namespace DenseNetSharp.Cli.Commands;

/// <summary><c>densenet preprocess</c>: what a network sees of an image, as a tensor in a file.</summary>
internal static class PreprocessCommand
{
    private const string TensorName = "pixels";

    // Endings that promise another format.
    private static readonly string[] _foreign =
        [".npy", ".npz", ".csv", ".txt", ".json", ".pth", ".pt", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp"];

    public static Command Create()
    {
        var input = new Argument<string>("IMAGE") { Description = "the image; - is standard input" };
        InputFiles.RequireNames(input);
        var output = new Option<string>("--out")
        {
            Description = $"the file that gets the tensor '{TensorName}', float32 [1, C, H, W]",
            HelpName = "FILE.safetensors",
            Required = true,
        };
        var json = CommonOptions.Json();
        var command = new Command("preprocess", "Write what a network sees of an image.") { input, output, json };
        var reading = new ReadingOptions(command);
        var preset = new PresetOptions(command);
        // On another thread, for the handler of Ctrl-C is in place only once the action has returned its task.
        command.SetAction((arguments, cancellationToken) => Task.Run(() => Run(
            arguments.GetValue(input)!,
            arguments.GetValue(output)!,
            preset.Of(arguments),
            reading.Of(arguments),
            arguments.GetValue(json),
            cancellationToken)));
        return command;
    }

    private static int Run(string input, string output, PresetChoice choice, ImageReading reading, bool json, CancellationToken cancellationToken)
    {
        var remarks = new List<string>();
        var preset = choice.Over(ImagePreset.TorchvisionImageNet, remarks);
        if (output.Length == 0)
        {
            throw new UsageException("--out is empty; name a file.");
        }

        if (input != InputFiles.StandardInput && Path.GetFullPath(output) == Path.GetFullPath(input))
        {
            throw new UsageException($"--out {output} is the image itself; name another file.");
        }

        if (_foreign.Contains(Path.GetExtension(output), StringComparer.OrdinalIgnoreCase))
        {
            throw new UsageException($"--out is {output}; what a network sees is written as safetensors, which {Path.GetExtension(output)} files are not.");
        }

        foreach (var remark in remarks)
        {
            Console.Error.WriteLine($"densenet: {remark}");
        }

        RgbImage image;
        try
        {
            image = reading.Load(input, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{input}: {(Directory.Exists(input) ? "it is a folder." : Failure.ReasonOf(input, exception))}", exception);
        }

        reading.ReportLosses();
        var size = preset.OutputSize(image.Height, image.Width);
        long[] shape = [1, preset.Channels, size.Height, size.Width];
        using var checkpoint = new Checkpoint(
            new Dictionary<string, CheckpointTensor> { [TensorName] = CheckpointTensor.FromArray(preset.Apply(image), shape) },
            new Dictionary<string, string> { ["preset"] = preset.Name });
        checkpoint.Save(output, CheckpointFormat.Safetensors);
        if (json)
        {
            JsonOutput.Write(new { image = input, output, preset = preset.Name, tensor = new { name = TensorName, dtype = "float32", shape } });
        }
        else
        {
            Console.Out.WriteLine(
                $"{output}: {TensorName}, float32 [{string.Join(", ", shape)}], from {image.Width}x{image.Height} pixels by preset {preset.Name}");
        }

        return ExitStatus.Done;
    }
}
