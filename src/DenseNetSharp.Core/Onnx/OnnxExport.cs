using System.Globalization;
using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Classification;
using DenseNetSharp.Files;
using DenseNetSharp.Images;
using DenseNetSharp.StateDicts;

namespace DenseNetSharp.Onnx;

/// <summary>Writes networks as ONNX (https://onnx.ai), without Python and without a tensor library.</summary>
public static class OnnxExport
{
    /// <summary>The version of ONNX's operators that is written.</summary>
    public const int OpsetVersion = 17;

    // The version of the format that came with opset 17.
    private const int FormatVersion = 8;

    /// <summary>The name of the dimension that counts the images.</summary>
    internal const string Batch = "batch";

    /// <summary>Writes a checkpoint's network as an ONNX file, as PyTorch computes it in evaluation. The graph takes <c>images</c>,
    /// <c>[batch, C, height, width]</c>, and gives <c>logits</c>, <c>[batch, classes]</c> (or <c>probabilities</c>; <c>features</c> or
    /// <c>maps</c> where there is no classifier). Its initialisers have the names of torchvision's state dict.</summary>
    /// <param name="checkpoint">The checkpoint; it stays the caller's.</param>
    /// <param name="path">The file to write; one that is there is replaced once the new one is complete.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="CheckpointMismatchException">The checkpoint does not fit the network in the options.</exception>
    /// <exception cref="InvalidDataException">It is no DenseNet's, its description is none, a weight is beyond half precision, or the file
    /// would be larger than the 2 GB that ONNX allows.</exception>
    /// <exception cref="ArgumentException">An option is impossible, which the message explains.</exception>
    /// <exception cref="InvalidOperationException">The preset contradicts itself; the message says how.</exception>
    /// <exception cref="IOException">The file cannot be written; one that was there is left as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void ExportOnnx(this Checkpoint checkpoint, string path, OnnxExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new OnnxExportOptions();
        var spec = options.Spec?.Validate() ?? DenseNetSpec.InferFeatures(checkpoint);
        if (options.Spec is null)
        {
            options = Described(options, checkpoint);
        }

        RequirePossible(options, spec);
        if (options.Preset is { } preset)
        {
            ImagePreprocessor.Check(preset);
        }

        var match = StateDictMatch.Create(spec, checkpoint);
        var model = Model(spec, options.Strict ? match.RequireExact() : match.RequireComplete(), options);
        if (model.Length > int.MaxValue)
        {
            throw new InvalidDataException(
                $"{path} would have {model.Length} bytes, and an ONNX file has {int.MaxValue} at most"
                + $"{(options.Float16Weights ? "" : "; half precision takes half of it")}.");
        }

        AtomicFile.Write(path, model.WriteTo);
    }

    private static ProtoMessage Model(DenseNetSpec spec, StateDictMatch match, OnnxExportOptions options)
    {
        var outputName = HeadGraph.OutputName(spec, options.Activation);
        var graph = new OnnxGraph(outputName, spec.StateDict.Select(entry => entry.Name).Concat(FoldedBiases(spec, options)));
        var weights = new OnnxWeights(match, graph, options.Float16Weights);
        var (height, width) = options.Size is { } size
            ? ((OnnxDimension)size.Height, (OnnxDimension)size.Width)
            : ((OnnxDimension)"height", (OnnxDimension)"width");
        var images = options.IncludesPreprocessing
            ? PreprocessingGraph.Add(graph, options.Preset!, height, width)
            : graph.Input(OnnxElementType.Float32, Batch, spec.InputChannels, height, width);
        var maps = new FeatureGraph(spec, graph, weights, options.FoldBatchNorms).Add(images);
        new HeadGraph(spec, graph, weights).Add(maps, options.Activation, options.Temperature);

        var operators = new ProtoMessage();
        operators.Add(1, "");
        operators.Add(2, OpsetVersion);
        var model = new ProtoMessage();
        model.Add(1, FormatVersion);
        model.Add(2, nameof(DenseNetSharp));
        model.Add(3, typeof(OnnxExport).Assembly.GetName().Version!.ToString(3));
        model.Add(7, graph.ToMessage(spec.Name ?? "densenet"));
        model.Add(8, operators);
        foreach (var (key, value) in OnnxMetadata.Of(spec, options))
        {
            var entry = new ProtoMessage();
            entry.Add(1, key);
            entry.Add(2, value);
            model.Add(14, entry);
        }

        return model;
    }

    /// <summary>Keys that convolutions without bias get with a norm.</summary>
    private static IEnumerable<string> FoldedBiases(DenseNetSpec spec, OnnxExportOptions options) => options.FoldBatchNorms
        ? spec.Modules.Where(module => module is { Kind: DenseNetModuleKind.Conv2d, HasBias: false }).Select(module => $"{module.Name}.bias")
        : [];

    /// <summary>The options with what the checkpoint says of itself.</summary>
    private static OnnxExportOptions Described(OnnxExportOptions options, Checkpoint checkpoint)
    {
        var described = DescribedCheckpoint.Of(checkpoint, options.Task, featuresOnly: true);
        var hasClasses = described.Spec.NumClasses > 0;
        var preset = options.Preset ?? described.Preset;
        return options with
        {
            ClassNames = options.ClassNames ?? described.Labels,
            Preset = preset.Channels == described.Spec.InputChannels ? preset : options.Preset,
            Task = hasClasses ? described.Task : options.Task,
            Thresholds = options.Thresholds ?? (hasClasses ? described.Thresholds : null),
            Temperature = options.Temperature ?? (hasClasses && described.Temperature != 1 ? described.Temperature : null),
        };
    }

    private static void RequirePossible(OnnxExportOptions options, DenseNetSpec spec)
    {
        var (size, preset, least) = (options.Size, options.Preset, spec.MinimumInputSize);
        var fault = options switch
        {
            _ when !Enum.IsDefined(options.Activation) => $"The activation {options.Activation} is none.",
            { Activation: not OnnxActivation.None } when spec.NumClasses == 0 =>
                $"The network has no classifier, so a {options.Activation} has nothing to work on.",
            { Activation: OnnxActivation.Softmax } when spec.NumClasses == 1 => "A softmax over one output is always 1; a sigmoid gives its probability.",
            _ when size?.Height < least || size?.Width < least => $"The images' size is {size}; the network takes {least}x{least} at least.",
            { ClassNames: { } names } when names.Count != spec.NumClasses => $"There are {names.Count} class names for {spec.NumClasses} classes.",
            { Thresholds: { } thresholds } when thresholds.Count != spec.NumClasses =>
                $"There are {thresholds.Count} thresholds for {spec.NumClasses} classes.",
            { Temperature: { } temperature } when !Temperatures.IsTemperature(temperature) =>
                string.Create(CultureInfo.InvariantCulture, $"The temperature is {temperature}; it must be a finite number above 0."),
            { IncludesPreprocessing: true } when preset is null => "There is no preset by which the graph could prepare images.",
            { IncludesPreprocessing: true } when preset!.Channels != spec.InputChannels =>
                $"The preset '{preset.Name}' makes images of {Channels(preset.Channels)}, but the network takes {spec.InputChannels}.",
            _ => null,
        };
        if (fault is not null)
        {
            throw new ArgumentException(fault, nameof(options));
        }
    }

    private static string Channels(int count) => count == 1 ? "1 channel" : $"{count} channels";
}
