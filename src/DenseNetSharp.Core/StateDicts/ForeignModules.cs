using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Checkpoints.Pickle;

namespace DenseNetSharp.StateDicts;

/// <summary>
/// A module of a whole network in a file that computes what torchvision's DenseNet does not, though its tensors are the same: another
/// activation, another pooling, another stride, a division in TorchScript's code.
/// </summary>
/// <param name="Text">The module and what it is, for messages.</param>
/// <param name="IsTail">Whether it comes after the classifier.</param>
internal sealed record ForeignModule(string Text, bool IsTail);

/// <summary>Finds those modules, as far as their classes, settings and code tell.</summary>
/// <param name="checkpoint">The file.</param>
/// <param name="spec">The network that its tensors fit.</param>
/// <param name="mapping">Its keys.</param>
internal sealed class ForeignModules(Checkpoint checkpoint, DenseNetSpec spec, KeyMapping mapping)
{
    private const string Sequential = "Sequential";

    // They change nothing in evaluation, or only which modules are run.
    private static readonly HashSet<string> _harmless = new(StringComparer.Ordinal)
    {
        "Identity", "Dropout", "Dropout1d", "Dropout2d", "AlphaDropout", "FeatureAlphaDropout", "Flatten", Sequential, "ModuleList", "ModuleDict",
    };

    // All that a network's own code does around its modules: ReLU, the pooling over whole maps, their flattening, the classifier, a dropout, a
    // final activation, and what sizes and modes are asked with.
    private static readonly HashSet<string> _usual = new(StringComparer.Ordinal)
    {
        "relu", "relu_", "adaptive_avg_pool2d", "_adaptive_avg_pool2d", "avg_pool2d", "flatten", "view", "reshape", "squeeze", "linear", "addmm", "matmul",
        "t", "dropout", "dropout_", "sigmoid", "sigmoid_", "logsigmoid", "log_sigmoid", "softmax", "log_softmax", "contiguous", "detach", "alias", "to",
        "size", "dim", "len", "numel", "Int", "format", "list", "gt", "lt", "ge", "le", "eq", "ne", "append", "warn", "device", "dtype", "is_floating_point",
        "__is__", "__isnot__", "__and__", "__or__", "__not__", "__contains__", "__getitem__", "_unwrap_optional", "prod", "ScalarImplicit",
    };

    private static readonly HashSet<string> _finalActivations = new(StringComparer.Ordinal) { "Sigmoid", "LogSigmoid", "Softmax", "LogSoftmax" };

    // Packages whose modules change images.
    private static readonly string[] _transforms = ["torchvision.transforms.", "kornia."];

    private readonly IReadOnlyDictionary<string, string> _types = checkpoint.ModuleTypes ?? new Dictionary<string, string>();
    private readonly Dictionary<string, DenseNetModule> _expected = spec.Modules.ToDictionary(module => module.Name, StringComparer.Ordinal);
    private readonly KeyRules _rules = KeyRules.For([.. checkpoint.Tensors.Keys], headByName: false);
    private readonly HashSet<string> _head = spec.Head.Select(layer => layer.Name).ToHashSet(StringComparer.Ordinal);
    private readonly List<ForeignModule> _found = [];

    // What the features are called in the file; empty where they have no name.
    private string _features = "";

    // Whether they end in a ReLU of their own.
    private bool _hasLastRelu;

    // The last of the modules after the classifier that make probabilities.
    private string? _lastActivation;

    /// <summary>The modules, in the file's order.</summary>
    public IReadOnlyList<ForeignModule> Find()
    {
        var classifier = ModuleOf(spec.Head is [.., var last] ? $"{last.Name}.weight" : "classifier.weight");
        _features = ParentOf(ModuleOf("features.conv0.weight") ?? "");
        _hasLastRelu = _types.Any(item => ParentOf(item.Key) == _features && IsLastRelu(item));
        _lastActivation = _types.LastOrDefault(item => _finalActivations.Contains(KindOf(item.Value)) && !IsWithinFeatures(item.Key)).Key;
        var (isAfter, isBefore) = (false, true);
        foreach (var (name, type) in _types)
        {
            isAfter |= name == classifier;
            isBefore &= _features.Length == 0 ? !name.EndsWith("conv0", StringComparison.Ordinal) : name != _features;
            if (_transforms.Any(package => type.StartsWith(package, StringComparison.Ordinal)))
            {
                Add($"{PrintableText.Of(name)}, {type[..type.IndexOf('.')]}'s {KindOf(type)}, which changes images before the network sees them");
            }

            if (!type.StartsWith(PickleNames.TorchModules, StringComparison.Ordinal) || name.Length == 0)
            {
                continue;
            }

            var today = TodaysNameOf(name);
            if (_head.Contains(today))
            {
                continue;
            }

            if (today.StartsWith("features.", StringComparison.Ordinal))
            {
                CheckWithinFeatures(name, today, KindOf(type));
            }
            else
            {
                CheckOutside(name, type, isAfter, isBefore, classifier);
            }
        }

        // A blur's filter is always the same.
        foreach (var buffer in checkpoint.UnsavedBuffers.Where(
            name => _expected.GetValueOrDefault(TodaysNameOf(ParentOf(name)))?.Kind != DenseNetModuleKind.BlurPool2d))
        {
            Add($"{PrintableText.Of(buffer)}, a buffer that is no part of the state dict");
        }

        CheckSequence(classifier);
        CheckCode();
        return _found;
    }

    /// <summary>Whether a module's name says that it is a part of the features.</summary>
    public static bool IsWithinFeatures(string module) =>
        module.Split('.').Any(part => part == "features"
            || part.Contains("denseblock", StringComparison.Ordinal)
            || part.Contains("transition", StringComparison.Ordinal));

    /// <summary>A class without its package.</summary>
    public static string KindOf(string type) => type[(type.LastIndexOf('.') + 1)..];

    /// <summary>The module that a tensor of today's name belongs to in the file.</summary>
    private string? ModuleOf(string name) =>
        mapping.Names.FirstOrDefault(item => item.Value == name).Key is { } key && key.LastIndexOf('.') is >= 0 and var dot ? key[..dot] : null;

    private string TodaysNameOf(string module)
    {
        const string weight = ".weight";
        _rules.Apply(module + weight, out var renamed);
        renamed = renamed.EndsWith(weight, StringComparison.Ordinal) ? renamed[..^weight.Length] : renamed;
        var isBelow = _features.Length > 0 && module.StartsWith(_features + ".", StringComparison.Ordinal);
        return isBelow && !renamed.StartsWith("features.", StringComparison.Ordinal)
            ? $"features{module[_features.Length..]}"
            : renamed;
    }

    private void CheckWithinFeatures(string name, string today, string kind)
    {
        if (_harmless.Contains(kind) && (kind is Sequential or "ModuleList" or "ModuleDict" || !_expected.ContainsKey(today)))
        {
            return;
        }

        if (!_expected.TryGetValue(today, out var module))
        {
            // timm's norms have their ReLU within; one more after the last norm changes nothing.
            if (kind != "ReLU" && !(kind == "AdaptiveAvgPool2d" && _hasLastRelu))
            {
                Add($"{PrintableText.Of(name)}, {Article(kind)} {kind} where DenseNet has none");
            }

            return;
        }

        var expected = module.Kind.ToString();
        if (kind != expected && !(kind == "SyncBatchNorm" && module.Kind == DenseNetModuleKind.BatchNorm2d))
        {
            Add($"{PrintableText.Of(name)}, {Article(kind)} {kind} where DenseNet has {Article(expected)} {expected}");
        }
        else if (checkpoint.ModuleSettings.TryGetValue(name, out var settings) && Difference(module, settings) is { } difference)
        {
            Add($"{PrintableText.Of(name)}, whose {difference}");
        }
    }

    /// <summary>Whether it is a ReLU other than the stem's.</summary>
    private bool IsLastRelu(KeyValuePair<string, string> module) => KindOf(module.Value) == "ReLU" && TodaysNameOf(module.Key) != "features.relu0";

    private string? Difference(DenseNetModule module, ModuleSettings settings) => module.Kind switch
    {
        DenseNetModuleKind.BatchNorm2d when settings.Epsilon is { } epsilon && epsilon != spec.BatchNormEpsilon =>
            $"eps is {PythonText.Of(epsilon)} where the others' is {PythonText.Of(spec.BatchNormEpsilon)}",
        DenseNetModuleKind.Conv2d or DenseNetModuleKind.MaxPool2d or DenseNetModuleKind.AvgPool2d =>
            Unequal("kernel_size", settings.KernelSize, module.KernelSize)
            ?? Unequal("stride", settings.Stride, module.Stride)
            ?? Unequal("padding", settings.Padding, module.Padding)
            ?? Unequal("dilation", settings.Dilation, 1)
            ?? (settings.PaddingMode is { } mode and not "zeros" ? $"padding_mode is {PrintableText.Of(mode)} where DenseNet has zeros" : null)
            ?? (settings.CeilMode == true ? "ceil_mode is True where DenseNet has False" : null),
        _ => null,
    };

    private static string? Unequal(string name, int? found, int expected) => found is null || found == expected ? null
        : found == ModuleSettings.Uneven ? $"{name} is not {expected}"
        : $"{name} is {found} where DenseNet has {expected}";

    private void CheckOutside(string name, string type, bool isAfter, bool isBefore, string? classifier)
    {
        var kind = KindOf(type);
        // Beside the classifier a ReLU may be the one after the features, which code may call.
        var isBeside = classifier is not null && ParentOf(name) == ParentOf(classifier);
        var isSequential = _types.TryGetValue(ParentOf(name), out var parent) && KindOf(parent) == Sequential;
        var isForeign = type[PickleNames.TorchModules.Length..].Split('.')[0] switch
        {
            "activation" when kind == "ReLU" => isAfter && (isSequential || !isBeside),
            // One at the end says what the outputs are; before the classifier, or before another, it changes them.
            "activation" when _finalActivations.Contains(kind) =>
                isSequential && (!isAfter || name != _lastActivation || checkpoint.ModuleSettings.GetValueOrDefault(name)?.Dimension is not (null or 1 or -1)),
            "activation" => isAfter || isSequential,
            // A sequence's order is that of its run.
            "pooling" when kind is "AvgPool2d" or "AdaptiveAvgPool2d" && isBefore && isSequential => true,
            "pooling" when kind is "AvgPool2d" => false,
            "pooling" when kind is "AdaptiveAvgPool2d" => checkpoint.ModuleSettings.GetValueOrDefault(name)?.OutputSize is not (null or 1),
            "pooling" or "normalization" or "instancenorm" or "upsampling" or "padding" => true,
            _ => false,
        };
        if (isForeign)
        {
            var place = isAfter ? "after the classifier" : "before the classifier";
            Add($"{PrintableText.Of(name)}, {Article(kind)} {kind} {place}, where DenseNet has none", isAfter);
        }
    }

    /// <summary>A sequence runs its modules in their order, and torchvision's ReLU after the features is code: here it is missed.</summary>
    private void CheckSequence(string? classifier)
    {
        var features = _features;
        if (features.Length == 0 || classifier is null)
        {
            return;
        }

        var parent = ParentOf(features);
        var children = _types.Keys.Where(name => name.Length > 0 && ParentOf(name) == parent).ToArray();
        var classifiersBranch = children.FirstOrDefault(name => classifier == name || classifier.StartsWith(name + ".", StringComparison.Ordinal));
        if (!_types.TryGetValue(parent, out var type) || KindOf(type) != Sequential || classifiersBranch is null)
        {
            return;
        }

        var between = _types.SkipWhile(item => item.Key != features)
            .TakeWhile(item => item.Key != classifier)
            .Where(item => !item.Key.StartsWith(features + ".", StringComparison.Ordinal) || ParentOf(item.Key) == features);
        if (!between.Any(IsLastRelu))
        {
            Add($"{(parent.Length == 0 ? "the outermost module" : PrintableText.Of(parent))}, a Sequential without the ReLU that DenseNet has after "
                + PrintableText.Of(features));
        }
    }

    private void CheckCode()
    {
        foreach (var (module, calls) in checkpoint.ScriptCalls)
        {
            var foreign = calls.Where(call => !_usual.Contains(call)).Order(StringComparer.Ordinal).ToArray();
            if (foreign.Length > 0 && !IsWithinFeatures(module))
            {
                Add($"{(module.Length == 0 ? "the outermost module" : PrintableText.Of(module))}, whose code calls {string.Join(", ", foreign)}");
            }
        }
    }

    private static string Article(string name) => "AEIOU".Contains(name[0], StringComparison.Ordinal) ? "an" : "a";

    private static string ParentOf(string name) => name[..Math.Max(0, name.LastIndexOf('.'))];

    private void Add(string text, bool isTail = false) => _found.Add(new ForeignModule(text, isTail));
}
