using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Images;
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
            Description = "a module, such as features.denseblock3; the pooled features that the classifier sees if not given",
            HelpName = "NAME",
        };
        var orient = CommonOptions.ExifOrientation();
        var json = CommonOptions.Json();
        var command = new Command("features", "Write what a network makes of images before it classifies them.")
        {
            inputs, output, layer, orient, json,
        };
        var network = new ModelOptions(command);
        command.SetAction((arguments, cancellation) => Task.Run(() => Run(new Options
        {
            Inputs = arguments.GetValue(inputs)!,
            Output = arguments.GetValue(output)!,
            Layer = arguments.GetValue(layer),
            Network = network.Of(arguments),
            ApplyExifOrientation = arguments.GetValue(orient),
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

        public bool Json { get; init; }
    }

    private static int Run(Options options, CancellationToken cancellation)
    {
        var files = InputFiles.Find(options.Inputs, cancellation);
        using var loaded = options.Network.Load(labelFile: null, cancellation);
        loaded.Model.eval();

        var images = new List<string>();
        var values = new List<float>();
        long[]? rowShape = null;
        var everythingDone = true;
        Terminal.ShowProgress("computing", files.Count, advance =>
        {
            foreach (var batch in ImageBatch.Load(files, loaded.Found.Preset, options.Network.Batches(options.ApplyExifOrientation || loaded.Found.ApplyExifOrientation), cancellation))
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
                        var shape = Compute(loaded.Model, options.Layer, batch, values);
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
                ["preset"] = loaded.Found.Preset.Name,
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
