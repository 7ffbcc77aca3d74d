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
    private const string ProblemType = "problem_type";

    private const int MostShown = 60;

    // Hugging Face's and timm's.
    private static readonly string[] _configured = ["id2label", "label_names"];

    // What scripts keep of how inputs were normalised and outputs scaled. As tensors of the network they are refused.
    private static readonly HashSet<string> _scales = new(StringComparer.OrdinalIgnoreCase)
    {
        "mean", "std", "temperature", "logit_scale", "pixel_mean", "pixel_std", "image_mean", "image_std", "norm_mean", "norm_std", "normalize_mean",
        "normalize_std", "y_mean", "y_std", "target_mean", "target_std", "label_mean", "label_std", "scale", "scaler",
    };

    private static readonly string[] _taskKeys = ["task", "task_type", ProblemType];

    private static readonly string[] _nameKeys =
    [
        "class_names", "classNames", "classes", "pathologies", "labels", "label_names", "categories", "vocab", "idx_to_class", "id2label",
        "class_to_idx", "label2id",
    ];

    /// <summary>Finds the names of the classes: among the values beside the tensors, else in a configuration of Hugging Face's beside
    /// the file.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="classes">How many there must be.</param>
    /// <returns>The names, null for none that fit; and what is to be said of them, first where they come from.</returns>
    public static (IReadOnlyList<string>? Names, IReadOnlyList<string> Remarks) FindNames(Checkpoint checkpoint, int classes)
    {
        (string Source, IReadOnlyList<string> Names)? found = null;
        List<string> unusable = [], contrary = [];
        foreach (var (name, text) in _nameKeys.SelectMany(key => checkpoint.Metadata.Where(item => IsCalled(item.Key, key))))
        {
            var source = $"the file's '{PrintableText.Of(name)}'";
            if (NamesIn(text, out var fault) is not { } names)
            {
                if (fault is not null)
                {
                    unusable.Add($"{source} {fault}: left out");
                }
            }
            else if (names.Count != classes)
            {
                unusable.Add($"{source} has {names.Count} names where the network has {classes} classes: left out");
            }
            else if (found is null)
            {
                found = (source, names);
            }
            else if (!names.SequenceEqual(found.Value.Names))
            {
                contrary.Add($"{source} has other names, or another order, than {found.Value.Source}: left out");
            }
        }

        if (found is null && FindBeside(checkpoint, classes, unusable) is { } beside)
        {
            found = ($"{Configuration} beside the file", beside);
        }

        // Once names have been found, what has none is missed by nobody.
        return found is { } known ? (known.Names, [$"class names from {known.Source}", .. contrary]) : (null, unusable);
    }

    /// <summary>What of the file may change a result, or be meant in place of what is taken from it, and is not used: a sentence's part
    /// each.</summary>
    public static IEnumerable<string> Unused(Checkpoint checkpoint)
    {
        foreach (var (name, value) in checkpoint.Metadata.Where(item => _scales.Contains(item.Key)))
        {
            var shown = value.Length > MostShown ? value[..MostShown] + "..." : value;
            yield return $"the file's '{PrintableText.Of(name)}' ({PrintableText.Of(shown)}) is not used";
        }

        foreach (var name in checkpoint.LooseTensors.Where(_scales.Contains))
        {
            yield return $"the file's tensor '{PrintableText.Of(name)}' is not used";
        }

        foreach (var entry in checkpoint.OtherNetworks)
        {
            yield return $"the file's {entry} holds tensors of a network too, which are left out";
        }
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
        return FinalActivation(checkpoint) is var (task, source) ? (task, source, thresholds)
            : StatedTask(checkpoint) is var (stated, place) ? (stated, place, thresholds)
            // Thresholds are those of classes with a probability each.
            : thresholds is not null ? (ClassificationTask.Multilabel, $"the file's {PickleNames.Thresholds}", thresholds)
            : (null, null, null);
    }

    /// <summary>What a script wrote beside the tensors, or Hugging Face's <c>problem_type</c> in a configuration.</summary>
    private static (ClassificationTask Task, string Source)? StatedTask(Checkpoint checkpoint)
    {
        foreach (var key in _taskKeys)
        {
            if (checkpoint.Metadata.FirstOrDefault(item => IsCalled(item.Key, key)) is { Key: { } name, Value: { } text } && TaskIn(text) is { } task)
            {
                return (task, $"the file's '{PrintableText.Of(name)}'");
            }
        }

        using var configuration = ReadConfiguration(checkpoint, []);
        return configuration is not null && configuration.RootElement.TryGetProperty(ProblemType, out var value) && value.ValueKind == JsonValueKind.String
            && TaskIn(value.GetString()!) is { } said
                ? (said, $"{ProblemType} of {Configuration} beside the file")
                : null;
    }

    private static ClassificationTask? TaskIn(string text) => string.Concat(text.Where(char.IsAsciiLetter)).ToLowerInvariant() switch
    {
        "multilabel" or "multilabelclassification" => ClassificationTask.Multilabel,
        "multiclass" or "multiclassclassification" or "singlelabelclassification" => ClassificationTask.Multiclass,
        _ => null,
    };

    /// <summary>The sigmoid or softmax after the classifier, with what it is; null where there is none.</summary>
    public static (ClassificationTask Task, string Source)? FinalActivation(Checkpoint checkpoint)
    {
        const string weight = ".weight";
        var classifier = checkpoint.ModuleTypes is null ? null
            : DenseNetKeys.Map(checkpoint).Names.FirstOrDefault(item => item.Value == "classifier" + weight).Key;
        foreach (var (module, type) in (checkpoint.ModuleTypes ?? new Dictionary<string, string>()).Reverse())
        {
            // What comes before the classifier makes no probabilities; listed before it in a sequence, it is run before it.
            if (module + weight == classifier && IsInSequence(checkpoint, module))
            {
                break;
            }

            if (type.StartsWith(PickleNames.TorchModules, StringComparison.Ordinal) && !ForeignModules.IsWithinFeatures(module)
                && ForeignModules.KindOf(type) is var kind && TaskOf(kind) is { } found)
            {
                return (found, $"the file's module {PrintableText.Of(module)}, a {kind}");
            }
        }

        foreach (var (module, calls) in checkpoint.ScriptCalls.Where(item => !ForeignModules.IsWithinFeatures(item.Key)))
        {
            foreach (var function in calls)
            {
                if (TaskOf(function) is { } found)
                {
                    return (found, $"the file's code, which calls {function}");
                }
            }
        }

        return null;
    }

    private static bool IsInSequence(Checkpoint checkpoint, string module) =>
        checkpoint.ModuleTypes!.GetValueOrDefault(module[..Math.Max(0, module.LastIndexOf('.'))])?.EndsWith(".Sequential", StringComparison.Ordinal) == true;

    /// <summary>What a module's or function's name says: <c>LogSoftmax</c> or <c>log_softmax</c>.</summary>
    private static ClassificationTask? TaskOf(string activation) => activation.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant() switch
    {
        "sigmoid" or "logsigmoid" => ClassificationTask.Multilabel,
        "softmax" or "logsoftmax" => ClassificationTask.Multiclass,
        _ => null,
    };

    /// <summary>Numbers with commas among the values beside the tensors: a list in the file, or a tensor that was set aside when the
    /// file was converted.</summary>
    private static float[]? Numbers(Checkpoint checkpoint, string key)
    {
        if (checkpoint.Metadata.FirstOrDefault(item => IsCalled(item.Key, key)).Value is not { } text)
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

    /// <summary>Whether a value has a name, by itself or within a script's settings.</summary>
    private static bool IsCalled(string key, string name) => key == name || key.EndsWith($".{name}", StringComparison.Ordinal);

    /// <summary>The names in a value.</summary>
    /// <param name="json">The value.</param>
    /// <param name="fault">What is wrong with a list or map that has none; null for other text, which need not have any.</param>
    private static IReadOnlyList<string>? NamesIn(string json, out string? fault)
    {
        fault = null;
        if (!json.StartsWith('[') && !json.StartsWith('{'))
        {
            return null;
        }

        try
        {
            return LabelMap.Parse(json);
        }
        catch (InvalidDataException exception)
        {
            fault = exception.Message;
            return null;
        }
    }

    private static IReadOnlyList<string>? FindBeside(Checkpoint checkpoint, int classes, List<string> remarks)
    {
        using var configuration = ReadConfiguration(checkpoint, remarks);
        if (configuration is null || _configured.FirstOrDefault(name => configuration.RootElement.TryGetProperty(name, out _)) is not { } key)
        {
            return null;
        }

        var names = NamesIn(configuration.RootElement.GetProperty(key).GetRawText(), out var fault);
        if (names?.Count == classes)
        {
            return names;
        }

        remarks.Add($"{key} of {Configuration} beside the file "
            + $"{fault ?? (names is null ? "has no names" : $"has {names.Count} names where the network has {classes} classes")}: left out");
        return null;
    }

    /// <summary>The configuration beside a file; null where there is none that is an object.</summary>
    private static JsonDocument? ReadConfiguration(Checkpoint checkpoint, List<string> remarks)
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

            var document = JsonDocument.Parse(File.ReadAllText(file.FullName));
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            // It is somebody else's file, and no part of the checkpoint.
            remarks.Add($"{Configuration} beside the file cannot be read: left out");
        }

        return null;
    }
}
