using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.StateDicts;

/// <summary>
/// How the tensors of a checkpoint go with those of a network. It is made before any tensor is read or written, so
/// that a network can be left as it was when they do not fit.
/// </summary>
public sealed class StateDictMatch
{
    private StateDictMatch()
    {
    }

    /// <summary>The checkpoint's tensors that fit, in the network's order.</summary>
    public required IReadOnlyList<StateDictPair> Pairs { get; init; }

    /// <summary>Tensors of the network that the checkpoint lacks and must not.</summary>
    public required IReadOnlyList<StateDictEntry> Missing { get; init; }

    /// <summary>
    /// Tensors of the network that the checkpoint lacks and may: <c>num_batches_tracked</c>, which starts anew then.
    /// </summary>
    public required IReadOnlyList<StateDictEntry> Absent { get; init; }

    /// <summary>Keys of the checkpoint, by their own names, that the network has no place for.</summary>
    public required IReadOnlyList<string> Unexpected { get; init; }

    /// <summary>
    /// Keys of the checkpoint that are known to be no part of a network and change nothing of what it computes: a profiler's
    /// counters, a loss's weights, a metric's state, torchxrayvision's <c>op_threshs</c>, and where the network has no classifier
    /// the checkpoint's.
    /// </summary>
    public required IReadOnlyList<string> Aside { get; init; }

    /// <summary>Modules of a whole network in the file that compute what this network does not, though the tensors fit: another
    /// activation, pooling or stride, or arithmetic in TorchScript's code; each with what it is.</summary>
    public required IReadOnlyList<string> UnexpectedModules { get; init; }

    /// <summary>Tensors that both have, in different shapes.</summary>
    public required IReadOnlyList<MisshapenTensor> Misshapen { get; init; }

    /// <summary>The rules that brought the checkpoint's keys to today's names.</summary>
    public required IReadOnlyList<AppliedKeyRule> Rules { get; init; }

    /// <summary>The checkpoint's file, or null for one in memory.</summary>
    public required string? Path { get; init; }

    /// <summary>Whether nothing is missing, unexpected or misshapen.</summary>
    public bool IsExact => Missing.Count == 0 && Unexpected.Count == 0 && Misshapen.Count == 0 && UnexpectedModules.Count == 0;

    /// <summary>
    /// Whether everything fits but the classifier, whose tensors are missing, misshapen or differently named: the
    /// checkpoint is of the same network with another number of classes, and its features can be used.
    /// </summary>
    public required bool DiffersOnlyInHead { get; init; }

    /// <summary>Matches a checkpoint with a network.</summary>
    /// <param name="spec">The network.</param>
    /// <param name="checkpoint">The checkpoint; its keys are brought to today's names first.</param>
    public static StateDictMatch Create(DenseNetSpec spec, Checkpoint checkpoint) => Create(spec.StateDict, checkpoint);

    /// <summary>Matches a checkpoint with the tensors that a network has.</summary>
    /// <param name="expected">The network's tensors.</param>
    /// <param name="checkpoint">The checkpoint; its keys are brought to today's names first.</param>
    public static StateDictMatch Create(IReadOnlyList<StateDictEntry> expected, Checkpoint checkpoint)
    {
        var mapping = DenseNetKeys.Map(checkpoint);
        var keys = mapping.Names.ToDictionary(item => item.Value, item => item.Key, StringComparer.Ordinal);
        var pairs = new List<StateDictPair>();
        var missing = new List<StateDictEntry>();
        var absent = new List<StateDictEntry>();
        var misshapen = new List<MisshapenTensor>();
        foreach (var entry in expected)
        {
            if (!keys.Remove(entry.Name, out var key))
            {
                if (NoBias(entry, mapping, pairs) is { } zeros)
                {
                    pairs.Add(zeros);
                    continue;
                }

                (entry.MayBeAbsent ? absent : missing).Add(entry);
                continue;
            }

            var tensor = mapping.Arranged(key, checkpoint.Tensors[key]);
            if (MisshapenTensor.Fits(entry, tensor))
            {
                pairs.Add(new StateDictPair(entry, key, tensor));
            }
            else
            {
                misshapen.Add(new MisshapenTensor(entry, tensor));
            }
        }

        // A file that lacks more is a part of a network, whose bias is missing like the rest.
        if (missing.Count > 0 && pairs is [.., { Entry: { } bias, Key: var biasKey }] && !checkpoint.Tensors.ContainsKey(biasKey))
        {
            pairs.RemoveAt(pairs.Count - 1);
            missing.Add(bias);
        }

        var hasHead = expected.Any(entry => IsHead(entry.Name));
        var left = keys.Values.ToHashSet(StringComparer.Ordinal);
        var extra = checkpoint.Tensors.Where(item => left.Contains(item.Key))
            .ToLookup(
                item => SetAside.Holds(mapping.Names[item.Key], item.Value) || (!hasHead && IsOfHead(item.Key, mapping)), item => item.Key);
        var unexpected = extra[false].ToArray();
        var modules = ModulesOf(checkpoint, mapping).Where(module => hasHead || !module.IsTail).ToArray();
        return new StateDictMatch
        {
            Pairs = pairs,
            Missing = missing,
            Absent = absent,
            Unexpected = unexpected,
            Aside = extra[true].ToArray(),
            Misshapen = misshapen,
            UnexpectedModules = [.. modules.Select(module => module.Text)],
            DiffersOnlyInHead = missing.Count + unexpected.Length + misshapen.Count + modules.Length > 0
                && modules.All(module => module.IsTail)
                && missing.All(entry => IsHead(entry.Name))
                && misshapen.All(tensor => IsHead(tensor.Entry.Name))
                && AreHeads(unexpected, checkpoint.Tensors.Keys, mapping),
            Rules = mapping.Rules,
            Path = checkpoint.Path,
        };
    }

    /// <summary>Gives the match back if it is exact.</summary>
    /// <exception cref="CheckpointMismatchException">It is not; the message lists the differences.</exception>
    public StateDictMatch RequireExact() => IsExact ? this : throw new CheckpointMismatchException(this);

    /// <summary>Gives the match back if it is exact, or would be with another classifier.</summary>
    /// <exception cref="CheckpointMismatchException">It is not; the message lists the differences.</exception>
    public StateDictMatch RequireExactButHead() =>
        IsExact || DiffersOnlyInHead ? this : throw new CheckpointMismatchException(this);

    /// <summary>Gives the match back if nothing is missing or misshapen, whatever else the checkpoint has.</summary>
    /// <exception cref="CheckpointMismatchException">Something is; the message lists the differences.</exception>
    public StateDictMatch RequireComplete() =>
        Missing.Count == 0 && Misshapen.Count == 0 ? this : throw new CheckpointMismatchException(this);

    /// <summary>Gives the match back if nothing but a classifier's tensors is missing or misshapen.</summary>
    /// <exception cref="CheckpointMismatchException">Something else is; the message lists the differences.</exception>
    public StateDictMatch RequireCompleteButHead() =>
        Missing.All(entry => IsHead(entry.Name)) && Misshapen.All(tensor => IsHead(tensor.Entry.Name)) ? this : throw new CheckpointMismatchException(this);

    /// <summary>Gives the match back if any tensor fits at all.</summary>
    /// <exception cref="CheckpointMismatchException">None does; the message lists the differences.</exception>
    public StateDictMatch RequireSome() => Pairs.Count > 0 ? this : throw new CheckpointMismatchException(this);

    /// <summary>
    /// By the rules, for a head's own name in the file may carry a prefix, and of the layers of a larger head only one
    /// was given the classifier's name.
    /// </summary>
    private static bool AreHeads(IEnumerable<string> unexpected, IEnumerable<string> keys, KeyMapping mapping)
    {
        var rules = KeyRules.For([.. keys]);
        return unexpected.All(key =>
        {
            rules.Apply(key, out var name);
            return IsClassifiers(name) || mapping.Head?.Keys.Contains(key) == true;
        });
    }

    /// <summary>The zeros that stand in for the bias of a last layer that has none, once its weight has been found.</summary>
    private static StateDictPair? NoBias(StateDictEntry entry, KeyMapping mapping, List<StateDictPair> pairs) =>
        mapping.Head?.LacksBias == true && entry.Name == "classifier.bias" && pairs is [.., { Entry.Name: "classifier.weight", Tensor: { } weight }]
            ? new StateDictPair(entry, entry.Name, DenseNetKeys.NoBias(weight))
            : null;

    /// <summary>The modules that compute otherwise; none where the file holds tensors alone, or no network.</summary>
    private static IReadOnlyList<ForeignModule> ModulesOf(Checkpoint checkpoint, KeyMapping mapping) =>
        checkpoint.ModuleTypes is not null && DenseNetShapes.TryInferFeatures(checkpoint, mapping, out var spec, out _)
            ? new ForeignModules(checkpoint, spec, mapping).Find()
            : [];

    private static bool IsOfHead(string key, KeyMapping mapping) =>
        IsClassifiers(mapping.Names[key]) || mapping.Head?.Keys.Contains(key) == true;

    private static bool IsClassifiers(string name) => name.StartsWith("classifier.", StringComparison.Ordinal);

    /// <summary>Whether a tensor of a network is its classifier's or its larger head's.</summary>
    private static bool IsHead(string name) => !name.StartsWith("features.", StringComparison.Ordinal);
}
