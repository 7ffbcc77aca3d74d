using DenseNetSharp.Checkpoints.Storage;
using DenseNetSharp.Collections;

namespace DenseNetSharp.Checkpoints.Pickle;

/// <summary>What PyTorch puts into a pickle: storages by persistent id, and tensors that look into them.</summary>
/// <param name="repetitions">What may be looked up in one value over and over.</param>
/// <param name="error">Makes the exception for a problem at the place that is being read.</param>
internal sealed class PickleTorch(PickleBudget repetitions, Func<string, CheckpointFormatException> error)
{
    // PyTorch's keys are numbers. Each time one is looked up takes time in proportion to its length.
    private const int MostKeyCharacters = 256;

    private readonly Dictionary<string, PickleStorage> _storages = new(StringComparer.Ordinal);
    private int _tensors;

    /// <summary>Every storage that the pickle has named so far, by key.</summary>
    public IReadOnlyDictionary<string, PickleStorage> Storages => _storages;

    /// <summary>
    /// What a persistent id stands for: a storage, or in legacy files of whole modules a class beside its source.
    /// </summary>
    /// <param name="persistentId">The tuple on the stack.</param>
    /// <param name="offset">The byte offset in the file of the opcode that asks for it.</param>
    public object Find(object? persistentId, long offset)
    {
        if (persistentId is PickleTuple { Items: ["module", PickleGlobal type, ..] })
        {
            type.HasInstances = true;
            return type;
        }

        return FindStorage(persistentId, offset);
    }

    /// <summary>
    /// The tensor that _rebuild_tensor(storage, offset, size, stride), _rebuild_tensor_v2(..., requires_grad, hooks
    /// [, metadata]), _rebuild_parameter(tensor, requires_grad, hooks) or _rebuild_parameter_with_state(..., state)
    /// would make.
    /// </summary>
    public PickleTensor RebuildTensor(PickleGlobalKind? function, IReadOnlyList<object?> arguments) =>
        (function, arguments) switch
        {
            (PickleGlobalKind.RebuildParameter, [PickleTensor tensor, bool, _]) => tensor,
            (PickleGlobalKind.RebuildParameterWithState, [PickleTensor tensor, bool, _, _]) => tensor,
            (PickleGlobalKind.RebuildTensor,
                [PickleStorageView storage, long offset, PickleTuple size, PickleTuple stride]) =>
                MakeTensor(storage, offset, size, stride),
            (PickleGlobalKind.RebuildTensorV2,
                [PickleStorageView storage, long offset, PickleTuple size, PickleTuple stride, bool, _, ..])
                when arguments.Count is 6 or 7 => IsTransformed(arguments.ElementAtOrDefault(6))
                    ? throw error("A tensor in the pickle is to be negated or conjugated on reading (its metadata says "
                        + "'neg' or 'conj'), which is not supported; save it with resolve_neg() or resolve_conj().")
                    : MakeTensor(storage, offset, size, stride),
            _ => throw error("A tensor in the pickle is not described as PyTorch describes one."),
        };

    private bool IsTransformed(object? metadata) => metadata is PickleDict dict
        && (dict.Find("neg", repetitions) is true || dict.Find("conj", repetitions) is true);

    /// <summary>
    /// The storage of a persistent id: ('storage', class, key, location, elements), in legacy files followed by
    /// None or by the part that it means, (key, offset, elements). Where it was (CPU or CUDA) does not matter.
    /// </summary>
    private PickleStorageView FindStorage(object? persistentId, long offset)
    {
        if (persistentId is not PickleTuple { Items: var items }
            || items.Count is not (5 or 6)
            || items is not ["storage", PickleGlobal { StorageType: { } type }, string key, _, long count, ..]
            || key.Length > MostKeyCharacters)
        {
            throw error("The pickle has a persistent id that is no storage.");
        }

        if (count < 0 || count > long.MaxValue / type.ElementSize)
        {
            throw error($"The storage '{PrintableText.Of(key)}' says that it has {count} elements.");
        }

        var storage = Remember(new PickleStorage(key, type, count, offset));
        return items.ElementAtOrDefault(5) switch
        {
            null => new PickleStorageView(storage, 0, count),
            PickleTuple { Items: [string, long start, long size] }
                when start >= 0 && size >= 0 && start <= count - size => new PickleStorageView(storage, start, size),
            _ => throw error($"The storage '{PrintableText.Of(key)}' has a view that does not lie in it."),
        };
    }

    private PickleTensor MakeTensor(PickleStorageView view, long offset, PickleTuple size, PickleTuple stride)
    {
        if (++_tensors > CheckpointContent.MostTensors)
        {
            throw error($"The pickle has more than {CheckpointContent.MostTensors} tensors, far more than any checkpoint.");
        }

        var layout = new TensorLayout(offset, Numbers(size), Numbers(stride));
        if (layout.FindProblem(view.ElementCount) is { } problem)
        {
            throw error(problem);
        }

        return new PickleTensor(view.Storage, layout with { Offset = layout.Offset + view.Offset });
    }

    private ValueList<long> Numbers(PickleTuple tuple)
    {
        if (tuple.Items.Count > TensorLayout.MostDimensions)
        {
            throw error($"A tensor in the pickle has {tuple.Items.Count} dimensions.");
        }

        return new ValueList<long>(tuple.Items.Select(item => item is long number
            ? number
            : throw error("A tensor's size or stride in the pickle is no number.")));
    }

    private PickleStorage Remember(PickleStorage storage)
    {
        if (!_storages.TryAdd(storage.Key, storage)
            && _storages[storage.Key] with { Offset = storage.Offset } != storage)
        {
            throw error($"The storage '{PrintableText.Of(storage.Key)}' is described twice, differently.");
        }

        return _storages[storage.Key];
    }
}
