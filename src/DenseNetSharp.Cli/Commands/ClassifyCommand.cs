using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Serialization;
using DenseNetSharp.Classification;
using DenseNetSharp.Cli.Models;
using DenseNetSharp.Cli.Options;
using DenseNetSharp.Cli.Output;
using DenseNetSharp.Images;
using Spectre.Console;

namespace DenseNetSharp.Cli.Commands;

/// <summary><c>densenet classify</c>: the likeliest classes of images and folders of images.</summary>
internal sealed class ClassifyCommand
{
    private readonly Command _command = new("classify", "Classify images.");

    private readonly Argument<string[]> _inputs = new("IMAGE-or-FOLDER")
    {
        Description = "images, or folders whose images are classified; - is standard input",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _labels = CommonOptions.Labels();
    private readonly Option<int> _top = CheckedOption.Count("--top", "predictions an image", 5);
    private readonly Option<string?> _engine = EngineOption.Create();
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly Option<Shard?> _shard = Shard.Create();
    private readonly Option<string?> _output = LinesOption.Create();
    private readonly ReadingOptions _reading;
    private readonly NetworkOptions _network;

    private ClassifyCommand()
    {
        InputFiles.RequireNames(_inputs);
        _command.Arguments.Add(_inputs);
        foreach (var option in new Option[] { _labels, _top, _engine, _json, _shard, _output })
        {
            _command.Options.Add(option);
        }

        _reading = new ReadingOptions(_command);
        _network = new NetworkOptions(_command, predicts: true);
        // On another thread, for the handler of Ctrl-C is in place only once the action has returned its task.
        _command.SetAction((arguments, cancellationToken) => Task.Run(() => Run(arguments, cancellationToken)));
    }

    public static Command Create() => new ClassifyCommand()._command;

    /// <summary>What became of one image: predictions, or what is wrong with it.</summary>
    private sealed class Result(string image)
    {
        public string Image { get; } = image;

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public IReadOnlyList<Line>? Predictions { get; init; }

        /// <summary>The outputs where they are no probabilities.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public IReadOnlyList<Output>? Values { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Error { get; init; }
    }

    /// <summary>A class that was considered, and whether it reaches its threshold: null where classes exclude each other.</summary>
    private sealed record Line(
        int Index, string? Label, float Probability, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Found);

    private sealed record Output(int Index, string? Label, float Value);

    private int Run(ParseResult arguments, CancellationToken cancellationToken)
    {
        var isFused = _network.IsFused(arguments, arguments.GetValue(_engine));
        var leftOut = new LeftOutFiles();
        var (inputs, shard, output) = (arguments.GetValue(_inputs)!, arguments.GetValue(_shard), arguments.GetValue(_output));
        if (output is not null)
        {
            LinesOption.RequireWritable(output);
        }

        var images = shard is null && output is null
            ? InputFiles.Find(inputs, leftOut.Add, cancellationToken)
            : InputFiles.FindPart(inputs, shard, leftOut.Add, cancellationToken);
        using var loaded = _network.LoadAll(arguments, isFused, arguments.GetValue(_labels), cancellationToken);
        var found = loaded.First;
        leftOut.Report();
        loaded.ReportTemperatures();
        var classifier = loaded.Classifier(_network.AugmentationOf(arguments), checkpoint => _reading.Of(arguments, checkpoint));
        var reading = _reading.Of(arguments, found);
        var batches = _network.Batches(arguments, reading);
        var top = arguments.GetValue(_top);
        var results = new List<Result>();
        using var lines = output is null ? null : ResultLines.Open(output, SettingsOf(arguments, loaded, reading, isFused, cancellationToken));
        images = lines is null ? images : [.. images.Where(image => !lines.Has(image))];
        var (classified, failed) = (0, 0);
        var watch = Stopwatch.StartNew();
        try
        {
            Terminal.ShowProgress("classifying", images.Count, advance =>
            {
                foreach (var file in Classify(classifier, images, reading, batches, cancellationToken))
                {
                    Take(ResultOf(file, top, found.Task));
                    advance(1);
                }
            });
        }
        catch (OperationCanceledException) when (lines is not null)
        {
            throw lines.Stopped;
        }

        watch.Stop();
        reading.ReportLosses();
        if (lines is not null)
        {
            lines.Report(arguments.GetValue(_json));
        }
        else if (arguments.GetValue(_json))
        {
            JsonOutput.Write(results);
        }
        else
        {
            Terminal.Output.Write(TableOf(results, found.Task));
        }

        if (classified > 1)
        {
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"densenet: {classified} images in {watch.Elapsed.TotalSeconds:F1} s, {classified / watch.Elapsed.TotalSeconds:F1} images/s"));
        }

        return ExitStatus.Of(everythingDone: failed == 0);

        void Take(Result result)
        {
            if (result.Error is null)
            {
                classified++;
            }
            else
            {
                failed++;
                Failure.Report(result.Image, result.Error);
            }

            // Of a million images the file has the results, and not the memory.
            if (lines is null)
            {
                results.Add(result);
            }
            else
            {
                lines.Add(result.Image, result, isError: result.Error is not null);
            }
        }
    }

    /// <summary>What the lines of a file depend on.</summary>
    private ResultSettings SettingsOf(
        ParseResult arguments, LoadedNetworks loaded, ImageReading reading, bool isFused, CancellationToken cancellationToken)
    {
        var settings = _network.SettingsOf(arguments, loaded.Checkpoints, reading, isFused, cancellationToken);
        settings.Add("folders", InputFiles.FoldersOf(arguments.GetValue(_inputs)!));
        settings.Add(ResultSettings.Shard, (arguments.GetValue(_shard) ?? Shard.All).ToString());
        settings.Add("task", CheckpointReport.NameOf(loaded.First.Task));
        settings.Add("labels", ResultSettings.TextOfEach(loaded.Checkpoints.Select(found => found.Labels)));
        settings.Add("temperature", loaded.ExactTemperatures);
        settings.Add("thresholds", ResultSettings.TextOfEach(loaded.Checkpoints.Select(
            found => found.Thresholds?.Select(value => value.ToString(CultureInfo.InvariantCulture)).ToArray())));
        settings.Add("top", arguments.GetValue(_top).ToString(CultureInfo.InvariantCulture));
        return new ResultSettings(settings);
    }

    /// <summary>The files in their order, standard input in its place.</summary>
    private static IEnumerable<ClassifiedFile> Classify(
        ImageClassifier classifier, IReadOnlyList<string> images, ImageReading reading, ImageBatchOptions batches, CancellationToken cancellationToken)
    {
        var before = images.TakeWhile(image => image != InputFiles.StandardInput).ToArray();
        foreach (var file in classifier.ClassifyFiles(before, batches, cancellationToken))
        {
            yield return file;
        }

        if (before.Length == images.Count)
        {
            yield break;
        }

        yield return ClassifyStandardInput(classifier, reading, cancellationToken);
        foreach (var file in classifier.ClassifyFiles(images.Skip(before.Length + 1), batches, cancellationToken))
        {
            yield return file;
        }
    }

    private static ClassifiedFile ClassifyStandardInput(ImageClassifier classifier, ImageReading reading, CancellationToken cancellationToken)
    {
        try
        {
            var image = reading.Load(InputFiles.StandardInput, cancellationToken);
            return new ClassifiedFile(InputFiles.StandardInput, classifier.Classify(image, cancellationToken), null);
        }
        catch (Exception exception) when (exception is IOException or ImageFormatException or ArgumentException or DllNotFoundException)
        {
            return new ClassifiedFile(InputFiles.StandardInput, null, exception);
        }
    }

    private static Result ResultOf(ClassifiedFile file, int top, ClassificationTask task) => file switch
    {
        { Error: { } error } => Failed(file, Failure.ReasonOf(file.Path, error), task),
        { Result: { IsValid: true, Task: ClassificationTask.None } result } when result.Logits.All(float.IsFinite) =>
            new Result(file.Path) { Values = [.. result.Logits.Select((value, i) => new Output(i, result.Labels?[i], value))] },
        { Result: { IsValid: true, Task: not ClassificationTask.None } result } => new Result(file.Path) { Predictions = LinesOf(result, top) },
        _ => Failed(file, "the network's output is not a number.", task),
    };

    private static Result Failed(ClassifiedFile file, string reason, ClassificationTask task) => task == ClassificationTask.None
        ? new Result(file.Path) { Error = reason, Values = [] }
        : new Result(file.Path) { Error = reason, Predictions = [] };

    private static Line[] LinesOf(ClassificationResult result, int top)
    {
        var found = result.Task == ClassificationTask.Multilabel ? result.Found().Select(prediction => prediction.Index).ToHashSet() : null;
        return
        [
            .. result.Top(top).Select(prediction =>
                new Line(prediction.Index, prediction.Label, prediction.Probability, found?.Contains(prediction.Index))),
        ];
    }

    private static Table TableOf(IEnumerable<Result> results, ClassificationTask task)
    {
        var table = task switch
        {
            ClassificationTask.None => Terminal.Table(2, "image", "output", "index", "value"),
            ClassificationTask.Multilabel => Terminal.Table(2, "image", "class", "index", "probability", "found"),
            _ => Terminal.Table(2, "image", "class", "index", "probability"),
        };
        foreach (var result in results)
        {
            var image = Markup.Escape(Terminal.Printable(result.Image));
            if (result.Error is not null)
            {
                AddRow("(no result)", "", "", "");
            }

            foreach (var line in result.Predictions ?? [])
            {
                AddRow(
                    Markup.Escape(line.Label ?? "-"),
                    line.Index.ToString(CultureInfo.InvariantCulture),
                    line.Probability.ToString("P2", CultureInfo.InvariantCulture),
                    line.Found == true ? "yes" : "no");
            }

            foreach (var output in result.Values ?? [])
            {
                AddRow(
                    Markup.Escape(output.Label ?? "-"),
                    output.Index.ToString(CultureInfo.InvariantCulture),
                    output.Value.ToString(CultureInfo.InvariantCulture),
                    "");
            }

            void AddRow(params string[] cells)
            {
                table.AddRow([image, .. cells.Take(table.Columns.Count - 1)]);
                image = "";
            }
        }

        return table;
    }
}
