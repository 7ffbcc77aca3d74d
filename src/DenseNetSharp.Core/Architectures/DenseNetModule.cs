using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.Architectures;

/// <summary>One module of a DenseNet: its name in PyTorch, what it is and what it holds.</summary>
public sealed record DenseNetModule
{
    internal DenseNetModule(string name, DenseNetModuleKind kind) => (Name, Kind) = (name, kind);

    /// <summary>
    /// The name in <c>named_modules()</c>, such as <c>features.denseblock1.denselayer1.conv1</c>; "" is the network.
    /// </summary>
    public string Name { get; }

    /// <summary>What the module is.</summary>
    public DenseNetModuleKind Kind { get; }

    /// <summary>Channels that a convolution, batch norm or linear layer takes; 0 for other modules.</summary>
    public int InChannels { get; internal init; }

    /// <summary>Channels that a convolution, batch norm or linear layer gives; 0 for other modules.</summary>
    public int OutChannels { get; internal init; }

    /// <summary>Side of a convolution's or pooling's window in pixels; 1 for other modules.</summary>
    public int KernelSize { get; internal init; } = 1;

    /// <summary>Step of a convolution or pooling in pixels; 1 for other modules.</summary>
    public int Stride { get; internal init; } = 1;

    /// <summary>Padding of a convolution or pooling in pixels, on each side; 0 for other modules.</summary>
    public int Padding { get; internal init; }

    /// <summary>Whether a convolution or linear layer has a bias.</summary>
    public bool HasBias { get; internal init; }

    /// <summary>
    /// The version that PyTorch writes beside this module's state (<c>_version</c>, in <c>_metadata</c>): 2 for batch
    /// norms, which hold <c>num_batches_tracked</c> since then, and for dense blocks; else 1.
    /// </summary>
    public int Version => Kind is DenseNetModuleKind.BatchNorm2d or DenseNetModuleKind.BatchNorm1d or DenseNetModuleKind.DenseBlock ? 2 : 1;

    /// <summary>The module's own parameters and buffers (not its children's), in PyTorch's order.</summary>
    public IReadOnlyList<StateDictEntry> StateDict => Kind switch
    {
        DenseNetModuleKind.Conv2d => WithBias(Parameter("weight", OutChannels, InChannels, KernelSize, KernelSize)),
        DenseNetModuleKind.Linear => WithBias(Parameter("weight", OutChannels, InChannels)),
        DenseNetModuleKind.BatchNorm2d or DenseNetModuleKind.BatchNorm1d =>
        [
            Parameter("weight", OutChannels),
            Parameter("bias", OutChannels),
            Buffer("running_mean", CheckpointDataType.Float32, OutChannels),
            Buffer("running_var", CheckpointDataType.Float32, OutChannels),
            Buffer("num_batches_tracked", CheckpointDataType.Int64),
        ],
        _ => [],
    };

    /// <summary>The side of the module's output, in pixels, for an input of this side.</summary>
    internal int OutputSize(int inputSize) => Kind == DenseNetModuleKind.SamePad2d
        ? inputSize + SamePadding.Total(inputSize, KernelSize, Stride)
        : FloorDivide(inputSize + (2 * Padding) - KernelSize, Stride) + 1;

    /// <summary>Whether this is a convolution whose output goes into a batch norm alone, which may become part of it.</summary>
    /// <param name="next">The module that comes next in <c>named_modules()</c>.</param>
    internal bool IsFollowedByNorm(DenseNetModule next) =>
        Kind == DenseNetModuleKind.Conv2d && next.Kind == DenseNetModuleKind.BatchNorm2d && Parent == next.Parent;

    private string Parent => Name[..Math.Max(Name.LastIndexOf('.'), 0)];

    /// <summary>Multiply-adds of the module by itself for one output of this size in pixels.</summary>
    internal long MultiplyAddCount(int height, int width) => Kind switch
    {
        DenseNetModuleKind.Conv2d => (long)height * width * OutChannels * InChannels * KernelSize * KernelSize,
        DenseNetModuleKind.Linear => (long)OutChannels * InChannels,
        _ => 0,
    };

    // Towards minus infinity, so that what is smaller than the window gives no pixel.
    private static int FloorDivide(int a, int b) => a >= 0 ? a / b : -1;

    private StateDictEntry[] WithBias(StateDictEntry weight) => HasBias ? [weight, Parameter("bias", OutChannels)] : [weight];

    private StateDictEntry Parameter(string name, params long[] shape) =>
        new($"{Name}.{name}", shape, CheckpointDataType.Float32, StateDictEntryKind.Parameter);

    private StateDictEntry Buffer(string name, CheckpointDataType dataType, params long[] shape) =>
        new($"{Name}.{name}", shape, dataType, StateDictEntryKind.Buffer);
}
