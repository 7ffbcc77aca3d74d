namespace TorchSharp;

// Gradient modes, threads, devices, dispose scopes.
public static unsafe partial class torch
{
    /// <summary>The version of libtorch.</summary>
    public static string __version__ => System.Runtime.InteropServices.Marshal.PtrToStringUTF8((nint)Bridge.Version())!;

    /// <summary>Builds no graph until disposed. The mode is the thread's own.</summary>
    public static IDisposable no_grad() => new AutoGradMode(false);

    /// <summary>Builds a graph until disposed.</summary>
    public static IDisposable enable_grad(bool enabled = true) => new AutoGradMode(enabled);

    /// <summary>Builds a graph, or not, until disposed.</summary>
    public static IDisposable set_grad_enabled(bool mode = true) => new AutoGradMode(mode);

    /// <summary>Whether operations build a graph.</summary>
    public static bool is_grad_enabled() => Bridge.GradEnabled() != 0;

    /// <summary>As <see cref="no_grad"/>, and new tensors can never be part of a graph.</summary>
    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);

    /// <summary>Whether inference mode is on.</summary>
    public static bool is_inference_mode_enabled() => Bridge.InferenceModeEnabled() != 0;

    /// <summary>How many threads one operator uses.</summary>
    public static int get_num_threads() => Bridge.Threads();

    /// <summary>Sets how many threads one operator uses.</summary>
    public static void set_num_threads(int num) => Bridge.Check(Bridge.SetThreads(num));

    /// <summary>How many operators run at once.</summary>
    public static int get_num_interop_threads() => Bridge.InteropThreads();

    /// <summary>Sets how many operators run at once; only before the first one.</summary>
    public static void set_num_interop_threads(int num) => Bridge.Check(Bridge.SetInteropThreads(num));

    /// <summary>Whether there is a Metal device: this binding has none.</summary>
    public static bool mps_is_available() => false;

    /// <summary>Disposes every tensor made until it is disposed itself, but those moved out of it.</summary>
    public static DisposeScope NewDisposeScope() => DisposeScopeManager.ThreadSingleton.NewDisposeScope();

    /// <summary>The result of an expression, whose intermediate tensors are disposed.</summary>
    public static Tensor WrappedTensorDisposeScope(Func<Tensor> expr)
    {
        using var scope = NewDisposeScope();
        return expr().MoveToOuterDisposeScope();
    }

    /// <summary>CUDA devices.</summary>
    public static partial class cuda
    {
        /// <summary>Whether there is one.</summary>
        public static bool is_available() => device_count() > 0;

        /// <summary>Whether cuDNN is there too.</summary>
        public static bool is_cudnn_available()
        {
            Bridge.Check(Bridge.Cuda(out _, out var cudnn));
            return cudnn != 0;
        }

        /// <summary>How many there are.</summary>
        public static int device_count()
        {
            Bridge.Check(Bridge.Cuda(out var devices, out _));
            return devices;
        }

        /// <summary>Waits until a device has finished its work.</summary>
        public static void synchronize(Device? device = null) =>
            Bridge.Check(Bridge.CudaSynchronize(device?.index ?? -1));
    }
}
