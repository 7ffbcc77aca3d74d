using DenseNetSharp.Inference.Kernels;
using DenseNetSharp.Inference.Packing;

namespace DenseNetSharp.Inference.Running;

/// <summary>
/// What one thread computes with. The first lane of a caller's claim leads: the caller's own thread works in it, and the
/// other lanes' helpers work with it.
/// </summary>
internal sealed class Lane : IDisposable
{
    /// <summary>Makes a lane, which takes memory only when it is needed.</summary>
    /// <param name="network">The weights.</param>
    /// <param name="kernels">The kernels that they are packed for.</param>
    /// <param name="lanes">The most lanes of a claim.</param>
    public Lane(PackedNetwork network, KernelSet kernels, int lanes)
    {
        Scratch = new Scratch(network, kernels);
        Maps = new ImageMaps(network);
        Run = new TeamRun(network, kernels, lanes);
    }

    /// <summary>The thread's memory.</summary>
    public Scratch Scratch { get; }

    /// <summary>Feature maps: of the image that the claim's lanes compute together, or of one of the lane's own.</summary>
    public ImageMaps Maps { get; }

    /// <summary>A team of the lane's thread alone.</summary>
    public Team Alone { get; } = new(1);

    /// <summary>The thread that works in the lane when it does not lead.</summary>
    public Helper Helper { get; } = new();

    /// <summary>The run that it leads, if it does.</summary>
    public TeamRun Run { get; }

    /// <summary>Ends the thread and frees the memory. Nobody may hold the lane.</summary>
    public void Dispose()
    {
        Helper.Dispose();
        Run.Dispose();
        Scratch.Dispose();
        Maps.Dispose();
    }
}
