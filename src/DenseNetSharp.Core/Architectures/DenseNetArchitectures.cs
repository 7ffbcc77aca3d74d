using System.Diagnostics.CodeAnalysis;

namespace DenseNetSharp.Architectures;

/// <summary>The DenseNets that have a name: torchvision's four.</summary>
public static class DenseNetArchitectures
{
    /// <summary>Every named architecture, in torchvision's documentation order of depth.</summary>
    public static IReadOnlyList<DenseNetSpec> All { get; } =
    [
        DenseNetSpec.Densenet121,
        DenseNetSpec.Densenet161,
        DenseNetSpec.Densenet169,
        DenseNetSpec.Densenet201,
    ];

    /// <summary>Finds an architecture by name, whatever its case.</summary>
    /// <param name="name">A name such as <c>densenet121</c>.</param>
    /// <param name="spec">The architecture with that name, or null.</param>
    /// <returns>True if there is one.</returns>
    public static bool TryGet(string name, [NotNullWhen(true)] out DenseNetSpec? spec)
    {
        spec = All.FirstOrDefault(known => string.Equals(known.Name, name, StringComparison.OrdinalIgnoreCase));
        return spec is not null;
    }

    /// <summary>The architecture with this name, whatever its case.</summary>
    /// <param name="name">A name such as <c>densenet121</c>.</param>
    /// <exception cref="ArgumentException">There is none; the message lists the known names.</exception>
    public static DenseNetSpec Get(string name) => TryGet(name, out var spec)
        ? spec
        : throw new ArgumentException(
            $"There is no architecture named '{name}'; known are {string.Join(", ", All.Select(known => known.Name))}.",
            nameof(name));
}
