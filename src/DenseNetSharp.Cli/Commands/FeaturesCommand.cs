using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Images;
using DenseNetSharp.Inference;
using static TorchSharp.torch;

namespace DenseNetSharp.Cli.Commands;

/// <summary><c>densenet features</c>: what a network makes of images before it classifies them, as a tensor in a file.</summary>
internal static class FeaturesCommand
{
    private const string TensorName = "features";

    public static Command Create()
    {
        var inputs = new Argument<string[]>("IMAGE-or-FOLDER")
        {
            Description = "images, or folders of images",
            Arity = ArgumentArity.OneOrMore,
        };
        CommonOptions.RequireInputs(inputs);
        var output = new Option<string>("--out")
        {
            Description = $"the file that gets the tensor '{TensorName}', float32, one row an image, and the images' names as metadata",
            HelpName = "FILE.safetensors",
            Required = true,
        };
        var layer = new Option<string?>("--layer")
        {
            Description = "a module, such as features.denseblock3, computed by libtorch; the pooled features that the classifier sees if not given",
            HelpName = "NAME",
        };
        var orient = CommonOptions.ExifOrientation();
        var engine = EngineOption.Create();
        var json = CommonOptions.Json();
        var command = new Command("features", "Write what a network makes of images before it classifies them.")
        {
            inputs, output, layer, orient, engine, json,
        };
        var network = new ModelOptions(command);
        command.SetAction((arguments, cancellation) => Task.Run(() => Run(new Options
        {
            Inputs = arguments.GetValue(inputs)!,
            Output = arguments.GetValue(output)!,
            Layer = arguments.GetValue(layer),
            Network = network.Of(arguments),
            ApplyExifOrientation = arguments.GetValue(orient),
            Engine = arguments.GetValue(engine),
            Json = arguments.GetValue(json),
        }, cancellation)));
        return command;
    }

    private sealed record Options
    {
        public required string[] Inputs { get; init; }

        public required string Output { get; init; }

        public string? Layer { get; init; }

        public required ModelChoice Network { get; init; }

        public bool ApplyExifOrientation { get; init; }

        public string? Engine { get; init; }

        public bool Json { get; init; }
    }

    private static int Run(Options options, CancellationToken cancellation)
    {
        var isFused = IsFused(options);
        var files = InputFiles.Find(options.Inputs, cancellation);
        using var loaded = isFused ? null : options.Network.Load(labelFile: null, cancellation);
        loaded?.Model.eval();
        var found = loaded?.Found ?? options.Network.Find(labelFile: null, cancellation);
        using var fused = isFused ? FusedDenseNet.Load(found.Path, new() { MaxThreads = options.Network.Threads, Spec = found.Spec }) : null;

        var images = new List<string>();
        var values = new List<float>();
        long[]? rowShape = null;
        var everythingDone = true;
        Terminal.ShowProgress("computing", files.Count, advance =>
        {
            foreach (var batch in ImageBatch.Load(files, found.Preset, options.Network.Batches(options.ApplyExifOrientation || found.ApplyExifOrientation), cancellation))
            {
                using (batch)
                {
                    foreach (var failed in batch.Unreadable)
                    {
                        everythingDone = false;
                        InputFiles.Report(failed.Source, InputFiles.Reason(failed.Source, failed.Error!));
                    }

                    if (batch.Count > 0)
                    {
                        images.AddRange(batch.Sources);
                        var shape = fused is null ? Compute(loaded!.Model, options.Layer, batch, values) : Compute(fused, batch, values, cancellation);
                        rowShape ??= shape;
                        if (!rowShape.SequenceEqual(shape))
                        {
                            throw new InvalidDataException(
                                $"{images[^1]} gives features of {string.Join("x", shape)}, the images before it {string.Join("x", rowShape)}: "
                                + "a preset with a crop or a fixed size makes them equal (--preset).");
                        }
                    }

                    advance(batch.Items.Count);
                }
            }
        });
        if (rowShape is null)
        {
            throw new InvalidDataException("No image can be read.");
        }

        long[] all = [images.Count, .. rowShape];
        using var checkpoint = new Checkpoint(
            new Dictionary<string, CheckpointTensor> { [TensorName] = CheckpointTensor.FromArray(values.ToArray(), all) },
            new Dictionary<string, string>
            {
                ["images"] = JsonSerializer.Serialize(images),
                ["layer"] = options.Layer ?? "pooled",
                ["preset"] = found.Preset.Name,
            });
        checkpoint.Save(options.Output, CheckpointFormat.Safetensors);
        if (options.Json)
        {
            JsonOutput.Write(new { images, output = options.Output, tensor = new { name = TensorName, dtype = "float32", shape = all } });
        }
        else
        {
            Console.Out.WriteLine($"{options.Output}: {TensorName}, float32 [{string.Join(", ", all)}], {options.Layer ?? "pooled"}");
        }

        return Program.ExitStatus(everythingDone);
    }

    /// <summary>The fused engine gives the pooled features; what a layer computes is libtorch's.</summary>
    private static bool IsFused(Options options)
    {
        if (options.Layer is null)
        {
            return EngineOption.IsFused(options.Engine, options.Network.Device);
        }

        return options.Engine == EngineOption.Fused
            ? throw new UsageException($"--engine {EngineOption.Fused} gives the pooled features alone; --layer {options.Layer} takes --engine {EngineOption.Torch}.")
            : false;
    }

    /// <summary>Appends a batch's pooled features to the values.</summary>
    /// <returns>The shape of one image's.</returns>
    private static long[] Compute(FusedDenseNet network, ImageBatch<string> batch, List<float> values, CancellationToken cancellation)
    {
        var features = new float[batch.Count * network.FeatureCount];
        network.PredictFeatures(batch.Pixels, batch.Count, batch.Size, features, cancellation);
        values.AddRange(features);
        return [network.FeatureCount];
    }

    /// <summary>Appends a batch's features to the values.</summary>
    /// <returns>The shape of one image's.</returns>
    private static long[] Compute(DenseNet model, string? layer, ImageBatch<string> batch, List<float> values)
    {
        using var scope = NewDisposeScope();
        using var noGradients = inference_mode();
        var weight = model.Classifier.weight;
        var images = batch.ToTensor().to(weight.dtype, weight.device);
        var features = (layer is null ? model.PooledFeatures(images) : model.LayerOutput(images, layer)).to(ScalarType.Float32).cpu().contiguous();
        values.AddRange(MemoryMarshal.Cast<byte, float>(features.bytes));
        return features.shape[1..];
    }
}
