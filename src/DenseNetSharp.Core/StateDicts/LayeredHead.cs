using System.Globalization;
using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Checkpoints.Pickle;

namespace DenseNetSharp.StateDicts;

/// <summary>
/// A head of several layers, read from a checkpoint: linear layers and batch norms by their tensors, in the file's order, and
/// between them the activations that a whole module names. Where it names none a ReLU is assumed, and said.
/// </summary>
internal sealed class LayeredHead
{
    private readonly List<HeadLayer> _layers = [];
    private readonly List<string> _assumed = [];

    // The name of a ReLU that is to come before the next linear layer; null where one has come already, or none is to.
    private string? _pending;

    private LayeredHead()
    {
    }

    /// <summary>The layers, in order.</summary>
    public IReadOnlyList<HeadLayer> Layers => _layers;

    /// <summary>What has been assumed, for a report; null for nothing.</summary>
    public AppliedKeyRule? Assumption => _assumed.Count == 0
        ? null
        : new AppliedKeyRule(
            DenseNetKeys.HeadReLU,
            $"the head's activations are not in the file; ReLU is assumed after {string.Join(" and ", _assumed.Select(PrintableText.Of))}",
            _assumed.Count);

    /// <summary>Reads a head.</summary>
    /// <param name="items">Its tensors, in the file's order.</param>
    /// <param name="checkpoint">The file.</param>
    /// <returns>Null where the tensors are of other layers, or do not follow one another.</returns>
    public static LayeredHead? Read(IReadOnlyList<HeadTensor> items, Checkpoint checkpoint)
    {
        var groups = items.GroupBy(item => item.Layer).ToArray();
        var layers = groups.Select(group => LayerOf(group.Key, [.. group], checkpoint)).ToArray();
        if (layers.Any(layer => layer is null) || layers is not [.., { Kind: HeadLayerKind.Linear }])
        {
            return null;
        }

        if (!HasOneOrder(layers!))
        {
            return null;
        }

        var head = new LayeredHead();
        var modules = ModulesOf(groups.Select(group => group.First()).ToArray(), checkpoint);
        if (!(modules is null ? head.TryAssume(layers!) : head.TryFollow(modules, layers!)))
        {
            return null;
        }

        var width = head._layers[0].InFeatures;
        foreach (var layer in head._layers)
        {
            if (layer.InFeatures != width)
            {
                return null;
            }

            width = layer.OutFeatures;
        }

        return head;
    }

    /// <summary>Whether the layers can be in the file's order alone: numbers that they are told apart by rise, and of modules without
    /// numbers no two could be the first.</summary>
    private static bool HasOneOrder(HeadLayer[] layers)
    {
        HeadLayer[] linears = [.. layers.Where(layer => layer.Kind == HeadLayerKind.Linear)];
        return linears.Zip(linears.Skip(1)).All(pair =>
            RoomBetween(pair.First.Name, pair.Second.Name) is not null
            || (NumberOf(pair.First.Name), NumberOf(pair.Second.Name)) switch
            {
                ({ } first, { } second) => first < second,
                (_, null) => pair.Second.InFeatures != layers[0].InFeatures || pair.First.InFeatures != pair.First.OutFeatures,
                _ => true,
            });
    }

    private static int? NumberOf(string name)
    {
        var digits = name.AsSpan()[(name.AsSpan().LastIndexOfAnyExceptInRange('0', '9') + 1)..];
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    /// <summary>A layer by its tensors; null for one of another kind.</summary>
    private static HeadLayer? LayerOf(string name, HeadTensor[] tensors, Checkpoint checkpoint)
    {
        var shapes = tensors.ToDictionary(tensor => tensor.Name[(name.Length + 1)..], tensor => tensor.Shape, StringComparer.Ordinal);
        var weight = shapes.GetValueOrDefault("weight");
        var others = shapes.Keys.Except(["weight", "bias"]).Order(StringComparer.Ordinal).ToArray();
        return weight switch
        {
            [> 0 and <= int.MaxValue, > 0 and <= int.MaxValue] when others.Length == 0 => new HeadLayer
            {
                Name = name,
                Kind = HeadLayerKind.Linear,
                InFeatures = (int)weight[1],
                OutFeatures = (int)weight[0],
                HasBias = shapes.ContainsKey("bias"),
            },
            [> 0 and <= int.MaxValue] when shapes.ContainsKey("bias")
                && others is ["running_mean", "running_var"] or ["num_batches_tracked", "running_mean", "running_var"] =>
                Same(name, HeadLayerKind.BatchNorm1d, (int)weight[0]) with { Epsilon = EpsilonOf(tensors[0], checkpoint) },
            _ => null,
        };
    }

    /// <summary>A norm's epsilon: a whole module's own, else PyTorch's.</summary>
    private static double EpsilonOf(HeadTensor tensor, Checkpoint checkpoint) =>
        checkpoint.ModuleSettings.GetValueOrDefault(tensor.Key[..tensor.Key.LastIndexOf('.')])?.Epsilon is { } epsilon and > 0 and < 1
            ? epsilon
            : 1e-5;

    /// <summary>The kinds of a sequence's modules by their names, where the file is a whole module and the head one sequence in it.</summary>
    private static List<(string Name, string Kind)>? ModulesOf(HeadTensor[] firsts, Checkpoint checkpoint)
    {
        if (checkpoint.ModuleTypes is not { } types)
        {
            return null;
        }

        var parents = firsts.Select(item => ParentOf(item.Key[..item.Key.LastIndexOf('.')])).Distinct(StringComparer.Ordinal).ToArray();
        if (parents is not [var parent] || !types.TryGetValue(parent, out var type) || ForeignModules.KindOf(type) != "Sequential")
        {
            return null;
        }

        var isNested = firsts[0].Key.Length > firsts[0].Name.Length && firsts[0].Key.EndsWith(firsts[0].Name, StringComparison.Ordinal);
        var prefix = isNested ? firsts[0].Key.Length - firsts[0].Name.Length : 0;
        return [.. types.Where(item => item.Key.Length > 0 && ParentOf(item.Key) == parent).Select(item => (
            item.Key.Length > prefix ? item.Key[prefix..] : item.Key,
            item.Value.StartsWith(PickleNames.TorchModules, StringComparison.Ordinal) ? ForeignModules.KindOf(item.Value) : item.Value))];
    }

    /// <summary>Layers in the order of a sequence, which names all of them.</summary>
    private bool TryFollow(List<(string Name, string Kind)> modules, HeadLayer[] known)
    {
        var byName = known.ToDictionary(layer => layer.Name, StringComparer.Ordinal);
        var last = known[^1].Name;
        var (width, isAfter) = (0, false);
        foreach (var (name, kind) in modules)
        {
            if (byName.TryGetValue(name, out var layer))
            {
                _layers.Add(layer);
                width = layer.OutFeatures;
                isAfter |= name == last;
                continue;
            }

            // Before the first layer a pooling and its flattening, which a network's pooling stands for; after the last what makes
            // probabilities, which the task stands for.
            if (isAfter || kind is "Flatten" or "Identity" || (width == 0 && kind is "AdaptiveAvgPool2d" or "Dropout"))
            {
                continue;
            }

            if (width == 0 || KindOf(kind) is not { } activation)
            {
                return false;
            }

            _layers.Add(Same(name, activation, width));
        }

        return _layers.Count(layer => byName.ContainsKey(layer.Name)) == known.Length;
    }

    // Those of which the class says all; a slope or an approximation is in settings that are not read.
    private static HeadLayerKind? KindOf(string kind) => kind switch
    {
        "ReLU" => HeadLayerKind.ReLU,
        "SiLU" => HeadLayerKind.Silu,
        "Tanh" => HeadLayerKind.Tanh,
        "Sigmoid" => HeadLayerKind.Sigmoid,
        "Dropout" or "Dropout1d" or "AlphaDropout" => HeadLayerKind.Dropout,
        _ => null,
    };

    /// <summary>Layers as the tensors tell them, with a ReLU wherever a sequence has room for one after a linear layer and its norm.</summary>
    private bool TryAssume(HeadLayer[] known)
    {
        for (var i = 0; i < known.Length; i++)
        {
            var layer = known[i];
            if (layer.Kind == HeadLayerKind.Linear)
            {
                AddPending();
            }

            _layers.Add(layer);
            if (i + 1 == known.Length)
            {
                return true;
            }

            var isActivated = _layers.FindLastIndex(it => it.Kind == HeadLayerKind.ReLU) > _layers.FindLastIndex(it => it.Kind == HeadLayerKind.Linear);
            if (isActivated || !_layers.Exists(it => it.Kind == HeadLayerKind.Linear))
            {
                continue;
            }

            var room = RoomBetween(layer.Name, known[i + 1].Name);
            if (room is null)
            {
                // Attributes of a module, run by its code: a norm follows its layer, then the ReLU, before the next layer.
                _pending ??= $"{layer.Name}_relu";
            }
            else if (room > 0)
            {
                _pending = FollowerOf(layer.Name);
                AddPending();
            }
        }

        return true;
    }

    private void AddPending()
    {
        if (_pending is { } name)
        {
            _assumed.Add(_layers[^1].Name);
            _layers.Add(Same(name, HeadLayerKind.ReLU, _layers[^1].OutFeatures));
            _pending = null;
        }
    }

    /// <summary>How many modules without tensors lie between two of a sequence; null where they are not in one.</summary>
    private static int? RoomBetween(string first, string second) =>
        ParentOf(first) == ParentOf(second) && IndexOf(first) is { } i && IndexOf(second) is { } j && j > i ? j - i - 1 : null;

    private static string FollowerOf(string name)
    {
        var parent = ParentOf(name);
        var index = (IndexOf(name)!.Value + 1).ToString(CultureInfo.InvariantCulture);
        return parent.Length == 0 ? index : $"{parent}.{index}";
    }

    private static int? IndexOf(string name) =>
        int.TryParse(name[(name.LastIndexOf('.') + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < 1000 ? index : null;

    private static string ParentOf(string name) => name[..Math.Max(0, name.LastIndexOf('.'))];

    private static HeadLayer Same(string name, HeadLayerKind kind, int features) =>
        new() { Name = name, Kind = kind, InFeatures = features, OutFeatures = features, Rate = kind == HeadLayerKind.Dropout ? 0.5 : 0 };
}

/// <summary>A tensor of a head.</summary>
/// <param name="Key">Its key in the file.</param>
/// <param name="Name">Its name today.</param>
/// <param name="Shape">Its shape in PyTorch's layout.</param>
internal sealed record HeadTensor(string Key, string Name, IReadOnlyList<long> Shape)
{
    public bool IsLinear => Shape.Count == 2 && Name.EndsWith(".weight", StringComparison.Ordinal);

    /// <summary>The module that the tensor belongs to.</summary>
    public string Layer { get; } = Name[..Math.Max(0, Name.LastIndexOf('.'))];

    /// <summary>The outermost module that it belongs to.</summary>
    public string Top { get; } = Name[..(Name.IndexOf('.', StringComparison.Ordinal) is >= 0 and var dot ? dot : Name.Length)];
}
