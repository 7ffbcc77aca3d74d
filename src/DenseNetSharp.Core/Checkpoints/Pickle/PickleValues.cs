using DenseNetSharp.Checkpoints.Storage;

namespace DenseNetSharp.Checkpoints.Pickle;

/// <summary>What a pickle holds.</summary>
/// <param name="Root">The pickled value.</param>
/// <param name="Storages">The storages that it names, by key.</param>
internal sealed record PickleContent(object? Root, IReadOnlyDictionary<string, PickleStorage> Storages);

/// <summary>A Python tuple. Other values of a pickle are null, bool, long, BigInteger, double and string.</summary>
internal sealed class PickleTuple(object?[] items)
{
    public static PickleTuple Empty { get; } = new([]);

    public IReadOnlyList<object?> Items { get; } = items;
}

/// <summary>A Python list.</summary>
internal sealed class PickleList
{
    public List<object?> Items { get; } = [];
}

/// <summary>A Python set or frozenset as the list of what was added: they are not hashed and may repeat.</summary>
/// <param name="items">What was added. A list's own items are shared, not copied.</param>
internal sealed class PickleSet(List<object?> items)
{
    public List<object?> Items { get; } = items;
}

/// <summary>Python bytes.</summary>
/// <param name="Latin1">One character a byte.</param>
internal sealed record PickleBytes(string Latin1);

/// <summary>
/// A Python dict or OrderedDict as the list of what was set: keys are not hashed, so a key that contains itself
/// does no harm. Where a key was set twice the last value counts.
/// </summary>
/// <param name="items">What was set. Another dict's own items are shared, not copied.</param>
internal class PickleDict(List<KeyValuePair<object?, object?>> items)
{
    public PickleDict()
        : this([])
    {
    }

    public List<KeyValuePair<object?, object?>> Items { get; } = items;

    /// <summary>What BUILD gave it as its attributes; PyTorch gives an OrderedDict its <c>_metadata</c>.</summary>
    public PickleDict? Attributes { get; set; }

    public object? Find(string key)
    {
        for (var i = Items.Count - 1; i >= 0; i--)
        {
            if (Items[i].Key is string name && name == key)
            {
                return Items[i].Value;
            }
        }

        return null;
    }

    /// <summary>Like <see cref="Find(string)"/>, where a file may ask for it over and over.</summary>
    public object? Find(string key, PickleBudget budget)
    {
        budget.Spend(Items.Count + 1L);
        return Find(key);
    }
}

/// <summary>
/// The inert record of an instance: the class was not loaded and nothing of it was run. It is a dict because its
/// class may be derived from dict, in which case the items are those.
/// </summary>
/// <param name="type">The class, or a function that makes it.</param>
/// <param name="arguments">What the instance was made of.</param>
internal sealed class PickleObject(PickleGlobal type, PickleTuple arguments) : PickleDict
{
    public PickleGlobal Type => type;

    public PickleTuple Arguments => arguments;

    /// <summary>What BUILD gave it: its attributes, or a tuple of those and its slots, or anything else.</summary>
    public object? State
    {
        get;
        set
        {
            field = value;
            Attributes = value as PickleDict ?? (value is PickleTuple { Items: [PickleDict first, ..] } ? first : null);
        }
    }
}

/// <summary>A storage that a persistent id names; its bytes lie elsewhere in the file.</summary>
/// <param name="Key">Its name in the file.</param>
/// <param name="Type">The class, which says what the elements are.</param>
/// <param name="ElementCount">The elements it has.</param>
/// <param name="Offset">The byte offset in the file of the first persistent id that names it.</param>
internal sealed record PickleStorage(string Key, PickleStorageType Type, long ElementCount, long Offset);

/// <summary>What a persistent id gives: a whole storage, or (in legacy files) a part of one.</summary>
/// <param name="Storage">The storage.</param>
/// <param name="Offset">Elements before the part.</param>
/// <param name="ElementCount">Elements of the part.</param>
internal sealed record PickleStorageView(PickleStorage Storage, long Offset, long ElementCount);

/// <summary>A tensor: where it lies in which storage, checked against that storage's size.</summary>
/// <param name="Storage">The storage.</param>
/// <param name="Layout">Where the elements lie, counted from the storage's start.</param>
internal sealed record PickleTensor(PickleStorage Storage, TensorLayout Layout);
