using System.CommandLine;
using System.Globalization;
using System.Text.Json.Serialization;
using DenseNetSharp.Classification;
using DenseNetSharp.Cli.Models;
using DenseNetSharp.Cli.Options;
using DenseNetSharp.Cli.Output;
using DenseNetSharp.Explanations;
using DenseNetSharp.Files;
using DenseNetSharp.Images;
using Spectre.Console;

namespace DenseNetSharp.Cli.Commands;

/// <summary><c>densenet explain</c>: which parts of images speak for a class, as a heat map over them.</summary>
internal sealed class ExplainCommand
{
    // Of an exception that is about the layer, and so about no image.
    private const string LayerParameter = "layer";

    private readonly Command _command = new("explain", "Show which parts of images speak for a class, as a heat map over them.");

    private readonly Argument<string[]> _inputs = new("IMAGE-or-FOLDER")
    {
        Description = "images, or folders of images; - is standard input",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> _output = new("--out")
    {
        Description = "the picture: the image in its own size under the heat map; of several images a contact sheet",
        HelpName = "PNG",
        Required = true,
    };

    private readonly Option<string?> _class = new("--class")
    {
        Description = "the class, by its index from 0 or its name; each image's likeliest if not given",
        HelpName = "N-or-NAME",
    };

    private readonly Option<string?> _layer = new("--layer")
    {
        Description = "the module whose maps are looked at, such as features.denseblock3, computed by libtorch; the last maps if not given",
        HelpName = "NAME",
    };

    private readonly Option<string?> _method = CheckedOption.Choice(
        "--method", "cam: the last maps weighted by the classifier, the default; gradcam (the default with --layer) and gradcam++: by gradients, on libtorch",
        "cam", "gradcam", "gradcam++");

    private readonly Option<bool> _heatOnly = new("--heat-only") { Description = "the heat map alone, without the image under it" };

    private readonly Option<string?> _engine = EngineOption.Create();
    private readonly Option<string?> _labels = CommonOptions.Labels();
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly ReadingOptions _reading;
    private readonly NetworkOptions _network;

    private ExplainCommand()
    {
        InputFiles.RequireNames(_inputs);
        _command.Arguments.Add(_inputs);
        foreach (var option in new Option[] { _output, _class, _layer, _method, _heatOnly, _engine, _labels, _json })
        {
            _command.Options.Add(option);
        }

        _reading = new ReadingOptions(_command);
        _network = new NetworkOptions(_command);
        _command.SetAction((arguments, cancellationToken) => Task.Run(() => Run(arguments, cancellationToken)));
    }

    public static Command Create() => new ExplainCommand()._command;

    /// <summary>An image's row in the result.</summary>
    private sealed record Line(string Image)
    {
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public int? Index { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Label { get; init; }

        /// <summary>The class's probability, its output where there are no probabilities.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public float? Value { get; init; }

        /// <summary>Whether anything in the image speaks for the class.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public bool? IsFound { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Error { get; init; }
    }

    private int Run(ParseResult arguments, CancellationToken cancellationToken)
    {
        var output = arguments.GetValue(_output)!;
        if (!Path.GetExtension(output).Equals(".png", StringComparison.OrdinalIgnoreCase))
        {
            throw new UsageException($"--out is {(output.Length == 0 ? "empty" : output)}; the picture is written as .png.");
        }

        var (method, layer) = (MethodOf(arguments.GetValue(_method)), arguments.GetValue(_layer));
        var isFused = IsFused(arguments, method, layer);
        var leftOut = new LeftOutFiles();
        var images = InputFiles.Find(arguments.GetValue(_inputs)!, leftOut.Add, cancellationToken);
        if (images.Any(image => image != InputFiles.StandardInput && RealPath(image) == RealPath(output)))
        {
            throw new UsageException($"--out {output} is one of the images; name another file.");
        }

        using var loaded = _network.Load(arguments, isFused, arguments.GetValue(_labels), cancellationToken);
        var found = loaded.Checkpoint;
        leftOut.Report();
        LoadedNetworks.ReportTemperature(found);
        var options = new ExplanationOptions { ClassIndex = ClassOf(arguments.GetValue(_class), loaded), Method = method, Layer = RequireLayer(layer, loaded) };
        var reading = _reading.Of(arguments, found);
        var classifier = loaded.Classifier(reading);
        var isHeatOnly = arguments.GetValue(_heatOnly);
        var lines = new List<Line>();
        var picture = Picture(Explain());
        reading.ReportLosses();
        if (picture is null)
        {
            throw new InvalidDataException("No image can be explained.");
        }

        picture.SavePng(output);
        Report(arguments, output, picture, lines, found.Task, options);
        return ExitStatus.Of(lines.TrueForAll(line => line.Error is null));

        IEnumerable<RgbImage> Explain()
        {
            foreach (var image in images)
            {
                if (Explained(classifier, image, reading, options, lines, cancellationToken) is { } explanation)
                {
                    yield return isHeatOnly ? explanation.HeatAlone() : explanation.Overlay();
                }
            }
        }
    }

    /// <summary>The only picture as it is, several on a sheet; null for none.</summary>
    private static RgbImage? Picture(IEnumerable<RgbImage> pictures)
    {
        using var all = pictures.GetEnumerator();
        if (!all.MoveNext())
        {
            return null;
        }

        var first = all.Current;
        return all.MoveNext() ? ContactSheet.Create(Rest(), new ContactSheetOptions { CellSize = 256, ShrinksCells = true }) : first;

        IEnumerable<RgbImage> Rest()
        {
            yield return first;
            do
            {
                yield return all.Current;
            }
            while (all.MoveNext());
        }
    }

    /// <summary>Explains an image and notes it; reports one that cannot be explained, and gives null.</summary>
    private static Explanation? Explained(
        ImageClassifier classifier, string image, ImageReading reading, ExplanationOptions options, List<Line> lines, CancellationToken cancellationToken)
    {
        try
        {
            var explanation = classifier.Explain(reading.Load(image, cancellationToken), options, cancellationToken);
            var (result, index) = (explanation.Result, explanation.ClassIndex);
            lines.Add(new Line(image)
            {
                Index = index,
                Label = explanation.Label,
                Value = result.Task == ClassificationTask.None ? result.Logits[index] : result.Probabilities[index],
                IsFound = !explanation.Map.IsEmpty,
            });
            return explanation;
        }
        catch (Exception exception) when (exception
            is IOException or ImageFormatException or UnauthorizedAccessException or DllNotFoundException
                or ArgumentException { ParamName: not LayerParameter })
        {
            var reason = Failure.ReasonOf(image, exception);
            Failure.Report(image, reason);
            lines.Add(new Line(image) { Error = reason });
            return null;
        }
    }

    private void Report(ParseResult arguments, string output, RgbImage picture, List<Line> lines, ClassificationTask task, ExplanationOptions options)
    {
        if (arguments.GetValue(_json))
        {
            JsonOutput.Write(new
            {
                output,
                width = picture.Width,
                height = picture.Height,
                method = arguments.GetValue(_method) ?? (options.Layer is null ? "cam" : "gradcam"),
                layer = options.Layer,
                images = lines,
            });
            return;
        }

        var table = Terminal.Table(2, "image", "class", "index", task == ClassificationTask.None ? "value" : "probability");
        foreach (var line in lines)
        {
            table.AddRow(
                Markup.Escape(Terminal.Printable(line.Image)),
                line.Error is null ? Markup.Escape(line.Label ?? "-") : "(no result)",
                line.Index?.ToString(CultureInfo.InvariantCulture) ?? "",
                line.Value?.ToString(task == ClassificationTask.None ? null : "P2", CultureInfo.InvariantCulture) ?? "");
        }

        Terminal.Output.Write(table);
        foreach (var line in lines.Where(line => line.IsFound == false))
        {
            Failure.Report(line.Image, $"nothing in it speaks for {line.Label ?? $"class {line.Index}"}; its heat map is empty");
        }

        Console.Out.WriteLine($"{output}: {picture.Width}x{picture.Height} pixels");
    }

    /// <summary>Gradients, and so every layer but the last maps, are libtorch's.</summary>
    private bool IsFused(ParseResult arguments, ExplanationMethod? method, string? layer)
    {
        if (layer is not null && method == ExplanationMethod.ClassActivation)
        {
            throw new UsageException($"--method cam is of the last maps alone; --layer {layer} takes --method gradcam or gradcam++.");
        }

        var engine = arguments.GetValue(_engine);
        if (layer is null && method is null or ExplanationMethod.ClassActivation)
        {
            return _network.IsFused(arguments, engine);
        }

        var what = layer is null ? $"--method {arguments.GetValue(_method)}" : $"--layer {layer}";
        return engine == EngineOption.Fused
            ? throw new UsageException(
                $"--engine {EngineOption.Fused} gives class activation maps of the last maps alone; {what} takes --engine {EngineOption.Torch}.")
            : false;
    }

    private static string RealPath(string path) => LinkedFile.Resolve(path).FullName;

    private static ExplanationMethod? MethodOf(string? name) => name switch
    {
        null => null,
        "cam" => ExplanationMethod.ClassActivation,
        "gradcam" => ExplanationMethod.GradCam,
        _ => ExplanationMethod.GradCamPlusPlus,
    };

    private static int? ClassOf(string? name, LoadedNetwork loaded)
    {
        var (labels, classes) = (loaded.Checkpoint.Labels, loaded.Network.NumClasses);
        if (name is null)
        {
            return null;
        }

        if (labels is not null && labels.ToList().IndexOf(name) is >= 0 and var named)
        {
            return named;
        }

        return int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < classes
            ? index
            : throw new UsageException(
                $"--class {name}: {loaded.Checkpoint.Weights} has {classes} {(classes == 1 ? "class" : "classes")}, from 0"
                + (labels is null ? "" : $": {string.Join(", ", labels.Take(10).Select(Terminal.Printable))}{(labels.Count > 10 ? ", ..." : "")}") + ".");
    }

    private static string? RequireLayer(string? layer, LoadedNetwork loaded)
    {
        if (layer is not null && !((DenseNet)loaded.Network).NamedModules().Any(entry => entry.Name == layer))
        {
            throw new UsageException($"--layer {layer}: the network has no such module; 'densenet summary' lists them, features.denseblock3 for example.");
        }

        return layer;
    }
}
