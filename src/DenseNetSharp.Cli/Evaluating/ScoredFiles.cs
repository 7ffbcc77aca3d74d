using System.Text.Json;
using DenseNetSharp.Classification;
using DenseNetSharp.Cli.Models;
using DenseNetSharp.Cli.Options;
using DenseNetSharp.Cli.Output;
using DenseNetSharp.Datasets;
using DenseNetSharp.Images;
using DenseNetSharp.Metrics;

namespace DenseNetSharp.Cli.Evaluating;

/// <summary>The scores of a data set's images from files of lines, and what becomes of them: the same figures as of an evaluation in one go,
/// for they are added in the data set's order, whichever file has them.</summary>
/// <param name="dataset">The images.</param>
/// <param name="folder">What their names are relative to.</param>
internal sealed class ScoredFiles(ImageDataset dataset, string folder)
{
    private readonly Dictionary<string, Line> _lines = new(StringComparer.Ordinal);

    /// <summary>What a line says of an image.</summary>
    /// <param name="File">Where it stands.</param>
    /// <param name="Logits">The classes' scores; null where there is an error.</param>
    /// <param name="Error">What is wrong with the image.</param>
    private sealed record Line(string File, float[]? Logits, string? Error);

    /// <summary>What the lines depend on. Temperature and thresholds are not in them, and may change.</summary>
    /// <param name="settings">What the network's scores depend on.</param>
    /// <param name="loaded">The networks.</param>
    /// <param name="shard">The part of the images; null for all.</param>
    public ResultSettings SettingsOf(Dictionary<string, string> settings, LoadedNetworks loaded, Shard? shard)
    {
        settings.Add(ResultSettings.Shard, (shard ?? Shard.All).ToString());
        settings.Add("task", CheckpointReport.NameOf(dataset.Task));
        settings.Add("classes", ResultSettings.TextOf(dataset.ClassNames));
        if (loaded.IsEnsemble)
        {
            settings.Add("temperatures", loaded.ExactTemperatures);
            // Members' classes are matched by their names.
            settings.Add("labels", ResultSettings.TextOfEach(loaded.Checkpoints.Select(found => found.Labels)));
        }

        return new ResultSettings(settings);
    }

    /// <summary>Scores a part of the images, or goes on with that.</summary>
    /// <param name="classifier">The classifier.</param>
    /// <param name="shard">The part; null for all.</param>
    /// <param name="output">The file of lines.</param>
    /// <param name="settings">What the lines depend on.</param>
    /// <param name="batches">How images are read.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The file, which the caller closes.</returns>
    public ResultLines Compute(
        ImageClassifier classifier,
        Shard? shard,
        string output,
        ResultSettings settings,
        ImageBatchOptions batches,
        CancellationToken cancellationToken)
    {
        // Of a part there are no figures, and nothing to keep.
        var keeps = shard is null;
        var lines = ResultLines.Open(output, settings, keeps ? (image, content) => Take(output, image, content) : null);
        try
        {
            LabelledImage[] images =
            [
                .. dataset.Images.DistinctBy(NameOf).Where(image => NameOf(image) is var name && shard?.Has(name) != false && !lines.Has(name)),
            ];
            Terminal.ShowProgress("evaluating", images.Length, advance =>
            {
                foreach (var (items, logits) in Evaluation.Score(classifier, dataset, images, batches, cancellationToken))
                {
                    Write(lines, items, logits, keeps);
                    advance(items.Count);
                }
            });
            return lines;
        }
        catch (OperationCanceledException)
        {
            lines.Dispose();
            throw lines.Stopped;
        }
        catch
        {
            lines.Dispose();
            throw;
        }
    }

    /// <summary>Reads all parts' scores.</summary>
    /// <param name="files">The files of lines.</param>
    /// <param name="settings">What the lines must depend on.</param>
    /// <exception cref="InvalidDataException">A file's lines were made otherwise, two are of one image, or an image has none.</exception>
    public void Merge(IReadOnlyList<string> files, ResultSettings settings)
    {
        Shard? first = null;
        foreach (var file in files)
        {
            var found = ResultSettings.LoadBeside(file);
            settings.RequireSame(file, found, otherShards: true);
            var part = Shard.Read(found[ResultSettings.Shard]) ?? Shard.All;
            first ??= part;
            if (part.Count != first.Count)
            {
                throw new InvalidDataException($"{file} is part {part} of the images and {files[0]} part {first}, which do not belong together.");
            }

            foreach (var (_, image, content) in ResultLines.Read(file))
            {
                Take(file, image, content);
            }
        }

        string[] missing = [.. dataset.Images.Select(NameOf).Where(image => !_lines.ContainsKey(image))];
        if (missing.Length > 0)
        {
            var parts = missing.Select(image => Shard.Of(image, first!.Count)).Distinct().Order().Select(index => first! with { Index = index });
            throw new InvalidDataException(
                $"{missing.Length} of {dataset.Images.Count} images have no line in any of the files, {missing[0]} for one: they are of part "
                + $"{string.Join(", ", parts)}, which is not among the files or has not come to its end.");
        }

        var others = _lines.Count - dataset.Images.Select(NameOf).Distinct().Count();
        if (others > 0)
        {
            Console.Error.WriteLine($"densenet: left out {others} lines of images that are not among these");
        }
    }

    /// <summary>The figures.</summary>
    /// <param name="classifier">Gives temperature and thresholds.</param>
    public Evaluation ToEvaluation(ImageClassifier classifier)
    {
        var evaluation = Evaluation.Of(classifier, dataset);
        var unreadable = new List<ImageBatchItem<LabelledImage>>();
        foreach (var image in dataset.Images)
        {
            var line = _lines[NameOf(image)];
            if (line.Logits is { } logits)
            {
                evaluation.Add(logits, [image]);
            }
            else
            {
                unreadable.Add(new ImageBatchItem<LabelledImage>(image, null, new InvalidDataException(line.Error)));
            }
        }

        evaluation.Unreadable = unreadable;
        return evaluation;
    }

    private string NameOf(LabelledImage image) => Shard.NameOf(folder, image.Path);

    private void Write(ResultLines lines, IReadOnlyList<ImageBatchItem<LabelledImage>> items, float[] logits, bool keeps)
    {
        var classes = dataset.ClassNames.Count;
        LogitBatch.Check(logits, logits.Length / classes, classes);
        foreach (var item in items)
        {
            var image = NameOf(item.Source);
            var truth = item.Source.Classes.Select(index => dataset.ClassNames[index]);
            var line = item.Row is { } row
                ? new Line(lines.FileName, logits[(row * classes)..((row + 1) * classes)], null)
                : new Line(lines.FileName, null, Failure.ReasonOf(item.Source.Path, item.Error!));
            if (line.Error is null)
            {
                lines.Add(image, new { image, truth, logits = line.Logits }, isError: false);
            }
            else
            {
                lines.Add(image, new { image, truth, error = line.Error }, isError: true);
            }

            if (keeps)
            {
                _lines[image] = line;
            }
            else if (line.Error is not null)
            {
                Failure.Report(item.Source.Path, line.Error);
            }
        }
    }

    private void Take(string file, string image, JsonElement content)
    {
        if (_lines.TryGetValue(image, out var known))
        {
            throw new InvalidDataException($"{image} has a line in {known.File} and one in {file}; each image is of one part.");
        }

        if (ResultLines.IsError(content))
        {
            _lines.Add(image, new Line(file, null, content.GetProperty("error").ToString()));
            return;
        }

        var logits = content.TryGetProperty("logits", out var values) && values.ValueKind == JsonValueKind.Array
            ? values.EnumerateArray().Where(value => value.ValueKind == JsonValueKind.Number).Select(value => value.GetSingle()).ToArray()
            : [];
        _lines.Add(image, logits.Length == dataset.ClassNames.Count
            ? new Line(file, logits, null)
            : throw new InvalidDataException($"{file}: the line of {image} has {logits.Length} scores, and there are {dataset.ClassNames.Count} classes."));
    }
}
