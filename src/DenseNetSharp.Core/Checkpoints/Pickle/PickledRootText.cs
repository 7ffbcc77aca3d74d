using System.Globalization;

namespace DenseNetSharp.Checkpoints.Pickle;

/// <summary>Says what a pickle holds in place of a model.</summary>
internal static class PickledRootText
{
    private const int MostKeys = 8;
    private const int MostKeyCharacters = 40;

    /// <summary>Why no tensors were found in a pickled value, in a sentence or two.</summary>
    /// <param name="root">The value.</param>
    /// <param name="wrappers">The entries in which a model is looked for.</param>
    public static string Problem(object? root, IEnumerable<string> wrappers) => root switch
    {
        PickleObject instance =>
            $"The file holds an object of the class {PrintableText.Of(instance.Type.FullName)} without tensors.",
        PickleDict dict =>
            $"The file holds a dictionary without tensors, in itself or in exactly one of its entries; {Keys(dict)}. "
            + $"A model is looked for under {string.Join(", ", wrappers)}.",
        _ => $"The file holds no dictionary of tensors and no module, but {Kind(root)}.",
    };

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
