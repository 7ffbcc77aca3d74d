using System.Runtime.CompilerServices;

namespace TorchSharp.Native;

/// <summary>
/// One of libtorch's operators, named as in its schema. It is looked up at the first call; arguments that are not
/// given take the schema's defaults.
/// </summary>
internal sealed unsafe class Operator(string name, string overload = "")
{
    // More lists than this go to the heap; only a concatenation of hundreds of tensors does.
    private const int StackWords = 192;

    private nint _handle;

    /// <summary>Calls for the first result, a tensor.</summary>
    internal torch.Tensor Call(params ReadOnlySpan<Argument> arguments)
    {
        Value result;
        Invoke(arguments, &result, 1);
        return new torch.Tensor(result.Pointer);
    }

    /// <summary>Calls for two tensors.</summary>
    internal (torch.Tensor First, torch.Tensor Second) CallPair(params ReadOnlySpan<Argument> arguments)
    {
        var results = stackalloc Value[2];
        Invoke(arguments, results, 2);
        return (new torch.Tensor(results[0].Pointer), new torch.Tensor(results[1].Pointer));
    }

    /// <summary>Calls for a number or a truth value.</summary>
    internal Value CallValue(params ReadOnlySpan<Argument> arguments)
    {
        Value result;
        Invoke(arguments, &result, 1);
        return result;
    }

    /// <summary>Calls for the effect on <paramref name="self"/>, and returns it.</summary>
    internal torch.Tensor InPlace(torch.Tensor self, params ReadOnlySpan<Argument> arguments)
    {
        Invoke(arguments, null, 0);
        return self;
    }

    /// <summary>Calls for the effect.</summary>
    internal void Run(params ReadOnlySpan<Argument> arguments) => Invoke(arguments, null, 0);

    private void Invoke(ReadOnlySpan<Argument> arguments, Value* results, int capacity)
    {
        if (_handle == 0)
        {
            // Two threads may both look it up; both find the same operator.
            Bridge.Check(Bridge.Find("aten::" + name, overload, out var found));
            _handle = found;
        }

        var count = 0;
        foreach (ref readonly var argument in arguments)
        {
            count += argument.Words;
        }

        if (count <= StackWords)
        {
            var words = stackalloc long[count];
            Invoke(arguments, words, results, capacity);
        }
        else
        {
            fixed (long* words = new long[count])
            {
                Invoke(arguments, words, results, capacity);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Invoke(ReadOnlySpan<Argument> arguments, long* words, Value* results, int capacity)
    {
        var values = stackalloc Value[arguments.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            words += arguments[i].Write(ref values[i], words);
        }

        // The arguments, on the caller's stack, keep their tensors alive until the call is over.
        Bridge.Check(Bridge.Call(_handle, values, arguments.Length, results, capacity));
    }
}
