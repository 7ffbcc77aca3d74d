namespace DenseNetSharp.Architectures;

/// <summary>Whether a tensor of a state dict is trained.</summary>
public enum StateDictEntryKind
{
    /// <summary>Trained: a weight or a bias.</summary>
    Parameter,

    /// <summary>Kept beside the parameters: a batch norm's running statistics and its count of batches.</summary>
    Buffer,
}
