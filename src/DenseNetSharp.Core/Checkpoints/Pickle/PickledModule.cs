using System.Text.RegularExpressions;

namespace DenseNetSharp.Checkpoints.Pickle;

/// <summary>
/// Lists the tensors of a pickled module, as <c>torch.save(model, ...)</c> writes one, in the order and with the names
/// of <c>torch.nn.Module.state_dict()</c>: a module's parameters, its buffers, then its children's, joined by dots.
/// A module that is the child of several appears under each name.
/// </summary>
/// <param name="budget">Bounds the work.</param>
/// <param name="error">Makes the exception for a problem.</param>
internal sealed partial class PickledModule(PickleBudget budget, Func<string, Exception> error)
{
    // torchvision's DenseNet is five deep. A module that contains itself ends here.
    private const int MostDepth = 64;

    // About the bytes that one more name takes beside its characters.
    private const int CostOfName = 64;

    private readonly OrderedDictionary<string, string> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ModuleSettings> _settings = new(StringComparer.Ordinal);
    private readonly List<string> _unsavedBuffers = [];
    private readonly Dictionary<string, string> _scriptClasses = new(StringComparer.Ordinal);

    /// <summary>The class of each module that <see cref="Tensors"/> walked through, by its name; empty before.</summary>
    public IReadOnlyDictionary<string, string> Types => _types;

    /// <summary>How those of PyTorch's own classes compute, by their names; TorchScript has that in its code.</summary>
    public IReadOnlyDictionary<string, ModuleSettings> Settings => _settings;

    /// <summary>The buffers that are no part of the state dict, which the network may compute with all the same.</summary>
    public IReadOnlyList<string> UnsavedBuffers => _unsavedBuffers;

    /// <summary>TorchScript's classes by the modules' names, as its archive calls them.</summary>
    public IReadOnlyDictionary<string, string> ScriptClasses => _scriptClasses;

    /// <summary>Whether a value is a module, known by what PyTorch gives each.</summary>
    public bool IsModule(object? value) => value is PickleObject { Attributes: { } attributes } instance
        && (IsTorchScript(instance)
            || (attributes.Find(PickleNames.Parameters, budget) is PickleDict
                && attributes.Find(PickleNames.Modules, budget) is PickleDict));

    /// <summary>The tensors of a module and all modules in it.</summary>
    public List<KeyValuePair<string, PickleTensor>> Tensors(PickleDict module)
    {
        var tensors = new List<KeyValuePair<string, PickleTensor>>();
        _types.Clear();
        _settings.Clear();
        _scriptClasses.Clear();
        _unsavedBuffers.Clear();
        Walk((PickleObject)module, "", tensors, depth: 0);
        return tensors;
    }

    /// <summary>The tensors among the items of a dict.</summary>
    public List<KeyValuePair<string, PickleTensor>> OwnTensors(PickleDict dict)
    {
        var tensors = new List<KeyValuePair<string, PickleTensor>>();
        AddTensors(dict, [], "", tensors);
        return tensors;
    }

    private static bool IsTorchScript(PickleObject instance) =>
        instance.Type.Module.StartsWith(PickleNames.TorchScript, StringComparison.Ordinal);

    private void Walk(
        PickleObject module, string prefix, List<KeyValuePair<string, PickleTensor>> tensors, int depth)
    {
        if (depth > MostDepth)
        {
            throw error($"The modules in the file contain themselves, or lie more than {MostDepth} deep.");
        }

        // TorchScript keeps tensors and children side by side, PyTorch each in a dict of its own. Which of the tensors
        // are parameters is written in TorchScript's code, which is not read: all are taken.
        var type = _types[prefix.TrimEnd('.')] = TypeOf(module);
        var own = module.Attributes!;
        var isScript = IsTorchScript(module);
        if (isScript)
        {
            _scriptClasses[prefix.TrimEnd('.')] = module.Type.FullName;
        }
        else if (type.StartsWith(PickleNames.TorchModules, StringComparison.Ordinal))
        {
            _settings[prefix.TrimEnd('.')] = SettingsOf(own);
        }

        AddTensors(isScript ? own : own.Find(PickleNames.Parameters, budget), [], prefix, tensors);
        if (!isScript)
        {
            var unsaved = NonPersistentBuffers(own);
            AddTensors(own.Find(PickleNames.Buffers, budget), unsaved, prefix, tensors);
            _unsavedBuffers.AddRange(unsaved.Select(name => prefix + name));
        }

        foreach (var (name, value) in Named(isScript ? own : own.Find(PickleNames.Modules, budget), prefix))
        {
            if (IsModule(value))
            {
                Walk((PickleObject)value!, $"{name}.", tensors, depth + 1);
            }
        }
    }

    /// <summary>A module's class as Python calls it: TorchScript puts its own package before it, and numbers after.</summary>
    private string TypeOf(PickleObject module)
    {
        var name = module.Type.FullName;
        budget.Spend(CostOfName + name.Length);
        return name.StartsWith(PickleNames.TorchScript, StringComparison.Ordinal)
            ? TorchScriptPackages().Replace(name, "")
            : name;
    }

    private ModuleSettings SettingsOf(PickleDict own)
    {
        return new ModuleSettings(
            own.Find("eps", budget) as double?, Side("kernel_size"), Side("stride"), Side("padding"), Side("dilation"), Side("output_size"))
        {
            PaddingMode = own.Find("padding_mode", budget) as string,
            CeilMode = own.Find("ceil_mode", budget) as bool?,
            Dimension = own.Find("dim", budget) as long?,
        };

        int? Side(string name) => own.Find(name, budget) switch
        {
            long side => (int)Math.Clamp(side, 0, int.MaxValue),
            PickleTuple { Items: [long height, long width] } => height == width ? (int)Math.Clamp(height, 0, int.MaxValue) : ModuleSettings.Uneven,
            // Padding may be 'same', which no DenseNet has.
            string or PickleTuple => ModuleSettings.Uneven,
            _ => null,
        };
    }

    [GeneratedRegex(@"^__torch__\.|___torch_mangle_\d+\.")]
    private static partial Regex TorchScriptPackages();

    private void AddTensors(
        object? dict, HashSet<string> except, string prefix, List<KeyValuePair<string, PickleTensor>> tensors)
    {
        foreach (var (name, value) in Named(dict, prefix))
        {
            if (except.Contains(name[prefix.Length..]))
            {
                continue;
            }

            switch (value)
            {
                case PickleTensor tensor:
                    tensors.Add(TensorName.FindProblem(name) is { } problem ? throw error(problem) : new(name, tensor));
                    break;
                case PickleObject { Type: { Kind: PickleGlobalKind.UnsupportedTensor } maker }:
                    throw error(maker.IsQuantized
                        ? $"The tensor '{PrintableText.Of(name)}' is made by {maker.FullName}, which is not supported. "
                            + PickledRootText.Quantized(maker.FullName)
                        : $"The tensor '{PrintableText.Of(name)}' is made by {maker.FullName}, which is not supported.");
            }
        }
    }

    private HashSet<string> NonPersistentBuffers(PickleDict attributes)
    {
        if (attributes.Find(PickleNames.NonPersistentBuffers, budget) is not PickleSet set)
        {
            return [];
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in set.Items.OfType<string>())
        {
            budget.Spend(name.Length + 1L);
            names.Add(name);
        }

        return names;
    }

    /// <summary>The items of a dict with their full names.</summary>
    private IEnumerable<(string Name, object? Value)> Named(object? dict, string prefix)
    {
        foreach (var (key, value) in (dict as PickleDict)?.Items ?? [])
        {
            if (key is string name)
            {
                budget.Spend(CostOfName + prefix.Length + name.Length);
                yield return (prefix + name, value);
            }
            else
            {
                budget.Spend(1);
            }
        }
    }
}
