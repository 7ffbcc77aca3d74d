using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Checkpoints.Storage;

namespace DenseNetSharp.StateDicts;

/// <summary>A tensor whose shape, or kind of number, differs between a checkpoint and a network.</summary>
/// <param name="Entry">The network's.</param>
/// <param name="Tensor">The checkpoint's.</param>
public sealed record MisshapenTensor(StateDictEntry Entry, CheckpointTensor Tensor)
{
    /// <summary>
    /// The difference, such as <c>classifier.weight: the checkpoint has [1000, 1024], the model has [10, 1024]</c>.
    /// </summary>
    public override string ToString() => Entry.Shape.SequenceEqual(Tensor.Shape)
        ? $"{Entry.Name}: the checkpoint has {Tensor.DataType.TorchName()}, the model has {Entry.DataType.TorchName()}"
        : $"{Entry.Name}: the checkpoint has {ShapeText.Of(Tensor.Shape)}, the model has {ShapeText.Of(Entry.Shape)}";

    internal static bool Fits(StateDictEntry entry, CheckpointTensor tensor) =>
        entry.Shape.SequenceEqual(tensor.Shape)
        && (entry.DataType == tensor.DataType
            || (FloatConversion.IsFloating(entry.DataType) && FloatConversion.IsFloating(tensor.DataType)));
}
