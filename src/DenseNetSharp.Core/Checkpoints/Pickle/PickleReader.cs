using System.Numerics;
using System.Text;

namespace DenseNetSharp.Checkpoints.Pickle;

/// <summary>
/// Reads a pickle into inert values. It is a small stack machine without the parts of Python's that call anything:
/// the only "functions" are those of <see cref="PickleGlobalKind"/>, and each makes a value that lies here.
/// </summary>
internal sealed class PickleReader
{
    // A DenseNet-121's pickle takes 25,000 steps. A step makes at most some hundred bytes, so this bounds memory.
    private const int MostSteps = 2_000_000;

    private static readonly UTF8Encoding _strictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly PickleStream _stream;
    private readonly List<object?> _stack = [];
    private readonly List<int> _marks = [];
    private readonly Dictionary<uint, object?> _memo = [];
    private readonly PickleTorch _torch;
    private long _opcodeOffset;
    private int _copiedItems;

    private PickleReader(PickleStream stream)
    {
        _stream = stream;
        _torch = new PickleTorch(problem => stream.Error(_opcodeOffset, problem));
    }

    /// <summary>Reads one pickle and leaves the stream behind it.</summary>
    /// <exception cref="CheckpointFormatException">
    /// The pickle is damaged, or names or asks for something that a checkpoint does not need.
    /// </exception>
    public static PickleContent Read(PickleStream stream)
    {
        var reader = new PickleReader(stream);
        return new PickleContent(reader.Run(), reader._torch.Storages);
    }

    private object? Run()
    {
        for (var step = 0; step < MostSteps; step++)
        {
            _opcodeOffset = _stream.Position;
            var opcode = (PickleOpcode)_stream.ReadByte();
            if (opcode == PickleOpcode.Stop)
            {
                return Pop();
            }

            Execute(opcode);
        }

        throw Error($"The pickle has more than {MostSteps} steps, far more than any checkpoint's.");
    }

    private void Execute(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Proto:
                ReadProtocol();
                break;
            case PickleOpcode.Mark:
                _marks.Add(_stack.Count);
                break;
            case PickleOpcode.None:
                Push(null);
                break;
            case PickleOpcode.NewTrue:
                Push(true);
                break;
            case PickleOpcode.NewFalse:
                Push(false);
                break;
            case PickleOpcode.BinInt:
                Push((long)_stream.ReadInt32());
                break;
            case PickleOpcode.BinInt1:
                Push((long)_stream.ReadByte());
                break;
            case PickleOpcode.BinInt2:
                Push((long)_stream.ReadUInt16());
                break;
            case PickleOpcode.Long1:
                Push(ReadLong());
                break;
            case PickleOpcode.BinFloat:
                Push(_stream.ReadDouble());
                break;
            case PickleOpcode.BinUnicode:
                Push(ReadUnicode());
                break;
            case PickleOpcode.ShortBinString:
                Push(Encoding.Latin1.GetString(_stream.ReadBytes(_stream.ReadByte())));
                break;
            case PickleOpcode.BinString:
                Push(Encoding.Latin1.GetString(_stream.ReadBytes(_stream.ReadUInt32())));
                break;
            case PickleOpcode.EmptyTuple:
                Push(PickleTuple.Empty);
                break;
            case PickleOpcode.Tuple1:
                Push(new PickleTuple(PopMany(1)));
                break;
            case PickleOpcode.Tuple2:
                Push(new PickleTuple(PopMany(2)));
                break;
            case PickleOpcode.Tuple3:
                Push(new PickleTuple(PopMany(3)));
                break;
            case PickleOpcode.Tuple:
                Push(new PickleTuple(PopToMark()));
                break;
            case PickleOpcode.EmptyList:
                Push(new PickleList());
                break;
            case PickleOpcode.Append:
                Append([Pop()]);
                break;
            case PickleOpcode.Appends:
                Append(PopToMark());
                break;
            case PickleOpcode.EmptyDict:
                Push(new PickleDict());
                break;
            case PickleOpcode.SetItem:
                SetItems(PopMany(2));
                break;
            case PickleOpcode.SetItems:
                SetItems(PopToMark());
                break;
            case PickleOpcode.BinPut:
                _memo[_stream.ReadByte()] = Peek();
                break;
            case PickleOpcode.LongBinPut:
                _memo[_stream.ReadUInt32()] = Peek();
                break;
            case PickleOpcode.BinGet:
                Push(Recall(_stream.ReadByte()));
                break;
            case PickleOpcode.LongBinGet:
                Push(Recall(_stream.ReadUInt32()));
                break;
            case PickleOpcode.Global:
                Push(ReadGlobal());
                break;
            case PickleOpcode.BinPersId:
                Push(_torch.FindStorage(Pop()));
                break;
            case PickleOpcode.Reduce:
                Reduce();
                break;
            case PickleOpcode.Build:
                Build();
                break;
            default:
                throw Error($"The pickle has the opcode 0x{(byte)opcode:x2}, which no checkpoint needs.");
        }
    }

    private void ReadProtocol()
    {
        var protocol = _stream.ReadByte();
        if (protocol is < 2 or > 5)
        {
            throw Error($"The pickle says its protocol is {protocol}; PyTorch writes 2.");
        }
    }

    private object ReadLong()
    {
        var value = new BigInteger(_stream.ReadBytes(_stream.ReadByte()));
        return value >= long.MinValue && value <= long.MaxValue ? (object)(long)value : value;
    }

    private string ReadUnicode()
    {
        var bytes = _stream.ReadBytes(_stream.ReadUInt32());
        try
        {
            return _strictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Error("A string in the pickle is not UTF-8.");
        }
    }

    private PickleGlobal ReadGlobal()
    {
        var module = _stream.ReadLine();
        var name = _stream.ReadLine();
        return PickleGlobal.Find(module, name) ?? throw Error(
            $"The pickle asks for {Printable($"{module}.{name}")}, which is not one of the classes and functions that "
            + "a state dict needs; it was not loaded and nothing was run.");
    }

    private void Reduce()
    {
        var arguments = Pop() as PickleTuple ?? throw Error("A function in the pickle is called without a tuple.");
        var function = Pop() as PickleGlobal ?? throw Error("The pickle calls something that is no function.");
        Push(function.Kind switch
        {
            PickleGlobalKind.OrderedDict => MakeOrderedDict(arguments),
            PickleGlobalKind.Size when arguments.Items is [PickleTuple sizes] => sizes,
            PickleGlobalKind.RebuildTensor or PickleGlobalKind.RebuildTensorV2 or PickleGlobalKind.RebuildParameter =>
                _torch.RebuildTensor(function.Kind, arguments.Items),
            _ => throw Error($"The pickle calls {function.Kind} in a way that no checkpoint does."),
        });
    }

    private PickleDict MakeOrderedDict(PickleTuple arguments)
    {
        // Python 2 wrote OrderedDict([[key, value], ...]), Python 3 writes OrderedDict() and sets the items.
        var dict = new PickleDict();
        if (arguments.Items.Count == 0)
        {
            return dict;
        }

        if (arguments.Items is not [PickleList pairs])
        {
            throw Error("An OrderedDict in the pickle is made of something that is no list of pairs.");
        }

        // One list can be the argument of many calls; what they copy together is bounded like the steps.
        _copiedItems += pairs.Items.Count;
        if (_copiedItems > MostSteps)
        {
            throw Error($"The pickle copies more than {MostSteps} items, far more than any checkpoint does.");
        }

        foreach (var pair in pairs.Items)
        {
            dict.Items.Add(pair switch
            {
                PickleList { Items: [var key, var value] } => new(key, value),
                PickleTuple { Items: [var key, var value] } => new(key, value),
                _ => throw Error("An OrderedDict in the pickle is made of something that is no list of pairs."),
            });
        }

        return dict;
    }

    private void Build()
    {
        var state = Pop();
        if (Peek() is not PickleDict dict || state is not PickleDict attributes)
        {
            throw Error("The pickle sets attributes of something other than an OrderedDict.");
        }

        dict.Attributes = attributes;
    }

    private void Append(object?[] items)
    {
        var list = Peek() as PickleList ?? throw Error("The pickle appends to something that is no list.");
        list.Items.AddRange(items);
    }

    private void SetItems(object?[] items)
    {
        var dict = Peek() as PickleDict ?? throw Error("The pickle sets items of something that is no dict.");
        if (items.Length % 2 != 0)
        {
            throw Error("The pickle sets a key without a value.");
        }

        for (var i = 0; i < items.Length; i += 2)
        {
            dict.Items.Add(new(items[i], items[i + 1]));
        }
    }

    private object? Recall(uint index) => _memo.TryGetValue(index, out var value)
        ? value
        : throw Error($"The pickle recalls entry {index}, which it has not stored.");

    private void Push(object? value) => _stack.Add(value);

    private object? Peek() => _stack.Count > (_marks.Count > 0 ? _marks[^1] : 0)
        ? _stack[^1]
        : throw Error("The pickle takes a value from an empty stack.");

    private object? Pop()
    {
        var value = Peek();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private object?[] PopMany(int count)
    {
        var items = new object?[count];
        for (var i = count - 1; i >= 0; i--)
        {
            items[i] = Pop();
        }

        return items;
    }

    private object?[] PopToMark()
    {
        if (_marks.Count == 0)
        {
            throw Error("The pickle closes a group that it has not opened.");
        }

        var start = _marks[^1];
        _marks.RemoveAt(_marks.Count - 1);
        var items = _stack.GetRange(start, _stack.Count - start).ToArray();
        _stack.RemoveRange(start, _stack.Count - start);
        return items;
    }

    private CheckpointFormatException Error(string problem) => _stream.Error(_opcodeOffset, problem);

    /// <summary>Keeps a hostile name from writing control characters to a terminal.</summary>
    private static string Printable(string name) =>
        string.Concat(name.Select(c => c is > ' ' and <= '~' ? c.ToString() : $"\\x{(int)c:x2}"));
}
