using System.CommandLine;
using DenseNetSharp.Architectures;
using DenseNetSharp.Classification;
using DenseNetSharp.Cli.Models;
using DenseNetSharp.Cli.Options;
using DenseNetSharp.Cli.Output;
using DenseNetSharp.Images;
using DenseNetSharp.Onnx;

namespace DenseNetSharp.Cli.Commands;

/// <summary><c>densenet export OUT.onnx</c>: writes a network for ONNX Runtime and others.</summary>
internal sealed class ExportCommand
{
    private readonly Command _command = new("export", "Write a network as ONNX, with its class names and how images are prepared as metadata.");

    private readonly Argument<string> _output = new("OUT.onnx") { Description = "the file to write; one that is there is replaced" };
    private readonly Option<bool> _softmax = new("--softmax") { Description = "probabilities of classes that exclude each other, instead of logits" };
    private readonly Option<bool> _sigmoid = new("--sigmoid") { Description = "a probability for each class by itself, instead of logits" };
    private readonly Option<bool> _features = new("--features") { Description = "the pooled features that the classifier sees, instead of logits" };

    private readonly Option<bool> _preprocess = new("--preprocess")
    {
        Description = "have the graph take 8-bit pixels, [n, height, width, channels], already resized and cropped, and scale and normalise them itself",
    };

    private readonly Option<bool> _float16 = new("--float16") { Description = "write weights in half precision: half the file, the same memory and time" };
    private readonly Option<bool> _fold = new("--fold") { Description = "make batch norms a part of the convolutions that they directly follow" };

    private readonly Option<ImageSizeArgument?> _input = new("--input")
    {
        Description = "the only size of images that the graph takes; any if not given",
        HelpName = "HxW",
        CustomParser = ImageSizeArgument.Parse,
    };

    private readonly Option<string?> _labels = CommonOptions.Labels();
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly NetworkOptions _network;

    private ExportCommand()
    {
        _command.Arguments.Add(_output);
        foreach (var option in new Option[] { _softmax, _sigmoid, _features, _preprocess, _float16, _fold, _input, _labels, _json })
        {
            _command.Options.Add(option);
        }

        _network = new NetworkOptions(_command, computes: false);
        _command.SetAction((arguments, cancellationToken) => Task.Run(() => Run(arguments, cancellationToken)));
    }

    public static Command Create() => new ExportCommand()._command;

    private int Run(ParseResult arguments, CancellationToken cancellationToken)
    {
        var output = arguments.GetValue(_output)!;
        var (softmax, sigmoid, features) = (arguments.GetValue(_softmax), arguments.GetValue(_sigmoid), arguments.GetValue(_features));
        RequireUsage(output, softmax, sigmoid, features);
        var found = _network.Find(arguments, arguments.GetValue(_labels), features, cancellationToken);
        var spec = features ? found.Spec with { NumClasses = 0, Head = [] } : found.Spec;
        var size = arguments.GetValue(_input);
        if (size is not null && Math.Min(size.Height, size.Width) < spec.MinimumInputSize)
        {
            throw new UsageException(
                $"--input is {size.Height}x{size.Width}; {found.Weights} takes {spec.MinimumInputSize}x{spec.MinimumInputSize} at least.");
        }

        var options = new OnnxExportOptions
        {
            Activation = softmax ? OnnxActivation.Softmax : sigmoid ? OnnxActivation.Sigmoid : OnnxActivation.None,
            IncludesPreprocessing = arguments.GetValue(_preprocess),
            Float16Weights = arguments.GetValue(_float16),
            FoldBatchNorms = arguments.GetValue(_fold),
            Size = size is null ? null : new ImageSize(size.Height, size.Width),
            Preset = found.Preset,
            ClassNames = features ? null : found.Labels,
            Task = features ? null : found.Task,
            Temperature = features || found.Temperature == 1 || IsAgainstTask(softmax, sigmoid, found.Task) ? null : found.Temperature,
            Thresholds = features || found.Task != ClassificationTask.Multilabel ? null : found.Thresholds,
        };
        if (IsAgainstTask(softmax, sigmoid, found.Task))
        {
            Console.Error.WriteLine(
                $"densenet: --{(softmax ? "softmax" : "sigmoid")} is not what the task of {found.Weights} is, {CheckpointReport.NameOf(found.Task)}"
                + (found.Temperature == 1 ? "" : $", to which the temperature {LoadedNetworks.TextOf(found.Temperature)} belongs: it is not used"));
        }

        ReportTemperature(options, found);
        found.ExportOnnx(output, spec, options);
        Report(output, spec, options, arguments.GetValue(_json));
        return ExitStatus.Done;
    }

    private static void RequireUsage(string output, bool softmax, bool sigmoid, bool features)
    {
        if (!Path.GetExtension(output).Equals(".onnx", StringComparison.OrdinalIgnoreCase))
        {
            throw new UsageException($"{output} does not end in .onnx, which is what is written.");
        }

        if ((softmax ? 1 : 0) + (sigmoid ? 1 : 0) + (features ? 1 : 0) > 1)
        {
            throw new UsageException("--softmax, --sigmoid and --features exclude each other.");
        }
    }

    private static bool IsAgainstTask(bool softmax, bool sigmoid, ClassificationTask task) =>
        (softmax && task != ClassificationTask.Multiclass) || (sigmoid && task != ClassificationTask.Multilabel);

    /// <summary>Says what becomes of a temperature.</summary>
    private static void ReportTemperature(OnnxExportOptions options, FoundCheckpoint found)
    {
        if (options.Temperature is { } temperature)
        {
            var text = LoadedNetworks.TextOf(temperature);
            Console.Error.WriteLine(options.Activation == OnnxActivation.None
                ? $"densenet: the logits are the network's; its probabilities are theirs divided by the temperature {text} ({found.DescribedBy}), which is "
                    + "among the metadata"
                : $"densenet: probabilities at temperature {text} ({found.DescribedBy}), by which the graph divides the logits");
        }
    }

    private static void Report(string output, DenseNetSpec spec, OnnxExportOptions options, bool json)
    {
        var bytes = new FileInfo(output).Length;
        if (json)
        {
            JsonOutput.Write(new
            {
                output,
                format = "onnx",
                opset = OnnxExport.OpsetVersion,
                architecture = spec.Name,
                numClasses = spec.NumClasses,
                preset = options.Preset!.Name,
                bytes,
            });
            return;
        }

        Console.Out.WriteLine(
            $"{output}: ONNX, opset {OnnxExport.OpsetVersion}, {spec.Name ?? "a DenseNet without a name"}, "
            + $"{(spec.NumClasses > 0 ? $"{spec.NumClasses} {(spec.NumClasses == 1 ? "class" : "classes")}" : "features")}, {bytes} bytes");
    }
}
