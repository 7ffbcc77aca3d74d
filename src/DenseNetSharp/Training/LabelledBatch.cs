using DenseNetSharp.Datasets;
using DenseNetSharp.Images;
using static TorchSharp.torch;

namespace DenseNetSharp.Training;

/// <summary>Images and what they show, ready for a training step or an evaluation. Dispose it when done with.</summary>
public sealed class LabelledBatch : IDisposable
{
    internal LabelledBatch(
        int index,
        IReadOnlyList<int> places,
        Tensor images,
        Tensor targets,
        IReadOnlyList<LabelledImage> items,
        IReadOnlyList<ImageBatchItem<LabelledImage>> unreadable)
    {
        (Index, Places, Images, Targets, Items, Unreadable) = (index, places, images, targets, items, unreadable);
    }

    /// <summary>The batch's number in its epoch, from 0.</summary>
    public int Index { get; }

    /// <summary>The prepared images, <c>[N, C, H, W]</c>, float32, where <see cref="ImageLoader.Device"/> says.</summary>
    public Tensor Images { get; }

    /// <summary>What they show: class indices <c>[N]</c>, int64, where classes exclude each other; else ones and zeros
    /// <c>[N, classes]</c>, float32.</summary>
    public Tensor Targets { get; }

    /// <summary>Where the images came from, N of them in the tensors' order.</summary>
    public IReadOnlyList<LabelledImage> Items { get; }

    /// <summary>The images' places in the data set.</summary>
    internal IReadOnlyList<int> Places { get; }

    /// <summary>What belonged into this batch and could not be read, with the reasons.</summary>
    public IReadOnlyList<ImageBatchItem<LabelledImage>> Unreadable { get; }

    /// <summary>Frees the tensors.</summary>
    public void Dispose()
    {
        Images.Dispose();
        Targets.Dispose();
    }
}
