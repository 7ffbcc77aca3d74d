using System.Globalization;

namespace DenseNetSharp.Checkpoints.Pickle;

/// <summary>Says what a pickle holds in place of a model.</summary>
internal static class PickledRootText
{
    private const int MostKeys = 8;
    private const int MostKeyCharacters = 40;
    private const int MostModules = 1000;

    /// <summary>Why no tensors were found in a pickled value, in a sentence or two.</summary>
    /// <param name="root">The value.</param>
    /// <param name="wrappers">The entries in which a model is looked for.</param>
    public static string Problem(object? root, IEnumerable<string> wrappers) => root switch
    {
        PickleObject { Type: { } type } when type.Module.StartsWith(PickleNames.TorchScript, StringComparison.Ordinal) =>
            "The file is TorchScript whose tensors have no names, as torch.jit.freeze and optimize_for_inference leave it; save the module "
            + "before that, or its state_dict().",
        PickleObject instance =>
            $"The file holds an object of the class {PrintableText.Of(instance.Type.FullName)} without tensors.",
        PickleDict dict when Networks(dict, _ => true).ToArray() is [_, _, ..] and var networks =>
            $"The file holds several networks, under {string.Join(", ", networks)}; save the one that is meant by itself. A model is looked for "
            + $"under {string.Join(", ", wrappers)}.",
        PickleDict dict =>
            $"The file holds a dictionary without tensors, in itself or in exactly one of its entries; {Keys(dict)}. "
            + $"A model is looked for under {string.Join(", ", wrappers)}.",
        _ => $"The file holds no dictionary of tensors and no module, but {Kind(root)}.",
    };

    /// <summary>Why a quantised network is refused, and what to do.</summary>
    /// <param name="kind">What it has that others have not.</param>
    public static string Quantized(string kind) =>
        $"The network is quantised ({PrintableText.Of(kind)}), and its weights are whole numbers with scales, which are not read; save the state dict "
        + "of the network that it was made of.";

    /// <summary>The entries of a dict that have tensors in them, or are modules, by their keys.</summary>
    /// <param name="dict">The dict.</param>
    /// <param name="isMeant">Whether an entry is asked for.</param>
    public static IEnumerable<string> Networks(PickleDict dict, Func<PickleDict, bool> isMeant) => dict.Items
        .Where(item => item is { Key: string name, Value: PickleDict inner }
            && !name.Contains("optim", StringComparison.OrdinalIgnoreCase)
            && isMeant(inner)
            && (HasTensors(inner) || inner.Items.Exists(entry => entry is { Key: string, Value: PickleDict wrapped } && HasTensors(wrapped))))
        .Take(MostKeys)
        .Select(item => Key(item.Key));

    private static bool HasTensors(PickleDict dict) =>
        dict.Items.Exists(tensor => tensor is { Key: string, Value: PickleTensor }) || (dict.Attributes is not null && HasParameters(dict, []));

    /// <summary>Whether a module or one within it has parameters: a loss function has none.</summary>
    private static bool HasParameters(PickleDict module, HashSet<PickleDict> seen) =>
        module.Attributes is { } attributes && seen.Add(module) && seen.Count <= MostModules
        && ((attributes.Find(PickleNames.Parameters) is PickleDict parameters && parameters.Items.Exists(item => item.Value is PickleTensor))
            || (attributes.Find(PickleNames.Modules) is PickleDict { Items: { } children }
                && children.Exists(child => child.Value is PickleDict inner && HasParameters(inner, seen))));

    private static string Keys(PickleDict dict)
    {
        if (dict.Items.Count == 0)
        {
            return "it has no keys";
        }

        var keys = string.Join(", ", dict.Items.Take(MostKeys).Select(item => Key(item.Key)));
        return $"its keys are {keys}{(dict.Items.Count > MostKeys ? $" and {dict.Items.Count - MostKeys} more" : "")}";
    }

    private static string Key(object? key) => key switch
    {
        string { Length: > MostKeyCharacters } name => $"'{PrintableText.Of(name[..MostKeyCharacters])}...'",
        string name => $"'{PrintableText.Of(name)}'",
        long number => number.ToString(CultureInfo.InvariantCulture),
        _ => Kind(key),
    };

    private static string Kind(object? value) => value switch
    {
        null => "None",
        PickleTensor => "a single tensor",
        PickleList => "a list in which not exactly one item has tensors by name",
        PickleTuple => "a tuple in which not exactly one item has tensors by name",
        PickleSet => "a set",
        PickleGlobal global => PrintableText.Of(global.FullName),
        string => "a string",
        _ => "a plain value",
    };
}
