using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.IO.Enumeration;
using System.Text.RegularExpressions;

namespace DenseNetSharp.Architectures;

/// <summary>The DenseNets that have a name: torchvision's, timm's, the paper's, MONAI's and Keras's.</summary>
public static partial class DenseNetArchitectures
{
    /// <summary>torchvision's four.</summary>
    public static IReadOnlyList<DenseNetSpec> Torchvision { get; } =
        [DenseNetSpec.Densenet121, DenseNetSpec.Densenet161, DenseNetSpec.Densenet169, DenseNetSpec.Densenet201];

    /// <summary>
    /// Every named architecture, torchvision's four first. Of the paper's networks for CIFAR the published ones are listed; every
    /// other depth and growth rate has a name of the same kind, which <see cref="TryGet"/> knows too.
    /// </summary>
    public static IReadOnlyList<DenseNetSpec> All { get; } =
    [
        .. Torchvision,
        DenseNetSpec.Densenet264,
        DenseNetSpec.Densenetblur121d,
        DenseNetSpec.Densenet264d,
        DenseNetSpec.ForCifar(40, 12, isBc: false),
        DenseNetSpec.ForCifar(100, 12, isBc: false),
        DenseNetSpec.ForCifar(100, 24, isBc: false),
        DenseNetSpec.ForCifar(100, 12, isBc: true),
        DenseNetSpec.ForCifar(250, 24, isBc: true),
        DenseNetSpec.ForCifar(190, 40, isBc: true),
        DenseNetSpec.KerasDensenet121,
        DenseNetSpec.KerasDensenet169,
        DenseNetSpec.KerasDensenet201,
        DenseNetSpec.DensenetNotebook,
    ];

    /// <summary>Finds an architecture by name, whatever its case.</summary>
    /// <param name="name">A name such as <c>densenet121</c>, <c>densenetblur121d</c>, <c>densenet-40-12</c> or
    /// <c>densenet-bc-100-12</c>.</param>
    /// <param name="spec">The architecture with that name, or null.</param>
    /// <returns>True if there is one.</returns>
    public static bool TryGet(string name, [NotNullWhen(true)] out DenseNetSpec? spec)
    {
        spec = All.FirstOrDefault(known => string.Equals(known.Name, name, StringComparison.OrdinalIgnoreCase)) ?? ForCifar(name);
        return spec is not null;
    }

    /// <summary>The architecture with this name, whatever its case.</summary>
    /// <param name="name">As for <see cref="TryGet"/>.</param>
    /// <exception cref="ArgumentException">There is none; the message lists the known names.</exception>
    public static DenseNetSpec Get(string name) => TryGet(name, out var spec)
        ? spec
        : throw new ArgumentException($"There is no architecture named '{name}'; known are {KnownNames}.", nameof(name));

    /// <summary>The names that fit a pattern, as timm's <c>list_models</c> finds them.</summary>
    /// <param name="pattern">With <c>*</c> for any characters and <c>?</c> for one, such as <c>densenet-bc-*</c>; whatever the case.</param>
    public static IReadOnlyList<string> Find(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        return [.. All.Select(spec => spec.Name!).Where(name => FileSystemName.MatchesSimpleExpression(pattern, name))];
    }

    /// <summary>Every name, for a message.</summary>
    internal static string KnownNames => string.Join(", ", All.Select(known => known.Name))
        + ", and densenet-L-k and densenet-bc-L-k of any depth L and growth rate k";

    /// <summary>The name of a network for CIFAR that is not among the listed ones; null for another network.</summary>
    internal static string? NameForCifar(DenseNetSpec spec)
    {
        if (spec.Stem != DenseNetStem.ThreeByThree || spec.BlockConfig.Count != 3)
        {
            return null;
        }

        var isBc = spec.HasBottlenecks;
        var depth = 4 + (spec.BlockConfig[0] * DenseNetSpec.CifarStep(isBc));
        var named = DenseNetSpec.ForCifar(depth, spec.GrowthRate, isBc);
        return named.HasFeaturesOf(spec) ? named.Name : null;
    }

    private static DenseNetSpec? ForCifar(string name)
    {
        if (CifarName().Match(name) is not { Success: true, Groups: var parts })
        {
            return null;
        }

        var (depth, isBc) = (int.Parse(parts["depth"].Value, CultureInfo.InvariantCulture), parts["bc"].Success);
        return DenseNetSpec.IsCifarDepth(depth, isBc)
            ? DenseNetSpec.ForCifar(depth, int.Parse(parts["growth"].Value, CultureInfo.InvariantCulture), isBc)
            : null;
    }

    [GeneratedRegex(@"^densenet-(?<bc>bc-)?(?<depth>[1-9]\d{0,3})-(?<growth>[1-9]\d{0,2})$", RegexOptions.IgnoreCase)]
    private static partial Regex CifarName();
}
