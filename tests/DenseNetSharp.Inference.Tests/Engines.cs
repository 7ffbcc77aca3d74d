using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.Inference.Tests;

/// <summary>Engines to test.</summary>
internal static class Engines
{
    /// <summary>Loads a network for given kernels; skips the test where the processor lacks them.</summary>
    public static FusedDenseNet Load(Checkpoint checkpoint, FusedKernel? kernel = null, int threads = 2, DenseNetSpec? spec = null)
    {
        try
        {
            return FusedDenseNet.Load(checkpoint, new() { Kernel = kernel, MaxThreads = threads, Spec = spec });
        }
        catch (PlatformNotSupportedException exception)
        {
            throw new SkipException(exception.Message);
        }
    }
}
