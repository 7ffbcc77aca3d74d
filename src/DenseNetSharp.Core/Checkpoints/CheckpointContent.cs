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

    public IReadOnlyDictionary<string, ModuleSettings> ModuleSettings { get; init; } = new Dictionary<string, ModuleSettings>();

    /// <summary>TorchScript's classes by the modules' names.</summary>
    public IReadOnlyDictionary<string, string> ScriptClasses { get; init; } = new Dictionary<string, string>();

    /// <summary>The functions that the code of TorchScript's modules calls, by the modules' names.</summary>
    public IReadOnlyDictionary<string, IReadOnlySet<string>> ScriptCalls { get; init; } = new Dictionary<string, IReadOnlySet<string>>();

    /// <summary>The entries beside the one that was taken which hold tensors of a network too.</summary>
    public IReadOnlyList<string> OtherNetworks { get; init; } = [];

    /// <summary>Single tensors beside the network's, by name.</summary>
    public IReadOnlyList<string> LooseTensors { get; init; } = [];

    /// <summary>A whole module's buffers that are no part of its state dict.</summary>
    public IReadOnlyList<string> UnsavedBuffers { get; init; } = [];

    public string? Wrapper { get; init; }
}
