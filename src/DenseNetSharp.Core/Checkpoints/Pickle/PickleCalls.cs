namespace DenseNetSharp.Checkpoints.Pickle;

/// <summary>Makes what a pickle would have Python call or build, as inert values.</summary>
/// <param name="torch">Makes the tensors.</param>
/// <param name="copies">What may be copied from one value into others.</param>
/// <param name="error">Makes the exception for a problem, at the offset given or else where it is read.</param>
internal sealed class PickleCalls(
    PickleTorch torch, PickleBudget copies, Func<string, long?, CheckpointFormatException> error)
{
    /// <summary>What calling a listed function would give.</summary>
    public object? Call(PickleGlobal function, PickleTuple arguments) => (function.Kind, arguments.Items) switch
    {
        (null, _) => function.IsOrdinaryClass ? new PickleObject(function, arguments) : throw NotListed(function),
        (PickleGlobalKind.OrderedDict or PickleGlobalKind.DictCopy, []) => new PickleDict(),
        (PickleGlobalKind.OrderedDict, [PickleList pairs]) => DictOfPairs(pairs),
        (PickleGlobalKind.DictCopy, [PickleDict dict]) => new PickleDict(dict.Items),
        (PickleGlobalKind.DefaultDict, _) => new PickleDict(),
        (PickleGlobalKind.Set, []) => new PickleSet([]),
        (PickleGlobalKind.Set, [PickleList list]) => new PickleSet(list.Items),
        (PickleGlobalKind.Bytes, []) => new PickleBytes(""),
        (PickleGlobalKind.Bytes, [PickleBytes bytes]) => bytes,
        (PickleGlobalKind.Bytes, [string text, ..]) => new PickleBytes(text),
        (PickleGlobalKind.FirstArgument, [var first, ..]) => first,
        (PickleGlobalKind.Record or PickleGlobalKind.UnsupportedTensor, _) => new PickleObject(function, arguments),

        // The record is no PickleGlobal, so what it stands for cannot be called.
        (PickleGlobalKind.Attribute, [PickleObject or PickleGlobal, string]) => new PickleObject(function, arguments),

        // With three arguments Python would make a new class.
        (PickleGlobalKind.TypeOf, [_]) => new PickleObject(function, arguments),
        (PickleGlobalKind.Nothing, _) => null,
        (PickleGlobalKind.Reconstructor, [PickleGlobal type, ..]) => MakeObject(type, arguments),
        (PickleGlobalKind.NumpyScalar, _) => PickleNumpy.Scalar(arguments),
        (PickleGlobalKind.RebuildFromType, [PickleGlobal inner, PickleGlobal type, PickleTuple tensor, ..]) =>
            CallForSubclass(inner, type, tensor),
        (PickleGlobalKind.RebuildTensor
            or PickleGlobalKind.RebuildTensorV2
            or PickleGlobalKind.RebuildParameter
            or PickleGlobalKind.RebuildParameterWithState, _) => torch.RebuildTensor(function.Kind, arguments.Items),
        _ => throw error(
            $"The pickle calls {PrintableText.Of(function.FullName)} in a way that no checkpoint does.", null),
    };

    /// <summary>The inert record of an instance, whatever its class.</summary>
    public static PickleObject MakeObject(PickleGlobal type, PickleTuple arguments)
    {
        type.HasInstances = true;
        return new PickleObject(type, arguments);
    }

    /// <summary>What BUILD does: an object keeps its state, a dict its attributes.</summary>
    public void SetState(object? target, object? state)
    {
        switch (target, state)
        {
            case (PickleObject instance, _):
                instance.State = state;
                break;
            case (PickleDict dict, PickleDict attributes):
                dict.Attributes = attributes;
                break;
            default:
                throw error("The pickle sets attributes of something other than an object or an OrderedDict.", null);
        }
    }

    public CheckpointFormatException NotListed(PickleGlobal global) => error(
        global.IsQuantized ? PickledRootText.Quantized(global.FullName)
        : $"The pickle asks for {PrintableText.Of(global.FullName)}, which is not one of the classes and functions that "
        + "a state dict needs; it was not loaded and nothing was run.",
        global.Offset);

    /// <summary>A tensor of a class derived from torch.Tensor, which names how the tensor itself is made.</summary>
    private PickleTensor CallForSubclass(PickleGlobal inner, PickleGlobal type, PickleTuple tensor)
    {
        type.HasInstances = true;
        return inner.Kind is null ? throw NotListed(inner) : torch.RebuildTensor(inner.Kind, tensor.Items);
    }

    /// <summary>Python 2 wrote OrderedDict([[key, value], ...]); Python 3 sets the items of OrderedDict().</summary>
    private PickleDict DictOfPairs(PickleList pairs)
    {
        // One list can be the argument of many calls.
        copies.Spend(pairs.Items.Count);
        var dict = new PickleDict();
        foreach (var pair in pairs.Items)
        {
            dict.Items.Add(pair switch
            {
                PickleList { Items: [var key, var value] } => new(key, value),
                PickleTuple { Items: [var key, var value] } => new(key, value),
                _ => throw error("An OrderedDict in the pickle is made of something that is no list of pairs.", null),
            });
        }

        return dict;
    }
}
