using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.StateDicts;

/// <summary>A tensor of a checkpoint that fits a tensor of a network.</summary>
/// <param name="Entry">The network's.</param>
/// <param name="Key">The checkpoint's own name for it.</param>
/// <param name="Tensor">The checkpoint's, of the same shape; its floating type may be another.</param>
public sealed record StateDictPair(StateDictEntry Entry, string Key, CheckpointTensor Tensor);
