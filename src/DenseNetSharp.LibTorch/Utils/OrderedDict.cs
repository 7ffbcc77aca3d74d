using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace TorchSharp.Utils;

/// <summary>A dictionary that keeps the order in which keys were added.</summary>
/// <typeparam name="TKey">The type of the keys.</typeparam>
/// <typeparam name="TValue">The type of the values.</typeparam>
public class OrderedDict<TKey, TValue> : IDictionary<TKey, TValue>, IList<(TKey, TValue)>
    where TKey : notnull
{
    private readonly List<(TKey, TValue)> _list = [];
    private readonly Dictionary<TKey, TValue> _dict = [];

    /// <summary>The number of entries.</summary>
    public int Count => _dict.Count;

    /// <summary>Entries can be changed.</summary>
    public bool IsReadOnly => false;

    /// <summary>The keys in order.</summary>
    public ICollection<TKey> Keys => _list.ConvertAll(entry => entry.Item1);

    /// <summary>The values in order.</summary>
    public ICollection<TValue> Values => _list.ConvertAll(entry => entry.Item2);

    /// <summary>An entry by its place.</summary>
    public (TKey, TValue) this[int index]
    {
        get => _list[index];
        set
        {
            _dict[value.Item1] = value.Item2;
            _list[index] = value;
        }
    }

    /// <summary>A value by its key; a new key goes to the end.</summary>
    public TValue this[TKey key]
    {
        get => _dict[key];
        set
        {
            if (!_dict.TryAdd(key, value))
            {
                _dict[key] = value;
                _list[Place(key)] = (key, value);
            }
            else
            {
                _list.Add((key, value));
            }
        }
    }

    /// <summary>Adds an entry at the end.</summary>
    public void Add((TKey, TValue) item) => Insert(_list.Count, item);

    /// <summary>Adds an entry at the end.</summary>
    public void Add(TKey key, TValue value) => Add((key, value));

    /// <summary>Adds an entry at the end.</summary>
    public void Add(KeyValuePair<TKey, TValue> item) => Add((item.Key, item.Value));

    /// <summary>Inserts an entry.</summary>
    public void Insert(int index, (TKey, TValue) item)
    {
        _dict.Add(item.Item1, item.Item2);
        _list.Insert(index, item);
    }

    /// <summary>Whether there is such an entry.</summary>
    public bool Contains((TKey, TValue) item) => _list.Contains(item);

    /// <summary>Whether there is such a key.</summary>
    public bool Contains(KeyValuePair<TKey, TValue> item) => _dict.ContainsKey(item.Key);

    /// <summary>Whether there is such a key.</summary>
    public bool ContainsKey(TKey key) => _dict.ContainsKey(key);

    /// <summary>The place of an entry, or -1.</summary>
    public int IndexOf((TKey, TValue) item) => _list.IndexOf(item);

    /// <summary>Removes an entry.</summary>
    public bool Remove((TKey, TValue) item) => _dict.Remove(item.Item1) & _list.Remove(item);

    /// <summary>Removes an entry by its key.</summary>
    public bool Remove(TKey key)
    {
        _list.RemoveAt(Place(key));
        return _dict.Remove(key);
    }

    /// <summary>Removes an entry by its key.</summary>
    public bool Remove(KeyValuePair<TKey, TValue> item) => Remove(item.Key);

    /// <summary>Removes an entry by its place.</summary>
    public void RemoveAt(int index)
    {
        _dict.Remove(_list[index].Item1);
        _list.RemoveAt(index);
    }

    /// <summary>Removes everything.</summary>
    public void Clear()
    {
        _list.Clear();
        _dict.Clear();
    }

    /// <summary>The value of a key, if there is one.</summary>
    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value) => _dict.TryGetValue(key, out value);

    /// <summary>Copies the entries in order.</summary>
    public void CopyTo((TKey, TValue)[] array, int arrayIndex) => _list.CopyTo(array, arrayIndex);

    /// <summary>Copies the entries in order.</summary>
    public void CopyTo(KeyValuePair<TKey, TValue>[] array, int arrayIndex)
    {
        foreach (var (key, value) in _list)
        {
            array[arrayIndex++] = new(key, value);
        }
    }

    /// <summary>The entries in order.</summary>
    public IEnumerator<(TKey, TValue)> GetEnumerator() => _list.GetEnumerator();

    IEnumerator<KeyValuePair<TKey, TValue>> IEnumerable<KeyValuePair<TKey, TValue>>.GetEnumerator() =>
        _list.Select(entry => new KeyValuePair<TKey, TValue>(entry.Item1, entry.Item2)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int Place(TKey key) => _list.FindIndex(entry => EqualityComparer<TKey>.Default.Equals(entry.Item1, key));
}
