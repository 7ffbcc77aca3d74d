namespace DenseNetSharp.Checkpoints;

/// <summary>What a reader found in a file.</summary>
internal sealed record CheckpointContent
{
    public required CheckpointFormat Format { get; init; }

    public required IReadOnlyList<KeyValuePair<string, CheckpointTensor>> Tensors { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    public IReadOnlyDictionary<string, int>? ModuleVersions { get; init; }

    public string? Wrapper { get; init; }
}
