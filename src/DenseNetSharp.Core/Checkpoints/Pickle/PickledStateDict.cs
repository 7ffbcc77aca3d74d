using DenseNetSharp.Checkpoints.Storage;

namespace DenseNetSharp.Checkpoints.Pickle;

/// <summary>
/// Finds the state dict in what a pickle holds: the pickled value itself, a module's, or that of an entry of a
/// training script's dict.
/// </summary>
internal sealed class PickledStateDict
{
    /// <summary>
    /// The entries under which training scripts keep the model beside epoch, optimizer and so on, the usual ones first.
    /// Averages of its weights come last: a file that has both the model and its average gives the model.
    /// </summary>
    private static readonly string[] _wrappers =
    [
        "state_dict", "model_state_dict", "model", "net", "network", "weights", "params", "model_state",
        "net_state_dict", "checkpoint", "ema", "state_dict_ema", "model_ema", "ema_state_dict",
    ];

    // Real files nest one wrapper in another at most; a dict that contains itself ends here.
    private const int MostWrappers = 4;

    // A DenseNet-201 as a whole module takes 300,000. A name costs its length and 64, so this bounds memory too.
    private const long MostWork = 1 << 24;

    private readonly PickleBudget _budget;
    private readonly PickledModule _modules;
    private readonly List<string> _path = [];
    private readonly List<PickleDict> _dicts = [];

    private PickledStateDict(Func<string, Exception> error)
    {
        _budget = new PickleBudget(MostWork, error);
        _modules = new PickledModule(_budget, error);
    }

    public static CheckpointContent Read(
        CheckpointFormat format,
        object? root,
        Func<PickleStorage, TensorStorage> resolve,
        Func<string, Exception> error)
    {
        var found = new PickledStateDict(error);
        var tensors = found.FindInRoot(root) ?? throw error(PickledRootText.Problem(root, _wrappers));
        found.AddThresholds(tensors);
        var isModule = found._modules.IsModule(found._dicts[^1]);
        if (isModule && found._modules.Types.Values.FirstOrDefault(type => type.Contains(".quantized.", StringComparison.Ordinal)) is { } quantized)
        {
            throw error(PickledRootText.Quantized(quantized));
        }

        var content = new CheckpointContent
        {
            Format = format,
            Tensors = Resolve(tensors, resolve, error),
            Metadata = found.Metadata(),
            ModuleVersions = found.ModuleVersions(),
            OtherNetworks = found.OtherNetworks(),
            LooseTensors = found.LooseTensors(),
            Wrapper = found._path.Count > 0 ? string.Join('.', found._path) : null,
        };
        return !isModule ? content : content with
        {
            ModuleTypes = found._modules.Types,
            ModuleSettings = found._modules.Settings,
            ScriptClasses = found._modules.ScriptClasses,
            UnsavedBuffers = found._modules.UnsavedBuffers,
        };
    }

    /// <summary>
    /// The tensors of the whole file. A tuple or list is what scripts save that keep the model and, say, its epoch side
    /// by side; an entry of another name than the usual ones is taken where no other could be meant.
    /// </summary>
    private List<KeyValuePair<string, PickleTensor>>? FindInRoot(object? root)
    {
        switch (root)
        {
            case PickleList list:
                return FindInOnlyOne(list.Items.Select(item => ((string?)null, item)));
            case PickleTuple tuple:
                return FindInOnlyOne(tuple.Items.Select(item => ((string?)null, item)));
            case PickleDict dict when Find(dict) is { } tensors:
                return tensors;
            case PickleDict dict:
                _dicts.Add(dict);
                return FindInOnlyOne(dict.Items
                    .Where(item => item.Key is string name && !IsOptimizer(name))
                    .Select(item => ((string?)item.Key, item.Value)));
            default:
                return null;
        }
    }

    private static bool IsOptimizer(string name) => name.Contains("optim", StringComparison.OrdinalIgnoreCase);

    /// <summary>The tensors of the one entry that has some; null where none or several have.</summary>
    private List<KeyValuePair<string, PickleTensor>>? FindInOnlyOne(IEnumerable<(string? Name, object? Value)> entries)
    {
        var (names, dicts) = (_path.Count, _dicts.Count);
        (string? Name, PickleDict Dict)? only = null;
        foreach (var (name, value) in entries)
        {
            _budget.Spend(1);
            if (value is not PickleDict dict || FindInEntry(name, dict) is null)
            {
                continue;
            }

            if (only is not null)
            {
                return null;
            }

            only = (name, dict);
            _path.RemoveRange(names, _path.Count - names);
            _dicts.RemoveRange(dicts, _dicts.Count - dicts);
        }

        return only is { } found ? FindInEntry(found.Name, found.Dict) : null;
    }

    private List<KeyValuePair<string, PickleTensor>>? FindInEntry(string? name, PickleDict dict)
    {
        if (name is not null)
        {
            _path.Add(name);
        }

        var tensors = Find(dict);
        if (tensors is null && name is not null)
        {
            _path.RemoveAt(_path.Count - 1);
        }

        return tensors;
    }

    /// <summary>
    /// The tensors of a module, of an entry that is known to hold a model, or of the dict itself, in this order; null
    /// where there are none. What led to them stays in the fields.
    /// </summary>
    private List<KeyValuePair<string, PickleTensor>>? Find(PickleDict dict)
    {
        _dicts.Add(dict);
        var tensors = _modules.IsModule(dict)
            ? _modules.Tensors(dict)
            : FindInWrapper(dict) ?? _modules.OwnTensors(dict);
        if (tensors.Count > 0)
        {
            return tensors;
        }

        _dicts.RemoveAt(_dicts.Count - 1);
        return null;
    }

    private List<KeyValuePair<string, PickleTensor>>? FindInWrapper(PickleDict dict)
    {
        if (_path.Count == MostWrappers)
        {
            return null;
        }

        foreach (var name in _wrappers)
        {
            if (dict.Find(name, _budget) is PickleDict inner && FindInEntry(name, inner) is { } tensors)
            {
                return tensors;
            }
        }

        return null;
    }

    /// <summary>torchxrayvision's operating thresholds may be an attribute of the network and no buffer, or lie beside the state dict.
    /// </summary>
    private void AddThresholds(List<KeyValuePair<string, PickleTensor>> tensors)
    {
        foreach (var dict in _dicts.AsEnumerable().Reverse())
        {
            var own = _modules.IsModule(dict) ? dict.Attributes! : dict;
            if (own.Find(PickleNames.OperatingThresholds, _budget) is PickleTensor thresholds
                && !tensors.Exists(item => item.Key == PickleNames.OperatingThresholds))
            {
                tensors.Add(new(PickleNames.OperatingThresholds, thresholds));
            }
        }
    }

    /// <summary>The entries of the dicts around the tensors that hold a network too: its average, or one of another epoch.</summary>
    private string[] OtherNetworks() =>
    [
        .. _dicts[..^1].SelectMany(dict => PickledRootText.Networks(dict, item => !_dicts.Contains(item))),
    ];

    /// <summary>The names of single tensors in the dicts around the network's.</summary>
    private string[] LooseTensors() =>
    [
        .. _dicts[..^1].SelectMany(dict => dict.Items).Where(item => item.Value is PickleTensor).Select(item => item.Key).OfType<string>(),
    ];

    private static List<KeyValuePair<string, CheckpointTensor>> Resolve(
        List<KeyValuePair<string, PickleTensor>> pickled,
        Func<PickleStorage, TensorStorage> resolve,
        Func<string, Exception> error)
    {
        // As in Python, a key keeps its first place and its last value.
        var tensors = new OrderedDictionary<string, PickleTensor>(StringComparer.Ordinal);
        foreach (var (name, tensor) in pickled)
        {
            tensors[name] = tensor;
        }

        return
        [
            .. tensors.Select(item => KeyValuePair.Create(
                item.Key,
                new CheckpointTensor(
                    item.Value.Storage.Type.DataType ?? throw NotSupported(item.Key, item.Value),
                    resolve(item.Value.Storage),
                    item.Value.Layout))),
        ];

        Exception NotSupported(string name, PickleTensor tensor) => error(
            $"The tensor '{PrintableText.Of(name)}' lies in a {tensor.Storage.Type.Name}, which is not supported.");
    }

    private Dictionary<string, int>? ModuleVersions()
    {
        if (_dicts[^1].Attributes?.Find(PickleNames.ModuleMetadata) is not PickleDict modules)
        {
            return null;
        }

        var versions = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (key, value) in modules.Items)
        {
            if (key is string name
                && value is PickleDict local
                && local.Find(PickleNames.Version, _budget) is long version and >= 0 and <= int.MaxValue)
            {
                _budget.Spend(name.Length);
                versions[name] = (int)version;
            }
        }

        return versions;
    }

    /// <summary>The plain values of the file's outermost dict and of those in it down to the tensors.</summary>
    private IReadOnlyDictionary<string, string> Metadata()
    {
        var metadata = new PickledMetadata(_budget);
        foreach (var dict in _dicts)
        {
            metadata.Add(dict);
        }

        if (_dicts[^1].Attributes is { } attributes)
        {
            // DataParallel has one child, whose attributes are meant.
            if (attributes.Find(PickleNames.Modules, _budget) is PickleDict { Items: [{ Key: "module", Value: PickleObject { Attributes: { } inner } }] })
            {
                metadata.Add(inner);
            }

            metadata.Add(_modules.IsModule(_dicts[^1])
                ? attributes
                : attributes.Find(PickleNames.Metadata) as PickleDict ?? new PickleDict());
        }

        return metadata.Values;
    }
}
