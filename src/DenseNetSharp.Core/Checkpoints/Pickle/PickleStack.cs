namespace DenseNetSharp.Checkpoints.Pickle;

/// <summary>The stack of a pickle's reader, with the marks that open groups on it.</summary>
/// <param name="error">Makes the exception for a problem at the place that is being read.</param>
internal sealed class PickleStack(Func<string, CheckpointFormatException> error)
{
    private readonly List<object?> _values = [];
    private readonly List<int> _marks = [];

    public void Push(object? value) => _values.Add(value);

    public void Mark() => _marks.Add(_values.Count);

    public object? Peek() => _values.Count > (_marks.Count > 0 ? _marks[^1] : 0)
        ? _values[^1]
        : throw error("The pickle takes a value from an empty stack.");

    public object? Pop()
    {
        var value = Peek();
        _values.RemoveAt(_values.Count - 1);
        return value;
    }

    /// <summary>The topmost values, the lowest first.</summary>
    public object?[] PopMany(int count)
    {
        var items = new object?[count];
        for (var i = count - 1; i >= 0; i--)
        {
            items[i] = Pop();
        }

        return items;
    }

    /// <summary>The values above the last mark, the lowest first, and the mark with them.</summary>
    public object?[] PopToMark()
    {
        if (_marks.Count == 0)
        {
            throw error("The pickle closes a group that it has not opened.");
        }

        var start = _marks[^1];
        _marks.RemoveAt(_marks.Count - 1);
        var items = new object?[_values.Count - start];
        _values.CopyTo(start, items, 0, items.Length);
        _values.RemoveRange(start, items.Length);
        return items;
    }

    /// <summary>Like Python's POP, which drops a mark where no value is above it.</summary>
    public void Drop()
    {
        if (_marks.Count > 0 && _marks[^1] == _values.Count)
        {
            _marks.RemoveAt(_marks.Count - 1);
        }
        else
        {
            Pop();
        }
    }
}
