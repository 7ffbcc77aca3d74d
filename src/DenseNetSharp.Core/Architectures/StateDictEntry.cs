using DenseNetSharp.Checkpoints;
using DenseNetSharp.Collections;

namespace DenseNetSharp.Architectures;

/// <summary>One tensor that a network's state dict must have. Two entries with the same values are equal.</summary>
public sealed record StateDictEntry
{
    private readonly ValueList<long> _shape;

    /// <summary>Describes a tensor.</summary>
    /// <param name="name">The key, such as <c>features.conv0.weight</c>.</param>
    /// <param name="shape">The sizes, outermost first; empty for a scalar. The list is copied.</param>
    /// <param name="dataType">The element type.</param>
    /// <param name="kind">Whether it is trained.</param>
    public StateDictEntry(string name, IEnumerable<long> shape, CheckpointDataType dataType, StateDictEntryKind kind)
    {
        Name = name;
        _shape = new ValueList<long>(shape);
        DataType = dataType;
        Kind = kind;
    }

    /// <summary>The key, such as <c>features.conv0.weight</c>.</summary>
    public string Name { get; }

    /// <summary>The sizes, outermost first; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape => _shape;

    /// <summary>The element type that torchvision's network has.</summary>
    public CheckpointDataType DataType { get; }

    /// <summary>Whether it is trained.</summary>
    public StateDictEntryKind Kind { get; }

    /// <summary>The number of elements; 1 for a scalar.</summary>
    public long ElementCount => _shape.Aggregate(1L, (product, size) => checked(product * size));

    /// <summary>
    /// Whether a checkpoint may lack it: <c>num_batches_tracked</c>, which PyTorch's batch norms have only since
    /// their version 2 and which the official files do not have.
    /// </summary>
    public bool MayBeAbsent => Name.EndsWith(".num_batches_tracked", StringComparison.Ordinal);
}
