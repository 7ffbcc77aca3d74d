namespace DenseNetSharp.Checkpoints.Pickle;

/// <summary>
/// Reads a pickle into inert values. It is a small stack machine without the parts of Python's that call anything:
/// the only "functions" are those of <see cref="PickleGlobalKind"/>, and each makes a value that lies here.
/// </summary>
/// <remarks>A long file: what every opcode does is seen best in one place.</remarks>
internal sealed class PickleReader
{
    // A DenseNet-121's pickle takes 25,000 steps. A step makes at most some hundred bytes, so this bounds memory.
    private const int MostSteps = 2_000_000;

    private const int MostNameCharacters = 512;

    // Those protocols do not say which they are.
    private const string OldProtocol =
        "Pickle protocol 0 or 1 is not supported; save the file again with torch.save's default.";

    private readonly PickleStream _stream;
    private readonly PickleStack _stack;
    private readonly PickleTorch _torch;
    private readonly PickleCalls _calls;
    private readonly Dictionary<uint, object?> _memo = [];
    private readonly List<PickleGlobal> _globals = [];
    private long _opcodeOffset;
    private bool _hasProtocol;

    private PickleReader(PickleStream stream)
    {
        _stream = stream;
        _stack = new PickleStack(Error);
        var repetitions = new PickleBudget(MostSteps, Error);
        _torch = new PickleTorch(repetitions, Error);
        _calls = new PickleCalls(
            _torch,
            repetitions,
            (problem, offset) => stream.Error(offset ?? _opcodeOffset, problem));
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
                var root = _stack.Pop();
                return _globals.Find(global => !global.IsHarmless) is { } harmful
                    ? throw _calls.NotListed(harmful)
                    : root;
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
            case PickleOpcode.Frame:
                ReadFrame();
                break;

            // Values.
            case PickleOpcode.None:
                _stack.Push(null);
                break;
            case PickleOpcode.NewTrue:
                _stack.Push(true);
                break;
            case PickleOpcode.NewFalse:
                _stack.Push(false);
                break;
            case PickleOpcode.BinInt:
                _stack.Push((long)_stream.ReadInt32());
                break;
            case PickleOpcode.BinInt1:
                _stack.Push((long)_stream.ReadByte());
                break;
            case PickleOpcode.BinInt2:
                _stack.Push((long)_stream.ReadUInt16());
                break;
            case PickleOpcode.Long1:
                _stack.Push(_stream.ReadNumber(_stream.ReadByte()));
                break;
            case PickleOpcode.Long4:
                _stack.Push(_stream.ReadNumber(_stream.ReadInt32()));
                break;
            case PickleOpcode.BinFloat:
                _stack.Push(_stream.ReadDouble());
                break;
            case PickleOpcode.ShortBinUnicode:
                _stack.Push(_stream.ReadUnicode(_stream.ReadByte()));
                break;
            case PickleOpcode.BinUnicode:
                _stack.Push(_stream.ReadUnicode(_stream.ReadUInt32()));
                break;
            case PickleOpcode.BinUnicode8:
                _stack.Push(_stream.ReadUnicode(_stream.ReadInt64()));
                break;
            case PickleOpcode.ShortBinString:
                _stack.Push(_stream.ReadLatin1(_stream.ReadByte()));
                break;
            case PickleOpcode.BinString:
                _stack.Push(_stream.ReadLatin1(_stream.ReadUInt32()));
                break;
            case PickleOpcode.ShortBinBytes:
                _stack.Push(new PickleBytes(_stream.ReadLatin1(_stream.ReadByte())));
                break;
            case PickleOpcode.BinBytes:
                _stack.Push(new PickleBytes(_stream.ReadLatin1(_stream.ReadUInt32())));
                break;
            case PickleOpcode.BinBytes8 or PickleOpcode.ByteArray8:
                _stack.Push(new PickleBytes(_stream.ReadLatin1(_stream.ReadInt64())));
                break;

            // Collections.
            case PickleOpcode.EmptyTuple:
                _stack.Push(PickleTuple.Empty);
                break;
            case PickleOpcode.Tuple1:
                _stack.Push(new PickleTuple(_stack.PopMany(1)));
                break;
            case PickleOpcode.Tuple2:
                _stack.Push(new PickleTuple(_stack.PopMany(2)));
                break;
            case PickleOpcode.Tuple3:
                _stack.Push(new PickleTuple(_stack.PopMany(3)));
                break;
            case PickleOpcode.Tuple:
                _stack.Push(new PickleTuple(_stack.PopToMark()));
                break;
            case PickleOpcode.EmptyList:
                _stack.Push(new PickleList());
                break;
            case PickleOpcode.Append:
                AddItems([_stack.Pop()]);
                break;
            case PickleOpcode.Appends or PickleOpcode.AddItems:
                AddItems(_stack.PopToMark());
                break;
            case PickleOpcode.EmptySet:
                _stack.Push(new PickleSet([]));
                break;
            case PickleOpcode.FrozenSet:
                _stack.Push(new PickleSet([.. _stack.PopToMark()]));
                break;
            case PickleOpcode.EmptyDict:
                _stack.Push(new PickleDict());
                break;
            case PickleOpcode.SetItem:
                SetItems(_stack.PopMany(2));
                break;
            case PickleOpcode.SetItems:
                SetItems(_stack.PopToMark());
                break;

            // The stack and the memo.
            case PickleOpcode.Mark:
                _stack.Mark();
                break;
            case PickleOpcode.Pop:
                _stack.Drop();
                break;
            case PickleOpcode.PopMark:
                _stack.PopToMark();
                break;
            case PickleOpcode.Dup:
                _stack.Push(_stack.Peek());
                break;
            case PickleOpcode.BinPut:
                _memo[_stream.ReadByte()] = _stack.Peek();
                break;
            case PickleOpcode.LongBinPut:
                _memo[_stream.ReadUInt32()] = _stack.Peek();
                break;
            case PickleOpcode.Memoize:
                _memo[(uint)_memo.Count] = _stack.Peek();
                break;
            case PickleOpcode.BinGet:
                _stack.Push(Recall(_stream.ReadByte()));
                break;
            case PickleOpcode.LongBinGet:
                _stack.Push(Recall(_stream.ReadUInt32()));
                break;

            // Classes, functions and storages.
            case PickleOpcode.Global:
                PushGlobal(_stream.ReadLine(), _stream.ReadLine());
                break;
            case PickleOpcode.StackGlobal:
                PushStackGlobal();
                break;
            case PickleOpcode.BinPersId:
                _stack.Push(_torch.Find(_stack.Pop(), _opcodeOffset));
                break;
            case PickleOpcode.Reduce:
                Reduce();
                break;
            case PickleOpcode.NewObj:
                NewObject();
                break;
            case PickleOpcode.NewObjEx:
                // The keyword arguments do not matter to an inert record.
                _stack.Pop();
                NewObject();
                break;
            case PickleOpcode.Build:
                var state = _stack.Pop();
                _calls.SetState(_stack.Peek(), state);
                break;
            default:
                throw Error(
                    $"The pickle has the opcode 0x{(byte)opcode:x2}, which no checkpoint needs."
                    + (_hasProtocol ? "" : $" {OldProtocol}"));
        }
    }

    private void ReadProtocol()
    {
        _hasProtocol = true;
        var protocol = _stream.ReadByte();
        if (protocol is < 2 or > 5)
        {
            throw Error($"The pickle says its protocol is {protocol}; PyTorch writes 2.");
        }
    }

    /// <summary>Frames are a hint for readers that fetch a pickle piece by piece.</summary>
    private void ReadFrame() => _stream.Require(_stream.ReadInt64());

    private void PushStackGlobal()
    {
        if (_stack.PopMany(2) is not [string module, string name]
            || module.Length + name.Length > MostNameCharacters)
        {
            throw Error("The pickle names a class or function by something other than two short strings.");
        }

        PushGlobal(module, name);
    }

    private void PushGlobal(string module, string name)
    {
        var global = new PickleGlobal(module, name, _opcodeOffset);
        _globals.Add(global);
        _stack.Push(global);
    }

    private void Reduce()
    {
        var value = _stack.Pop();
        var function = _stack.Pop() as PickleGlobal
            ?? throw Error("The pickle calls something that is no function.");
        // TorchScript writes an enumeration's value so.
        var isScript = value is string or long && function.Module.StartsWith(PickleNames.TorchScript, StringComparison.Ordinal);
        var arguments = isScript ? new PickleTuple([value])
            : value as PickleTuple ?? throw Error("A function in the pickle is called without a tuple.");
        _stack.Push(isScript ? PickleCalls.MakeObject(function, arguments) : _calls.Call(function, arguments));
    }

    private void NewObject()
    {
        var arguments = _stack.Pop() as PickleTuple
            ?? throw Error("An object in the pickle is made without a tuple.");
        var type = _stack.Pop() as PickleGlobal
            ?? throw Error("The pickle makes an object of something that is no class.");
        _stack.Push(PickleCalls.MakeObject(type, arguments));
    }

    private void AddItems(object?[] items)
    {
        switch (_stack.Peek())
        {
            case PickleList list:
                list.Items.AddRange(items);
                break;
            case PickleSet set:
                set.Items.AddRange(items);
                break;
            case PickleObject:
                // A class derived from list. No state dict or module is one, so nobody asks for its elements.
                break;
            default:
                throw Error("The pickle appends to something that is no list or set.");
        }
    }

    private void SetItems(object?[] items)
    {
        var dict = _stack.Peek() as PickleDict ?? throw Error("The pickle sets items of something that is no dict.");
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

    private CheckpointFormatException Error(string problem) => _stream.Error(_opcodeOffset, problem);
}
