using System.Globalization;
using System.Numerics;
using DenseNetSharp.Checkpoints.Pickle;

namespace DenseNetSharp.Checkpoints;

/// <summary>
/// Finds the state dict in what a pickle holds: the pickled value itself, or an entry of a training script's dict.
/// </summary>
internal sealed class PickledStateDict
{
    /// <summary>The entries under which training scripts keep the model beside epoch, optimizer and so on.</summary>
    private static readonly string[] _wrappers = ["state_dict", "model_state_dict", "model", "net", "ema"];

    // Real files nest one wrapper in another at most; a dict that contains itself ends here.
    private const int MostWrappers = 4;

    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly List<string> _path = [];
    private readonly PickleDict _dict;

    private PickledStateDict(PickleDict root)
    {
        _dict = root;
        while (_path.Count < MostWrappers && FindWrapper(_dict) is var (name, inner) && inner is not null)
        {
            AddMetadata(_dict);
            _path.Add(name);
            _dict = inner;
        }

        AddMetadata(_dict);
        if (_dict.Attributes?.Find(PickleNames.Metadata) is PickleDict metadata)
        {
            AddMetadata(metadata);
        }
    }

    public static CheckpointContent Read(
        CheckpointFormat format,
        object? root,
        Func<PickleStorage, TensorStorage> resolve,
        Func<string, Exception> error)
    {
        if (root is not PickleDict dict)
        {
            throw error("The file holds no dictionary of tensors.");
        }

        var found = new PickledStateDict(dict);
        var tensors = found.Tensors(resolve);
        if (tensors.Count == 0)
        {
            throw error("The file holds a dictionary without tensors.");
        }

        return new CheckpointContent
        {
            Format = format,
            Tensors = tensors,
            Metadata = found._metadata,
            ModuleVersions = found.ModuleVersions(),
            Wrapper = found._path.Count > 0 ? string.Join('.', found._path) : null,
        };
    }

    private static (string Name, PickleDict? Inner) FindWrapper(PickleDict dict)
    {
        foreach (var name in _wrappers)
        {
            if (dict.Find(name) is PickleDict inner)
            {
                return (name, inner);
            }
        }

        return ("", null);
    }

    private List<KeyValuePair<string, CheckpointTensor>> Tensors(Func<PickleStorage, TensorStorage> resolve)
    {
        // As in Python, a key keeps its first place and its last value.
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        var tensors = new List<KeyValuePair<string, CheckpointTensor>>();
        foreach (var (key, value) in _dict.Items)
        {
            if (key is not string name || value is not PickleTensor pickled)
            {
                continue;
            }

            var tensor = new CheckpointTensor(pickled.Storage.DataType, resolve(pickled.Storage), pickled.Layout);
            if (places.TryAdd(name, tensors.Count))
            {
                tensors.Add(new(name, tensor));
            }
            else
            {
                tensors[places[name]] = new(name, tensor);
            }
        }

        return tensors;
    }

    private Dictionary<string, int>? ModuleVersions()
    {
        if (_dict.Attributes?.Find(PickleNames.ModuleMetadata) is not PickleDict modules)
        {
            return null;
        }

        var versions = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (key, value) in modules.Items)
        {
            if (key is string name
                && value is PickleDict local
                && local.Find(PickleNames.Version) is long version and >= 0 and <= int.MaxValue)
            {
                versions[name] = (int)version;
            }
        }

        return versions;
    }

    /// <summary>Keeps the plain values beside the tensors: an epoch, an accuracy, an architecture's name.</summary>
    private void AddMetadata(PickleDict dict)
    {
        foreach (var (key, value) in dict.Items)
        {
            if (key is string name && Text(value) is { } text)
            {
                _metadata[name] = text;
            }
        }
    }

    private static string? Text(object? value) => value switch
    {
        string text => text,
        bool flag => flag ? "True" : "False",
        long or double or BigInteger => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
        _ => null,
    };
}
