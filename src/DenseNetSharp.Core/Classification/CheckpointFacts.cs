using System.Globalization;
using System.Text.Json;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Checkpoints.Pickle;
using DenseNetSharp.StateDicts;

namespace DenseNetSharp.Classification;

/// <summary>What a checkpoint itself says of its classes beside the network: their names, and whether they exclude each other.</summary>
internal static class CheckpointFacts
{
    private const string Configuration = "config.json";

    private static readonly string[] _nameKeys =
    [
        "class_names", "classNames", "classes", "pathologies", "labels", "label_names", "categories", "vocab", "idx_to_class", "id2label",
        "class_to_idx", "label2id",
    ];

    /// <summary>Finds the names of the classes: among the values beside the tensors, else in a configuration of Hugging Face's beside
    /// the file.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="classes">How many there must be.</param>
    /// <returns>The names, null for none that fit; and what is to be said of them, null for nothing.</returns>
    public static (IReadOnlyList<string>? Names, string? Remark) FindNames(Checkpoint checkpoint, int classes)
    {
        string? remark = null;
        foreach (var key in _nameKeys)
        {
            foreach (var (name, json) in checkpoint.Metadata.Where(item => item.Key == key || item.Key.EndsWith($".{key}", StringComparison.Ordinal)))
            {
                if (NamesIn(json) is not { } names)
                {
                    continue;
                }

                if (names.Count == classes)
                {
                    return (names, $"class names from the file's '{PrintableText.Of(name)}'");
                }

                remark ??= $"the file's '{PrintableText.Of(name)}' has {names.Count} names where the network has {classes} classes: left out";
            }
        }

        return FindBeside(checkpoint, classes) is { } beside ? (beside, $"class names from {Configuration} beside the file") : (null, remark);
    }

    /// <summary>Finds what the outputs mean.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <returns>The task, null where the file does not say; why; and each class's threshold where it has them.</returns>
    public static (ClassificationTask? Task, string? Source, IReadOnlyList<float>? Thresholds) FindTask(Checkpoint checkpoint)
    {
        var names = DenseNetKeys.Map(checkpoint).Names;
        if (names.FirstOrDefault(item => item.Value[(item.Value.LastIndexOf('.') + 1)..] == PickleNames.OperatingThresholds).Key is { } key
            && SetAside.Holds(names[key], checkpoint.Tensors[key]))
        {
            return (ClassificationTask.Multilabel, $"the file's {PickleNames.OperatingThresholds}", checkpoint.Tensors[key].ToSingleArray());
        }

        if (Numbers(checkpoint, PickleNames.OperatingThresholds) is { } listed)
        {
            return (ClassificationTask.Multilabel, $"the file's {PickleNames.OperatingThresholds}", listed);
        }

        var thresholds = Numbers(checkpoint, PickleNames.Thresholds);
        return FinalActivation(checkpoint) is var (module, task)
            ? (task, $"the file's module {PrintableText.Of(module)}, a {(task == ClassificationTask.Multilabel ? "Sigmoid" : "Softmax")}", thresholds)
            : (null, null, thresholds);
    }

    /// <summary>Numbers with commas among the values beside the tensors: a list in the file, or a tensor that was set aside when the
    /// file was converted.</summary>
    private static float[]? Numbers(Checkpoint checkpoint, string key)
    {
        if (!checkpoint.Metadata.TryGetValue(key, out var text))
        {
            return null;
        }

        var numbers = new List<float>();
        foreach (var part in text.Split(','))
        {
            if (!float.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            {
                return null;
            }

            numbers.Add(number);
        }

        return [.. numbers];
    }

    /// <summary>A sigmoid or softmax after the features: those within them are part of the network.</summary>
    private static (string Module, ClassificationTask Task)? FinalActivation(Checkpoint checkpoint)
    {
        foreach (var (module, type) in (checkpoint.ModuleTypes ?? new Dictionary<string, string>()).Reverse())
        {
            ClassificationTask? task = type[(type.LastIndexOf('.') + 1)..] switch
            {
                "Sigmoid" or "LogSigmoid" => ClassificationTask.Multilabel,
                "Softmax" or "LogSoftmax" => ClassificationTask.Multiclass,
                _ => null,
            };
            if (task is { } found && type.StartsWith("torch.nn", StringComparison.Ordinal) && !IsWithinFeatures(module))
            {
                return (module, found);
            }
        }

        return null;
    }

    private static bool IsWithinFeatures(string module) =>
        module.Split('.').Any(part => part == "features"
            || part.Contains("denseblock", StringComparison.Ordinal)
            || part.Contains("transition", StringComparison.Ordinal));

    private static IReadOnlyList<string>? NamesIn(string json)
    {
        // Most values are plain text; a name among them is no error.
        if (!json.StartsWith('[') && !json.StartsWith('{'))
        {
            return null;
        }

        try
        {
            return LabelMap.Parse(json);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static IReadOnlyList<string>? FindBeside(Checkpoint checkpoint, int classes)
    {
        const int mostBytes = 16 << 20;
        if (checkpoint.Path is null)
        {
            return null;
        }

        var file = new FileInfo(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(checkpoint.Path))!, Configuration));
        try
        {
            if (!file.Exists || file.Length > mostBytes)
            {
                return null;
            }

            using var document = JsonDocument.Parse(File.ReadAllText(file.FullName));
            return document.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("id2label", out var map)
                && NamesIn(map.GetRawText()) is { } names && names.Count == classes
                    ? names
                    : null;
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            // It is somebody else's file, and no part of the checkpoint.
            return null;
        }
    }
}
