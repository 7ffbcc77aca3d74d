namespace DenseNetSharp.Checkpoints;

/// <summary>What a reader found in a file.</summary>
internal sealed record CheckpointContent
{
    // A DenseNet-201 has 1,200, and Adam three more for each parameter. A tensor of 64 dimensions takes 2 KB.
    public const int MostTensors = 100_000;

    public required CheckpointFormat Format { get; init; }

    public required IReadOnlyList<KeyValuePair<string, CheckpointTensor>> Tensors { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    public IReadOnlyDictionary<string, int>? ModuleVersions { get; init; }

    public IReadOnlyDictionary<string, string>? ModuleTypes { get; init; }

    public string? Wrapper { get; init; }
}
