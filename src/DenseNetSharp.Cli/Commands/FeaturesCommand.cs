using System.CommandLine;
using System.Runtime.InteropServices;
using DenseNetSharp.Classification;
using DenseNetSharp.Cli.Models;
using DenseNetSharp.Cli.Options;
using DenseNetSharp.Cli.Output;
using DenseNetSharp.Images;
using DenseNetSharp.Inference;
using static TorchSharp.torch;

namespace DenseNetSharp.Cli.Commands;

/// <summary><c>densenet features</c>: what a network makes of images before it classifies them, as a tensor in a file.</summary>
internal sealed class FeaturesCommand
{
    private readonly Command _command = new("features", "Write what a network makes of images before it classifies them.");

    private readonly Argument<string[]> _inputs = new("IMAGE-or-FOLDER")
    {
        Description = "images, or folders of images; - is standard input",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> _output = new("--out")
    {
        Description = $"the file that gets the features, float32, one row an image: .safetensors (the tensor '{FeatureFile.TensorName}', and the images' "
            + $"names as metadata), .npy, or .csv (with the images' names); or {LinesOption.Ending}, a line of JSON an image, each as soon as it is known, "
            + "with which the same command goes on where it was killed",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<string?> _layer = new("--layer")
    {
        Description = "a module, such as features.denseblock3, computed by libtorch; the pooled features that the classifier sees if not given",
        HelpName = "NAME",
    };

    private readonly Option<string?> _engine = EngineOption.Create();
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly Option<Shard?> _shard = Shard.Create();
    private readonly ReadingOptions _reading;
    private readonly NetworkOptions _network;

    private FeaturesCommand()
    {
        InputFiles.RequireNames(_inputs);
        _command.Arguments.Add(_inputs);
        foreach (var option in new Option[] { _output, _layer, _engine, _json, _shard })
        {
            _command.Options.Add(option);
        }

        _reading = new ReadingOptions(_command);
        _network = new NetworkOptions(_command, featuresOnly: true);
        _command.SetAction((arguments, cancellationToken) => Task.Run(() => Run(arguments, cancellationToken)));
    }

    public static Command Create() => new FeaturesCommand()._command;

    private int Run(ParseResult arguments, CancellationToken cancellationToken)
    {
        var layer = arguments.GetValue(_layer);
        var output = arguments.GetValue(_output)!;
        var asLines = LinesOption.Names(output);
        if (!asLines && !FeatureFile.CanWrite(output))
        {
            throw new UsageException(
                $"--out is {(output.Length == 0 ? "empty" : output)}; features are written as "
                + $"{string.Join(", ", FeatureFile.Endings.Append(LinesOption.Ending))}.");
        }

        var isFused = IsFused(arguments, layer);
        if (asLines)
        {
            LinesOption.RequireWritable(output);
        }

        var leftOut = new LeftOutFiles();
        var (inputs, shard) = (arguments.GetValue(_inputs)!, arguments.GetValue(_shard));
        var files = shard is null && !asLines
            ? InputFiles.Find(inputs, leftOut.Add, cancellationToken)
            : InputFiles.FindPart(inputs, shard, leftOut.Add, cancellationToken);
        using var loaded = _network.Load(arguments, isFused, labelFile: null, cancellationToken);
        var found = loaded.Checkpoint;
        leftOut.Report();
        var reading = _reading.Of(arguments, found);
        var batches = _network.Batches(arguments, reading);
        if (shard is not null && !asLines)
        {
            Console.Error.WriteLine(
                $"densenet: {Terminal.Printable(output)} is written when all is done, and after a kill all is done again; {LinesOption.Ending} goes on");
        }

        using var lines = asLines ? ResultLines.Open(output, SettingsOf(arguments, found, reading, isFused, cancellationToken)) : null;
        files = lines is null ? files : [.. files.Where(file => !lines.Has(file))];
        var images = new List<string>();
        var values = new List<float>();
        long[]? rowShape = null;
        var everythingDone = true;
        try
        {
            Terminal.ShowProgress("computing", files.Count, advance =>
            {
                foreach (var batch in ImageBatch.Load(files, file => reading.Load(file, cancellationToken), found.Preset, batches, cancellationToken))
                {
                    using (batch)
                    {
                        Take(batch);
                        advance(batch.Items.Count);
                    }
                }
            });
        }
        catch (OperationCanceledException) when (lines is not null)
        {
            throw lines.Stopped;
        }

        reading.ReportLosses();
        if (lines is not null)
        {
            lines.Report(arguments.GetValue(_json));
            return ExitStatus.Of(everythingDone);
        }

        if (rowShape is null)
        {
            throw new InvalidDataException(files.Count == 0 ? $"No image belongs to part {shard}." : "No image can be read.");
        }

        var name = layer ?? "pooled";
        long[] all = [images.Count, .. rowShape];
        new FeatureFile(images, values.ToArray(), all) { Layer = name, Preset = found.Preset.Name }.Save(output);
        if (arguments.GetValue(_json))
        {
            JsonOutput.Write(new { images, output, tensor = new { name = FeatureFile.TensorName, dtype = "float32", shape = all } });
        }
        else
        {
            Console.Out.WriteLine($"{output}: {FeatureFile.TensorName}, float32 [{string.Join(", ", all)}], {name}");
        }

        return ExitStatus.Of(everythingDone);

        void Take(ImageBatch<string> batch)
        {
            foreach (var failed in batch.Unreadable)
            {
                Fail(failed.Source, Failure.ReasonOf(failed.Source, failed.Error!));
            }

            if (batch.Count == 0)
            {
                return;
            }

            var shape = loaded.Network is FusedDenseNet fused
                ? Compute(fused, batch, values, cancellationToken)
                : ComputeOnLibtorch(loaded.Network, layer, batch, values);
            rowShape ??= shape;
            RequireShape(output, layer, rowShape, shape, batch.Sources[^1]);
            if (lines is null)
            {
                images.AddRange(batch.Sources);
                return;
            }

            foreach (var (image, row) in batch.Sources.Zip(values.Chunk(values.Count / batch.Count)))
            {
                if (row.All(float.IsFinite))
                {
                    lines.Add(image, new { image, features = row }, isError: false);
                }
                else
                {
                    Fail(image, "the network's output is not a number.");
                }
            }

            values.Clear();
        }

        void Fail(string image, string reason)
        {
            everythingDone = false;
            Failure.Report(image, reason);
            lines?.Add(image, new { image, error = reason }, isError: true);
        }
    }

    /// <summary>Refuses features that the file has no room for, or that are not as many for each image.</summary>
    private static void RequireShape(string output, string? layer, long[] rowShape, long[] shape, string image)
    {
        if (!FeatureFile.HasRoom(output, shape))
        {
            throw new UsageException(
                $"--layer {layer} gives {string.Join("x", shape)} values an image, and a line of {output} has one dimension; "
                + ".npy and .safetensors keep the shape.");
        }

        if (!rowShape.SequenceEqual(shape))
        {
            throw new InvalidDataException(
                $"{image} gives features of {string.Join("x", shape)}, the images before it {string.Join("x", rowShape)}: "
                + "a preset with a crop or a fixed size makes them equal (--preset).");
        }
    }

    /// <summary>What the lines of a file depend on.</summary>
    private ResultSettings SettingsOf(
        ParseResult arguments, FoundCheckpoint found, ImageReading reading, bool isFused, CancellationToken cancellationToken)
    {
        var settings = _network.SettingsOf(arguments, [found], reading, isFused, cancellationToken);
        settings.Add("folders", InputFiles.FoldersOf(arguments.GetValue(_inputs)!));
        settings.Add(ResultSettings.Shard, (arguments.GetValue(_shard) ?? Shard.All).ToString());
        settings.Add("layer", arguments.GetValue(_layer) ?? "pooled");
        return new ResultSettings(settings);
    }

    /// <summary>The fused engine gives the pooled features; what a layer computes is libtorch's.</summary>
    private bool IsFused(ParseResult arguments, string? layer)
    {
        var engine = arguments.GetValue(_engine);
        if (layer is null)
        {
            return _network.IsFused(arguments, engine);
        }

        return engine == EngineOption.Fused
            ? throw new UsageException($"--engine {EngineOption.Fused} gives the pooled features alone; --layer {layer} takes --engine {EngineOption.Torch}.")
            : false;
    }

    /// <summary>Appends a batch's pooled features to the values.</summary>
    /// <returns>The shape of one image's.</returns>
    private static long[] Compute(FusedDenseNet network, ImageBatch<string> batch, List<float> values, CancellationToken cancellationToken)
    {
        var features = new float[batch.Count * network.FeatureCount];
        network.PredictFeatures(batch.Pixels, batch.Count, batch.Size, features, cancellationToken);
        values.AddRange(features);
        return [network.FeatureCount];
    }

    /// <summary>Appends a batch's features to the values.</summary>
    /// <returns>The shape of one image's.</returns>
    private static long[] ComputeOnLibtorch(IImageNetwork network, string? layer, ImageBatch<string> batch, List<float> values)
    {
        var model = (DenseNet)network;
        using var scope = NewDisposeScope();
        using var noGradients = inference_mode();
        var weight = model.parameters().First();
        var images = batch.ToTensor().to(weight.dtype, weight.device);
        var features = (layer is null ? model.PooledFeatures(images) : model.LayerOutput(images, layer)).to(ScalarType.Float32).cpu().contiguous();
        values.AddRange(MemoryMarshal.Cast<byte, float>(features.bytes));
        return features.shape[1..];
    }
}
