using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Classification;
using DenseNetSharp.Cli.Options;
using DenseNetSharp.StateDicts;

namespace DenseNetSharp.Cli.Output;

/// <summary>What a checkpoint is to this library: the DenseNet that it fits, the rules that its keys needed, what its outputs mean, and
/// what of it is no part of the network.</summary>
internal sealed record CheckpointReport
{
    private const int MostClassesNamed = 20;

    /// <summary>The network; of no classes where the file has no classifier, null where it fits none.</summary>
    public DenseNetSpec? Spec { get; private init; }

    /// <summary>Why it fits none, or has no classifier.</summary>
    public string? Reason { get; private init; }

    /// <summary>What brought the keys to today's names.</summary>
    public required IReadOnlyList<AppliedKeyRule> Rules { get; init; }

    /// <summary>Keys that are set aside, for they change nothing.</summary>
    public IReadOnlyList<string> Aside { get; private init; } = [];

    /// <summary>Keys that the network has no place for, which loading refuses for what they may change.</summary>
    public IReadOnlyList<string> Unexpected { get; private init; } = [];

    /// <summary>Modules of the file that compute otherwise than the network, which loading refuses too.</summary>
    public IReadOnlyList<string> UnexpectedModules { get; private init; } = [];

    /// <summary>What the outputs mean and what the classes are called; null where there are none, or <see cref="Fault"/> says why not.
    /// </summary>
    public DescribedCheckpoint? Described { get; private init; }

    /// <summary>What is wrong with the description beside the file or inside.</summary>
    public string? Fault { get; private init; }

    public static CheckpointReport Of(Checkpoint checkpoint)
    {
        var isNetwork = DenseNetShapes.TryInferFeatures(checkpoint, out var spec, out var reason);
        var mapping = DenseNetKeys.Map(checkpoint);
        var report = new CheckpointReport { Spec = spec, Reason = reason, Rules = mapping.Rules };
        if (!isNetwork)
        {
            return report;
        }

        var names = mapping.Names;
        var match = StateDictMatch.Create(spec!, checkpoint);
        report = report with
        {
            // Without a classifier the head is no part of it, which the reason says.
            Aside = [.. match.Aside.Where(key => SetAside.Holds(names[key], checkpoint.Tensors[key]))],
            Unexpected = match.Unexpected,
            UnexpectedModules = match.UnexpectedModules,
        };
        try
        {
            return spec!.NumClasses == 0 ? report : report with { Described = DescribedCheckpoint.Of(checkpoint) };
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return report with { Fault = exception.Message };
        }
    }

    /// <summary>A format or a task as the options and JSON documents write it.</summary>
    public static string NameOf<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    /// <summary>The same for people.</summary>
    public IEnumerable<string> Lines()
    {
        yield return Spec is null ? $"fits: no DenseNet. {Reason}" : $"fits: {Describe(Spec)}{(Reason is null ? "" : $". {Reason}")}";
        foreach (var rule in Rules)
        {
            yield return $"keys: {Terminal.Printable(rule.Description)} ({rule.Count})";
        }

        if (Aside.Count > 0)
        {
            yield return $"set aside, as no part of the network: {KeyNames.Counted(Aside)}";
        }

        if (Unexpected.Count > 0)
        {
            yield return $"refused, for what it may change, without {CommonOptions.NoStrictName}: {KeyNames.Counted(Unexpected)}";
        }

        foreach (var module in UnexpectedModules)
        {
            yield return $"refused without {CommonOptions.NoStrictName}: {Terminal.Printable(module)}";
        }

        if (Fault is not null)
        {
            yield return $"description: {Terminal.Printable(Fault)}";
        }

        if (Described is null)
        {
            yield break;
        }

        yield return $"outputs: {NameOf(Described.Task)}, "
            + (Described.TaskSource is { } source ? $"from {Terminal.Printable(source)}" : "as nothing says otherwise");
        if (Described.Labels is { } labels)
        {
            yield return $"classes: {string.Join(", ", labels.Take(MostClassesNamed).Select(label => Terminal.Printable(label)))}"
                + (labels.Count > MostClassesNamed ? $" and {labels.Count - MostClassesNamed} more" : "");
        }

        foreach (var remark in Described.Remarks)
        {
            yield return $"note: {Terminal.Printable(remark)}";
        }
    }

    private static string StemOf(DenseNetSpec spec) => spec.Stem switch
    {
        DenseNetStem.Deep => spec.HasBlurPooling ? "a deep stem with a blur, " : "a deep stem, ",
        DenseNetStem.ThreeByThree => "a 3x3 stem, ",
        _ => "",
    };

    private static string Describe(DenseNetSpec spec) =>
        (spec.Name ?? $"a DenseNet of growth rate {spec.GrowthRate}, blocks ({string.Join(", ", spec.BlockConfig)}), "
            + $"{spec.InitFeatures} initial features, {StemOf(spec)}{(spec.HasBottlenecks ? $"bottleneck size {spec.BottleneckSize}" : "no bottlenecks")}")
        + (spec.Head.Count == 0 ? "" : $", a head of {spec.Head.Count} layers")
        + $", {(spec.NumClasses == 0 ? "no classifier" : $"{spec.NumClasses} classes")}, {spec.InputChannels} input channels";
}
