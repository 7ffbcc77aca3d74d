using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.StateDicts;

/// <summary>What the keys of a file are called today, and why.</summary>
public sealed class KeyMapping
{
    internal KeyMapping(IReadOnlyDictionary<string, string> names, IReadOnlyList<AppliedKeyRule> rules)
    {
        Names = names;
        Rules = rules;
    }

    /// <summary>What comes after the features; null where that was not looked for, or not found.</summary>
    internal NetworkHead? Head { get; init; }

    /// <summary>The prefixes of the networks in the file, where there are several and none is known to be the one.</summary>
    internal IReadOnlyList<string> Networks { get; init; } = [];

    /// <summary>Every key of the file with its name today, in the file's order; no name occurs twice.</summary>
    public IReadOnlyDictionary<string, string> Names { get; }

    /// <summary>The rules that renamed at least one key.</summary>
    public IReadOnlyList<AppliedKeyRule> Rules { get; }

    /// <summary>What the file says of its network beside names and shapes; null for nothing.</summary>
    internal NetworkTraits? Traits { get; init; }

    /// <summary>Whether the stem's pooling has a blur, as far as the file tells beside its shapes; null where it does not.</summary>
    internal bool? HasBlurPooling { get; init; }

    /// <summary>The order of a tensor's input channels, by its name today; null for a file whose channels all stand as here.</summary>
    internal Func<string, (int Dimension, int[] Order)?>? InputOrder { get; init; }

    /// <summary>A tensor of the file as PyTorch lays it out, its input channels in this library's order.</summary>
    internal CheckpointTensor Arranged(string key, CheckpointTensor tensor) => InputOrder?.Invoke(Names[key]) is var (dimension, order)
        ? tensor.Select(dimension, order)
        : DenseNetKeys.InPyTorchsLayout(key, tensor);

    /// <summary>The mapping with what the file leaves open as in a network that its user has named.</summary>
    internal KeyMapping Like(DenseNetSpec? network) => network is null ? this : new(Names, Rules)
    {
        Head = Head,
        Networks = Networks,
        InputOrder = InputOrder,
        HasBlurPooling = HasBlurPooling ?? network.HasBlurPooling,
        Traits = Traits ?? NetworkTraits.Of(network with { Head = [] }),
    };

    internal bool IsKeras => Rules.Any(rule => rule.Name == KerasNames.Rule.Name);
}
