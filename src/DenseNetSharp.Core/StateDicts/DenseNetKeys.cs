using System.Buffers.Binary;
using System.Globalization;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Checkpoints.Storage;

namespace DenseNetSharp.StateDicts;

/// <summary>
/// Brings the keys of DenseNet checkpoints in the wild to torchvision's names of today: prefixes of wrapping modules are
/// taken off, the dotted names of old files (the official ones among them) are joined, and the names that timm, Keras's
/// ports and others give are replaced.
/// </summary>
public static class DenseNetKeys
{
    /// <summary>The rules that tell what no tensor does.</summary>
    internal const string StemPooling = "stem-pooling", HeadReLU = "head-relu";

    /// <summary>Finds today's names.</summary>
    /// <param name="keys">The keys of a file, each once.</param>
    /// <returns>
    /// The mapping. A key whose new name is another key's already keeps its own, so that it is reported as
    /// unexpected and never takes the other's place.
    /// </returns>
    public static KeyMapping Map(IEnumerable<string> keys)
    {
        var all = keys.ToArray();
        return Map(all, KeyRules.For(all));
    }

    private static KeyMapping Map(string[] all, KeyRules rules)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var renamed = all
            .Select(key => (Key: key, Applied: rules.Apply(key, out var name), Name: name))
            .ToArray();
        taken.UnionWith(renamed.Where(item => item.Applied.Count == 0).Select(item => item.Key));

        var names = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        var counts = new OrderedDictionary<KeyRule, int>();
        foreach (var (key, applied, name) in renamed)
        {
            if (applied.Count == 0 || !taken.Add(name))
            {
                names.Add(key, key);
                continue;
            }

            names.Add(key, name);
            foreach (var rule in applied)
            {
                counts[rule] = counts.GetValueOrDefault(rule) + 1;
            }
        }

        return new KeyMapping(
            names,
            counts.Select(item => new AppliedKeyRule(item.Key.Name, item.Key.Description, item.Value)).ToArray())
        {
            Networks = rules.Networks,
        };
    }

    /// <summary>
    /// Finds today's names for a checkpoint; the wrapper that its tensors lay in is reported as a rule too.
    /// </summary>
    /// <param name="checkpoint">The checkpoint.</param>
    public static KeyMapping Map(Checkpoint checkpoint)
    {
        string[] keys = [.. checkpoint.Tensors.Keys];
        var byShape = Map(keys, KeyRules.For(keys, headByName: false));
        var traits = NetworkTraits.Of(checkpoint);
        var head = NetworkHead.Find(checkpoint, byShape.Names, traits);
        var mapping = head is null ? Map(keys) : byShape;
        var names = head is null || head.Renamed.Count == 0
            ? mapping.Names
            : new OrderedDictionary<string, string>(
                mapping.Names.Select(item => KeyValuePair.Create(item.Key, head.Renamed.GetValueOrDefault(item.Key, item.Value))), StringComparer.Ordinal);
        var rules = new List<AppliedKeyRule>();
        if (checkpoint.Wrapper is { } wrapper)
        {
            rules.Add(new($"wrapper {wrapper}", $"the tensors are the file's entry '{wrapper}'", checkpoint.Tensors.Count));
        }

        rules.AddRange(mapping.Rules);
        if (head?.LayerName is { } layer)
        {
            rules.Add(KeyRule.Head(layer, head.Renamed.Count));
        }

        if (head?.LacksBias == true)
        {
            rules.Add(new("no-bias", "the last layer has no bias; zeros stand in for it", 1));
        }

        if (head?.Assumption is { } assumption)
        {
            rules.Add(assumption);
        }

        var blur = StatedPooling.Find(checkpoint, names, traits);
        if (blur?.Rule is { } rule)
        {
            rules.Add(rule);
        }

        return new KeyMapping(names, rules)
        {
            Head = head,
            Networks = mapping.Networks,
            Traits = traits,
            HasBlurPooling = blur?.HasBlur,
            InputOrder = rules.Exists(applied => applied.Name == CifarLayout.NewFirst.Name) ? InputOrder(checkpoint, names) : null,
        };
    }

    private static Func<string, (int Dimension, int[] Order)?> InputOrder(Checkpoint checkpoint, IReadOnlyDictionary<string, string> names)
    {
        var shapes = names.ToDictionary(item => item.Value, item => checkpoint.Tensors[item.Key].Shape, StringComparer.Ordinal);
        return name => CifarLayout.InputOrder(name, shapes.GetValueOrDefault);
    }

    /// <summary>
    /// The same tensors under today's names and in PyTorch's layout, with <c>num_batches_tracked</c> = 0 added where a
    /// batch norm has none, so that torchvision's strict <c>load_state_dict</c> accepts what is saved from it. What is
    /// no part of a network (see <see cref="StateDictMatch.Aside"/>) goes to the metadata as text.
    /// </summary>
    /// <param name="checkpoint">The checkpoint, which must stay open as long as the result is used.</param>
    public static Checkpoint Standardize(Checkpoint checkpoint)
    {
        var mapping = Map(checkpoint);
        var names = mapping.Names;
        var present = names.Values.ToHashSet(StringComparer.Ordinal);
        var metadata = new Dictionary<string, string>(checkpoint.Metadata, StringComparer.Ordinal);
        var tensors = new List<KeyValuePair<string, CheckpointTensor>>();
        foreach (var (key, tensor) in checkpoint.Tensors)
        {
            var name = names[key];
            if (SetAside.Holds(name, tensor))
            {
                if (Text(tensor) is { } text)
                {
                    metadata[name] = text;
                }

                continue;
            }

            tensors.Add(new(name, mapping.Arranged(key, tensor)));
            if (CounterBeside(name) is { } counter && present.Add(counter))
            {
                tensors.Add(new(counter, CheckpointTensor.FromArray([0L])));
            }

            if (name == "classifier.weight" && mapping.Head?.LacksBias == true)
            {
                tensors.Add(new("classifier.bias", NoBias(tensor)));
            }
        }

        // PyTorch's network has versions of modules without tensors too; those of one that is not known here come from the names.
        return DenseNetShapes.TryInfer(checkpoint, mapping, out var spec, out _)
            ? new Checkpoint(tensors, NetworkTraits.AddTo(metadata, spec), spec.Modules.ToDictionary(module => module.Name, module => module.Version))
            : new Checkpoint(tensors, metadata);
    }

    /// <summary>A tensor of a file as PyTorch lays it out; Keras's kernels lie transposed in their files.</summary>
    internal static CheckpointTensor InPyTorchsLayout(string key, CheckpointTensor tensor) =>
        KerasNames.IsKernel(key)
            ? tensor.Shape.Count switch
            {
                4 => tensor.Permute(3, 2, 0, 1),
                2 => tensor.Permute(1, 0),
                _ => tensor,
            }
            : tensor;

    /// <summary>The bias that a linear layer without one has in effect, as zeros.</summary>
    internal static CheckpointTensor NoBias(CheckpointTensor weight) => CheckpointTensor.FromArray(new float[weight.Shape[0]], weight.Shape[0]);

    /// <summary>A small tensor as text; null for a larger one.</summary>
    private static string? Text(CheckpointTensor tensor)
    {
        const int mostElements = 1024;
        if (tensor.ElementCount > mostElements)
        {
            return null;
        }

        if (FloatConversion.IsFloating(tensor.DataType))
        {
            return string.Join(
                ", ", tensor.ToSingleArray().Select(value => value.ToString(CultureInfo.InvariantCulture)));
        }

        if (tensor.DataType != CheckpointDataType.Int64 || tensor.ElementCount != 1)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[sizeof(long)];
        tensor.CopyTo(bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>PyTorch lists a batch norm's counter right after its running variance.</summary>
    private static string? CounterBeside(string key)
    {
        const string variance = ".running_var";
        return key.EndsWith(variance, StringComparison.Ordinal)
            ? $"{key[..^variance.Length]}.num_batches_tracked"
            : null;
    }
}
