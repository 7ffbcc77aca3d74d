using static TorchSharp.torch;

namespace DenseNetSharp.Training;

/// <summary>What a step is made of: images, or frozen features of images, and what they show. None of them may be usable.
/// </summary>
/// <param name="Index">The batch's number in its epoch, from 0.</param>
/// <param name="Count">The usable images.</param>
/// <param name="Values">The images or features.</param>
/// <param name="Targets">What they show.</param>
/// <param name="IsFeatures">Whether they are features.</param>
internal sealed record EpochBatch(int Index, int Count, Tensor Values, Tensor Targets, bool IsFeatures) : IDisposable
{
    public void Dispose()
    {
        Values.Dispose();
        Targets.Dispose();
    }
}
