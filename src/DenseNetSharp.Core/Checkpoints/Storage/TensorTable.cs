using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace DenseNetSharp.Checkpoints.Storage;

/// <summary>Tensors by name, in the order given.</summary>
internal sealed class TensorTable : IReadOnlyDictionary<string, CheckpointTensor>
{
    private readonly OrderedDictionary<string, CheckpointTensor> _tensors = new(StringComparer.Ordinal);

    public TensorTable(IEnumerable<KeyValuePair<string, CheckpointTensor>> tensors)
    {
        foreach (var (name, tensor) in tensors)
        {
            if (!_tensors.TryAdd(name, tensor))
            {
                throw new ArgumentException($"Two tensors are named '{name}'.", nameof(tensors));
            }
        }
    }

    public int Count => _tensors.Count;

    public IEnumerable<string> Keys => _tensors.Keys;

    public IEnumerable<CheckpointTensor> Values => _tensors.Values;

    public CheckpointTensor this[string key] => _tensors.TryGetValue(key, out var tensor)
        ? tensor
        : throw new KeyNotFoundException($"The checkpoint has no tensor named '{key}'.");

    public bool ContainsKey(string key) => _tensors.ContainsKey(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out CheckpointTensor value) =>
        _tensors.TryGetValue(key, out value);

    public IEnumerator<KeyValuePair<string, CheckpointTensor>> GetEnumerator() => _tensors.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
