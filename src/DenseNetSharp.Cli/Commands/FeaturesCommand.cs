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
        var model = CommonOptions.Model();
        var weights = CommonOptions.Weights();
        var preset = CommonOptions.Preset();
        var orient = CommonOptions.ExifOrientation();
        var device = CommonOptions.Device();
        var threads = CommonOptions.Count("--threads", "threads to compute on", PhysicalCores.Count, most: 1024);
        var batchSize = CommonOptions.Count("--batch-size", "images a forward pass", 8, most: 1024);
        var json = CommonOptions.Json();
        var command = new Command("features", "Write what a network makes of images before it classifies them.")
        {
            inputs, output, layer, model, weights, preset, orient, device, threads, batchSize, json,
        };
        command.SetAction((arguments, cancellation) => Task.Run(() => Run(new Options
        {
            Inputs = arguments.GetValue(inputs)!,
            Output = arguments.GetValue(output)!,
            Layer = arguments.GetValue(layer),
            Model = arguments.GetValue(model),
            Weights = arguments.GetValue(weights),
            Preset = arguments.GetValue(preset),
            Device = arguments.GetValue(device)!,
            Threads = arguments.GetValue(threads),
            Batches = new ImageBatchOptions
            {
                BatchSize = arguments.GetValue(batchSize),
                Workers = arguments.GetValue(threads),
                Decode = new ImageDecodeOptions { ApplyExifOrientation = arguments.GetValue(orient) },
            },
            Json = arguments.GetValue(json),
        }, cancellation)));
        return command;
    }

    private sealed record Options
    {
        public required string[] Inputs { get; init; }

        public required string Output { get; init; }

        public string? Layer { get; init; }

        public string? Model { get; init; }

        public string? Weights { get; init; }

        public string? Preset { get; init; }

        public required string Device { get; init; }

        public int Threads { get; init; }

        public required ImageBatchOptions Batches { get; init; }

        public bool Json { get; init; }
    }

    private static int Run(Options options, CancellationToken cancellation)
    {
        var preset = options.Preset is null ? null : CommonOptions.RequirePreset(options.Preset);
        var files = InputFiles.Find(options.Inputs, cancellation);
        set_num_threads(options.Threads);
        using var loaded = LoadedModel.Load(
            options.Model, options.Weights, labelFile: null, preset, DeviceArgument.Parse(options.Device), cancellation);
        loaded.Model.eval();

        var images = new List<string>();
        var values = new List<float>();
        long[]? rowShape = null;
        var everythingDone = true;
        Terminal.ShowProgress("computing", files.Count, advance =>
        {
            foreach (var batch in ImageBatch.Load(files, loaded.Preset, options.Batches, cancellation))
            {
                using (batch)
                {
                    foreach (var failed in batch.Items.Where(item => item.Error is not null))
                    {
                        everythingDone = false;
                        Console.Error.WriteLine($"densenet: {Terminal.Printable(failed.Source)}: {InputFiles.Reason(failed.Source, failed.Error!)}");
                    }

                    if (batch.Count > 0)
                    {
                        images.AddRange(batch.Items.Where(item => item.Row is not null).Select(item => item.Source));
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
                ["preset"] = loaded.Preset.Name,
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
        var images = tensor(batch.Pixels.ToArray(), [batch.Count, batch.Channels, batch.Size.Height, batch.Size.Width])
            .to(weight.dtype, weight.device);
        var features = (layer is null ? model.PooledFeatures(images) : model.LayerOutput(images, layer)).to(ScalarType.Float32).cpu().contiguous();
        values.AddRange(MemoryMarshal.Cast<byte, float>(features.bytes));
        return features.shape[1..];
    }
}
