using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Serialization;
using DenseNetSharp.Classification;
using DenseNetSharp.Inference;
using Spectre.Console;

namespace DenseNetSharp.Cli.Commands;

/// <summary><c>densenet classify</c>: the likeliest classes of images and folders of images.</summary>
internal static class ClassifyCommand
{
    public static Command Create()
    {
        var inputs = new Argument<string[]>("IMAGE-or-FOLDER")
        {
            Description = "images, or folders whose images are classified",
            Arity = ArgumentArity.OneOrMore,
        };
        CommonOptions.RequireInputs(inputs);
        var labels = new Option<string?>("--labels") { Description = "a text file with one class name a line", HelpName = "FILE" };
        var orient = CommonOptions.ExifOrientation();
        var top = CommonOptions.Count("--top", "predictions an image", 5);
        var engine = EngineOption.Create();
        var json = CommonOptions.Json();
        var command = new Command("classify", "Classify images.")
        {
            inputs, labels, orient, top, engine, json,
        };
        var network = new ModelOptions(command);
        // On another thread, for the handler of Ctrl-C is in place only once the action has returned its task.
        command.SetAction((arguments, cancellation) => Task.Run(() => Run(new Options
        {
            Inputs = arguments.GetValue(inputs)!,
            Network = network.Of(arguments),
            Labels = arguments.GetValue(labels),
            ApplyExifOrientation = arguments.GetValue(orient),
            Top = arguments.GetValue(top),
            Engine = arguments.GetValue(engine),
            Json = arguments.GetValue(json),
        }, cancellation)));
        return command;
    }

    private sealed record Options
    {
        public required string[] Inputs { get; init; }

        public required ModelChoice Network { get; init; }

        public string? Labels { get; init; }

        public bool ApplyExifOrientation { get; init; }

        public int Top { get; init; }

        public string? Engine { get; init; }

        public bool Json { get; init; }
    }

    /// <summary>What became of one image: predictions, or what is wrong with it.</summary>
    private sealed class Result(string image)
    {
        public string Image { get; } = image;

        public IReadOnlyList<Prediction> Predictions { get; init; } = [];

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Error { get; init; }
    }

    private static int Run(Options options, CancellationToken cancellation)
    {
        var isFused = EngineOption.IsFused(options.Engine, options.Network.Device);
        var images = InputFiles.Find(options.Inputs, cancellation);
        using var network = isFused ? null : options.Network.Load(options.Labels, cancellation);
        var found = network?.Found ?? options.Network.Find(options.Labels, cancellation);
        using var fused = isFused ? FusedDenseNet.Load(found.Path, new() { MaxThreads = options.Network.Threads, Spec = found.Spec }) : null;
        var classifier = new ImageClassifier(fused ?? (IImageNetwork)network!.Model, found.Preset, found.Labels, found.Task);
        var batches = options.Network.Batches(options.ApplyExifOrientation || found.ApplyExifOrientation);
        var results = new List<Result>(images.Count);
        var watch = Stopwatch.StartNew();
        Terminal.ShowProgress("classifying", images.Count, advance =>
        {
            foreach (var file in classifier.ClassifyFiles(images, batches, cancellation))
            {
                results.Add(ResultOf(file, options.Top));
                advance(1);
            }
        });
        watch.Stop();
        foreach (var failed in results.Where(result => result.Error is not null))
        {
            InputFiles.Report(failed.Image, failed.Error!);
        }

        if (options.Json)
        {
            JsonOutput.Write(results);
        }
        else
        {
            Terminal.Output.Write(TableOf(results));
        }

        var classified = results.Count(result => result.Error is null);
        if (classified > 1)
        {
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"densenet: {classified} images in {watch.Elapsed.TotalSeconds:F1} s, {classified / watch.Elapsed.TotalSeconds:F1} images/s"));
        }

        return Program.ExitStatus(everythingDone: results.All(result => result.Error is null));
    }

    private static Result ResultOf(ClassifiedFile file, int top) => file switch
    {
        { Error: { } error } => new Result(file.Path) { Error = InputFiles.Reason(file.Path, error) },
        { Result: { IsValid: true } result } => new Result(file.Path) { Predictions = result.Top(top) },
        _ => new Result(file.Path) { Error = "the network's output is not a number." },
    };

    private static Table TableOf(IEnumerable<Result> results)
    {
        var table = Terminal.Table(2, "image", "class", "index", "probability");
        foreach (var result in results)
        {
            var image = Markup.Escape(Terminal.Printable(result.Image));
            if (result.Error is not null)
            {
                table.AddRow(image, "(no result)", "", "");
            }

            foreach (var prediction in result.Predictions)
            {
                table.AddRow(
                    image,
                    Markup.Escape(prediction.Label ?? "-"),
                    prediction.Index.ToString(CultureInfo.InvariantCulture),
                    prediction.Probability.ToString("P2", CultureInfo.InvariantCulture));
                image = "";
            }
        }

        return table;
    }
}
