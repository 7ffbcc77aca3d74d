using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.StateDicts;

namespace DenseNetSharp.Cli.Output;

/// <summary>What a checkpoint is to this library: the DenseNet that it fits and the rules that its keys needed.</summary>
internal sealed record CheckpointReport(DenseNetSpec? Spec, string? Reason, IReadOnlyList<AppliedKeyRule> Rules)
{
    public static CheckpointReport Of(Checkpoint checkpoint)
    {
        _ = DenseNetShapes.TryInfer(checkpoint, out var spec, out var reason);
        return new CheckpointReport(spec, reason, DenseNetKeys.Map(checkpoint).Rules);
    }

    /// <summary>A format as the options and JSON documents write it.</summary>
    public static string NameOf(CheckpointFormat format) => format.ToString().ToLowerInvariant();

    /// <summary>The same for people.</summary>
    public IEnumerable<string> Lines()
    {
        yield return Spec is null ? $"fits: no DenseNet. {Reason}" : $"fits: {Describe(Spec)}";
        foreach (var rule in Rules)
        {
            yield return $"keys: {Terminal.Printable(rule.Description)} ({rule.Count})";
        }
    }

    private static string Describe(DenseNetSpec spec) =>
        (spec.Name ?? $"a DenseNet of growth rate {spec.GrowthRate}, blocks ({string.Join(", ", spec.BlockConfig)}), "
            + $"{spec.InitFeatures} initial features, bottleneck size {spec.BottleneckSize}")
        + $", {spec.NumClasses} classes, {spec.InputChannels} input channels";
}
