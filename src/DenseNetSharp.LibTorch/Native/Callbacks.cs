using System.Runtime.InteropServices;
using System.Text;

namespace TorchSharp.Native;

/// <summary>
/// What native code calls for custom autograd functions. No exception may cross, so one becomes a message; the
/// exception itself is kept for the thread that waits for the call, to be the inner exception of what it throws.
/// </summary>
internal static unsafe class Callbacks
{
    [ThreadStatic]
    private static Exception? _exception;

    internal static void Forget() => _exception = null;

    internal static Exception? TakeException()
    {
        var exception = _exception;
        _exception = null;
        return exception;
    }

    [UnmanagedCallersOnly]
    internal static byte* Forward(nint state, nint context, nint** outputs, long* count)
    {
        try
        {
            var call = (torch.autograd.FunctionCall)GCHandle.FromIntPtr(state).Target!;
            var results = call.Forward(context);
            *outputs = Handles.Give(results);
            *count = results.Count;
            return null;
        }
        catch (Exception exception)
        {
            return Report(exception);
        }
    }

    [UnmanagedCallersOnly]
    internal static byte* Backward(
        nint state, nint context, nint* gradients, long count, nint** outputs, long* outputCount)
    {
        try
        {
            var call = (torch.autograd.FunctionCall)GCHandle.FromIntPtr(state).Target!;

            // On the CPU this is the thread that called backward, and its scope takes what the pass makes. The
            // engine's own threads, one a GPU, have none, and would leave it to finalizers.
            using var scope = DisposeScopeManager.ThreadSingleton.CurrentDisposeScope is null
                ? torch.NewDisposeScope()
                : null;
            var results = call.Backward(context, new ReadOnlySpan<nint>(gradients, (int)count));
            *outputs = Handles.Give(results);
            *outputCount = results.Count;
            return null;
        }
        catch (Exception exception)
        {
            return Report(exception);
        }
    }

    [UnmanagedCallersOnly]
    internal static void Release(nint state) => GCHandle.FromIntPtr(state).Free();

    private static byte* Report(Exception exception)
    {
        _exception = exception;
        var text = $"{exception.GetType().Name}: {exception.Message}";
        var length = Encoding.UTF8.GetByteCount(text);
        var message = (byte*)Bridge.Allocate(length + 1);
        Encoding.UTF8.GetBytes(text, new Span<byte>(message, length));
        message[length] = 0;
        return message;
    }
}
