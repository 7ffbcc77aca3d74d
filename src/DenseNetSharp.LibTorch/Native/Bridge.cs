using System.Runtime.InteropServices;

namespace TorchSharp.Native;

/// <summary>The functions of native/torch_bridge.cpp.</summary>
internal static unsafe partial class Bridge
{
    private const string Library = "densenetsharp_torch";

    static Bridge() => SetCallbacks(&Callbacks.Forward, &Callbacks.Backward, &Callbacks.Release);

    /// <summary>Turns a message from libtorch into the exception TorchSharp throws.</summary>
    internal static void Check(byte* message)
    {
        if (message != null)
        {
            Throw(message);
        }
    }

    private static void Throw(byte* message)
    {
        var text = Marshal.PtrToStringUTF8((nint)message);
        Free(message);
        throw new ExternalException(text, Callbacks.TakeException());
    }

    [LibraryImport(Library, EntryPoint = "torch_allocate")]
    internal static partial void* Allocate(long bytes);

    [LibraryImport(Library, EntryPoint = "torch_free")]
    internal static partial void Free(void* memory);

    [LibraryImport(Library, EntryPoint = "torch_find", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial byte* Find(string name, string overload, out nint result);

    [LibraryImport(Library, EntryPoint = "torch_call")]
    internal static partial byte* Call(nint op, Value* arguments, int count, Value* results, int capacity);

    [LibraryImport(Library, EntryPoint = "torch_release")]
    internal static partial void Release(nint handle);

    [LibraryImport(Library, EntryPoint = "torch_retain")]
    internal static partial void Retain(nint handle);

    // Reads a few fields and never blocks or calls back, so the runtime need not be told about the transition.
    [LibraryImport(Library, EntryPoint = "torch_info")]
    [SuppressGCTransition]
    internal static partial byte* Info(nint handle, TensorInfo* info);

    [LibraryImport(Library, EntryPoint = "torch_data")]
    internal static partial byte* Data(nint handle, void** data);

    [LibraryImport(Library, EntryPoint = "torch_set_requires_grad")]
    internal static partial byte* SetRequiresGrad(nint handle, int value);

    [LibraryImport(Library, EntryPoint = "torch_retain_grad")]
    internal static partial byte* RetainGrad(nint handle);

    [LibraryImport(Library, EntryPoint = "torch_get_grad")]
    internal static partial byte* GetGrad(nint handle, out nint gradient);

    [LibraryImport(Library, EntryPoint = "torch_set_grad")]
    internal static partial byte* SetGrad(nint handle, nint gradient);

    [LibraryImport(Library, EntryPoint = "torch_backward")]
    internal static partial byte* Backward(nint* tensors, long count, nint* gradients, long gradientCount,
        int retainGraph, int createGraph, nint* inputs, long inputCount);

    [LibraryImport(Library, EntryPoint = "torch_grad")]
    internal static partial byte* Grad(nint* outputs, long count, nint* inputs, long inputCount,
        nint* gradients, long gradientCount, int retainGraph, int createGraph, int allowUnused, nint** results);

    [LibraryImport(Library, EntryPoint = "torch_grad_enabled")]
    [SuppressGCTransition]
    internal static partial int GradEnabled();

    [LibraryImport(Library, EntryPoint = "torch_set_grad_enabled")]
    [SuppressGCTransition]
    internal static partial void SetGradEnabled(int enabled);

    [LibraryImport(Library, EntryPoint = "torch_inference_mode_enabled")]
    [SuppressGCTransition]
    internal static partial int InferenceModeEnabled();

    [LibraryImport(Library, EntryPoint = "torch_inference_mode_enter")]
    internal static partial nint InferenceModeEnter(int enabled);

    [LibraryImport(Library, EntryPoint = "torch_inference_mode_leave")]
    internal static partial void InferenceModeLeave(nint guard);

    [LibraryImport(Library, EntryPoint = "torch_set_callbacks")]
    private static partial void SetCallbacks(
        delegate* unmanaged<nint, nint, nint**, long*, byte*> forward,
        delegate* unmanaged<nint, nint, nint*, long, nint**, long*, byte*> backward,
        delegate* unmanaged<nint, void> release);

    [LibraryImport(Library, EntryPoint = "torch_function_apply")]
    internal static partial byte* FunctionApply(nint state, nint* inputs, long count, nint** outputs,
        long* outputCount);

    [LibraryImport(Library, EntryPoint = "torch_context_mark")]
    internal static partial byte* ContextMark(nint context, int kind, nint* tensors, long count);

    [LibraryImport(Library, EntryPoint = "torch_context_materialize")]
    internal static partial void ContextMaterialize(nint context, int value);

    [LibraryImport(Library, EntryPoint = "torch_context_saved")]
    internal static partial byte* ContextSaved(nint context, nint** tensors, long* count);

    [LibraryImport(Library, EntryPoint = "torch_manual_seed")]
    internal static partial byte* ManualSeed(long seed);

    [LibraryImport(Library, EntryPoint = "torch_default_generator")]
    internal static partial byte* DefaultGenerator(out nint generator);

    [LibraryImport(Library, EntryPoint = "torch_new_generator")]
    internal static partial byte* NewGenerator(ulong seed, out nint generator);

    [LibraryImport(Library, EntryPoint = "torch_release_generator")]
    internal static partial void ReleaseGenerator(nint generator);

    [LibraryImport(Library, EntryPoint = "torch_generator_seed")]
    internal static partial byte* GeneratorSeed(nint generator, long seed);

    [LibraryImport(Library, EntryPoint = "torch_generator_state")]
    internal static partial byte* GeneratorState(nint generator, out nint state);

    [LibraryImport(Library, EntryPoint = "torch_generator_set_state")]
    internal static partial byte* GeneratorSetState(nint generator, nint state);

    [LibraryImport(Library, EntryPoint = "torch_threads")]
    internal static partial int Threads();

    [LibraryImport(Library, EntryPoint = "torch_interop_threads")]
    internal static partial int InteropThreads();

    [LibraryImport(Library, EntryPoint = "torch_set_threads")]
    internal static partial byte* SetThreads(int count);

    [LibraryImport(Library, EntryPoint = "torch_set_interop_threads")]
    internal static partial byte* SetInteropThreads(int count);

    [LibraryImport(Library, EntryPoint = "torch_cuda")]
    internal static partial byte* Cuda(out int devices, out int cudnn);

    [LibraryImport(Library, EntryPoint = "torch_cuda_synchronize")]
    internal static partial byte* CudaSynchronize(long device);

    [LibraryImport(Library, EntryPoint = "torch_version")]
    internal static partial byte* Version();
}
