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

/// <summary>
/// A Python dict or OrderedDict as the list of what was set: keys are not hashed, so a key that contains itself
/// does no harm. Where a key was set twice the last value counts.
/// </summary>
internal sealed class PickleDict
{
    public List<KeyValuePair<object?, object?>> Items { get; } = [];

    /// <summary>What BUILD gave an OrderedDict as its attributes, where PyTorch keeps <c>_metadata</c>.</summary>
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
}

/// <summary>A storage that a persistent id names; its bytes lie elsewhere in the file.</summary>
/// <param name="Key">Its name in the file.</param>
/// <param name="DataType">The element type.</param>
/// <param name="ElementCount">The elements it has.</param>
internal sealed record PickleStorage(string Key, CheckpointDataType DataType, long ElementCount);

/// <summary>What a persistent id gives: a whole storage, or (in legacy files) a part of one.</summary>
/// <param name="Storage">The storage.</param>
/// <param name="Offset">Elements before the part.</param>
/// <param name="ElementCount">Elements of the part.</param>
internal sealed record PickleStorageView(PickleStorage Storage, long Offset, long ElementCount);

/// <summary>A tensor: where it lies in which storage, checked against that storage's size.</summary>
/// <param name="Storage">The storage.</param>
/// <param name="Layout">Where the elements lie, counted from the storage's start.</param>
internal sealed record PickleTensor(PickleStorage Storage, TensorLayout Layout);
