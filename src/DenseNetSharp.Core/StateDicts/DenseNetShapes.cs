using System.Diagnostics.CodeAnalysis;
using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.StateDicts;

/// <summary>Works out from the shapes of a state dict which DenseNet they belong to.</summary>
public static class DenseNetShapes
{
    /// <summary>
    /// Finds the DenseNet that these tensors fit: growth rate, blocks, initial features, bottleneck, classes and
    /// input channels. It has a name if it is a named network with any number of classes and input channels.
    /// </summary>
    /// <param name="shapes">
    /// Today's key names (see <see cref="DenseNetKeys"/>) and shapes. <c>num_batches_tracked</c> may be absent;
    /// keys outside <c>features.</c> and <c>classifier.</c> are not looked at.
    /// </param>
    /// <param name="spec">The network, or null.</param>
    /// <param name="reason">Why it is no DenseNet, in one sentence; null if it is one.</param>
    /// <returns>True if the tensors fit a DenseNet.</returns>
    public static bool TryInfer(
        IReadOnlyDictionary<string, IReadOnlyList<long>> shapes,
        [NotNullWhen(true)] out DenseNetSpec? spec,
        [NotNullWhen(false)] out string? reason)
    {
        spec = InferWhole(shapes, null, out reason);
        return spec is not null;
    }

    private static DenseNetSpec? InferWhole(
        IReadOnlyDictionary<string, IReadOnlyList<long>> shapes, KeyMapping? mapping, out string? reason)
    {
        if (InferFeatures(shapes, mapping, out reason) is not { } features)
        {
            return null;
        }

        var layers = mapping?.Head?.Layers ?? [];
        if (layers.Count == 0 && !shapes.Keys.Any(IsClassifierKey))
        {
            reason = $"It has no classifier; {AreThoseOf(features)}";
            return null;
        }

        if (layers.Count == 0 && !TryGetClassifier(shapes, out reason))
        {
            return null;
        }

        var spec = layers.Count > 0 ? features.WithHead(layers) : features with { NumClasses = (int)shapes[Classifier][0] };
        reason = FirstDifference(shapes, spec);
        return reason is null ? spec : null;
    }

    private static bool TryGetClassifier(IReadOnlyDictionary<string, IReadOnlyList<long>> shapes, out string? reason)
    {
        reason = !shapes.TryGetValue(Classifier, out var shape) ? $"It has no {Classifier}."
            : shape is not [>= 1 and <= int.MaxValue, >= 1] ? $"{Classifier} has the shape {ShapeText.Of(shape)}, which no DenseNet has."
            : null;
        return reason is null;
    }

    /// <summary>
    /// Finds the DenseNet that a checkpoint fits, its keys brought to today's names first (see
    /// <see cref="DenseNetKeys"/>).
    /// </summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="spec">The network, or null.</param>
    /// <param name="reason">Why it is no DenseNet, in one sentence; null if it is one.</param>
    /// <returns>True if the tensors fit a DenseNet.</returns>
    public static bool TryInfer(
        Checkpoint checkpoint,
        [NotNullWhen(true)] out DenseNetSpec? spec,
        [NotNullWhen(false)] out string? reason) =>
        TryInfer(checkpoint, DenseNetKeys.Map(checkpoint), out spec, out reason);

    extension(DenseNetSpec)
    {
        /// <summary>The DenseNet whose features a checkpoint has, its keys brought to today's names first: that of
        /// <see cref="Infer"/> or, where the checkpoint has no classifier or a head that is none, one of no classes.</summary>
        /// <param name="checkpoint">The checkpoint.</param>
        /// <param name="like">As for <see cref="Infer"/>.</param>
        /// <exception cref="InvalidDataException">It fits none; the message says why.</exception>
        public static DenseNetSpec InferFeatures(Checkpoint checkpoint, DenseNetSpec? like = null)
        {
            ArgumentNullException.ThrowIfNull(checkpoint);
            return TryInferFeatures(checkpoint, DenseNetKeys.Map(checkpoint).Like(like), out var spec, out var reason)
                ? spec
                : throw NotADenseNets(checkpoint, reason!);
        }

        /// <summary>The DenseNet that a checkpoint fits, its keys brought to today's names first.</summary>
        /// <param name="checkpoint">The checkpoint.</param>
        /// <param name="like">A network that is known to be of its kind, for what neither tensors nor the file tell: the pooling of a deep
        /// stem, TensorFlow's padding, the batch norms' epsilon. Null for none.</param>
        /// <exception cref="InvalidDataException">It fits none; the message says why.</exception>
        public static DenseNetSpec Infer(Checkpoint checkpoint, DenseNetSpec? like = null)
        {
            ArgumentNullException.ThrowIfNull(checkpoint);
            return TryInfer(checkpoint, DenseNetKeys.Map(checkpoint).Like(like), out var spec, out var reason)
                ? spec
                : throw NotADenseNets(checkpoint, reason);
        }
    }

    /// <summary>Finds the network, or else the one of no classes that the features fit.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="spec">The network, or null.</param>
    /// <param name="reason">Why it is no DenseNet, or why it has no classes; null for a network with its classifier.</param>
    internal static bool TryInferFeatures(Checkpoint checkpoint, [NotNullWhen(true)] out DenseNetSpec? spec, out string? reason) =>
        TryInferFeatures(checkpoint, DenseNetKeys.Map(checkpoint), out spec, out reason);

    /// <summary>The same for a checkpoint whose keys have been mapped already.</summary>
    internal static bool TryInferFeatures(
        Checkpoint checkpoint, KeyMapping mapping, [NotNullWhen(true)] out DenseNetSpec? spec, out string? reason)
    {
        if (TryInfer(checkpoint, mapping, out spec, out reason))
        {
            return true;
        }

        var shapes = Shapes(checkpoint, mapping);
        // A convolution over the last maps may stand for the classifier.
        var mayBeHeadless = mapping.Networks.Count == 0 && (mapping.Head?.Problem is not null || !shapes.Keys.Any(IsClassifierKey)
            || shapes.GetValueOrDefault("classifier.weight") is { Count: not 2 });
        if (!mayBeHeadless || InferFeatures(shapes, mapping, out _) is not { } features)
        {
            return false;
        }

        spec = OfItsEpsilon(features, checkpoint, mapping);
        return true;
    }

    /// <summary>The same for a checkpoint whose keys have been mapped already.</summary>
    internal static bool TryInfer(
        Checkpoint checkpoint,
        KeyMapping mapping,
        [NotNullWhen(true)] out DenseNetSpec? spec,
        [NotNullWhen(false)] out string? reason)
    {
        var shapes = Shapes(checkpoint, mapping);
        if (mapping.Networks.Count > 0)
        {
            var prefixes = string.Join(" and ", mapping.Networks.Select(prefix => $"'{PrintableText.Of(prefix)}'"));
            (spec, reason) = (null, $"It holds several networks, under {prefixes}; save the state dict of the one that is meant.");
            return false;
        }

        if (mapping.Head?.Problem is { } problem)
        {
            spec = null;
            reason = InferFeatures(shapes, mapping, out var featuresReason) is { } features
                ? $"{problem}, which this version does not build; {AreThoseOf(features)}"
                : featuresReason!;
            return false;
        }

        spec = InferWhole(shapes, mapping, out reason) is { } found ? OfItsEpsilon(found, checkpoint, mapping) : null;
        return spec is not null;
    }

    private static InvalidDataException NotADenseNets(Checkpoint checkpoint, string reason) =>
        new($"{checkpoint.Path ?? "The checkpoint"} is not a DenseNet's checkpoint: {reason}");

    /// <summary>With the epsilon that the file says: Keras's, or that of a whole module's last batch norm.</summary>
    private static DenseNetSpec OfItsEpsilon(DenseNetSpec spec, Checkpoint checkpoint, KeyMapping mapping)
    {
        if (mapping.IsKeras)
        {
            return Named(spec with { BatchNormEpsilon = KerasNames.BatchNormEpsilon });
        }

        const string tensor = ".running_mean";
        var key = mapping.Names.FirstOrDefault(item => item.Value == "features.norm5" + tensor).Key;
        return key is not null && checkpoint.ModuleSettings.TryGetValue(key[..^tensor.Length], out var norm) && norm.Epsilon is > 0 and < 1
            ? Named(spec with { BatchNormEpsilon = norm.Epsilon.Value })
            : spec;
    }

    /// <summary>The shapes of what may be the network's.</summary>
    private static Dictionary<string, IReadOnlyList<long>> Shapes(Checkpoint checkpoint, KeyMapping mapping)
    {
        var shapes = new Dictionary<string, IReadOnlyList<long>>(StringComparer.Ordinal);
        foreach (var (key, name) in mapping.Names)
        {
            var tensor = DenseNetKeys.InPyTorchsLayout(key, checkpoint.Tensors[key]);
            if (!SetAside.Holds(name, tensor))
            {
                shapes[name] = tensor.Shape;
            }
        }

        if (mapping.Head?.LacksBias == true && shapes.TryGetValue("classifier.weight", out var weight))
        {
            shapes["classifier.bias"] = [weight[0]];
        }

        return shapes;
    }

    /// <summary>The network of no classes that the features fit; null, with the reason, for none.</summary>
    private static DenseNetSpec? InferFeatures(IReadOnlyDictionary<string, IReadOnlyList<long>> shapes, KeyMapping? mapping, out string? reason)
    {
        reason = ForeignLayout.Describe(shapes);
        if (reason is not null)
        {
            return null;
        }

        var guess = new FeaturesGuess(shapes);
        if (guess.Guess(mapping?.HasBlurPooling, mapping?.Traits?.HasLastNorm) is not { } spec)
        {
            reason = guess.Problem ?? "It is no DenseNet.";
            return null;
        }

        // Networks of this kind come from TensorFlow, whose padding and epsilon differ, or were rebuilt in PyTorch.
        if (mapping is { Traits: null } && spec is { HasConvolutionBias: true, HasLastNorm: false } && spec.Stem != DenseNetStem.ThreeByThree)
        {
            reason = "Its convolutions have biases and no norm follows the last block, as in Keras's notebooks: whether its stem is padded as TensorFlow "
                + "does, and its epsilon, no tensor tells: the network must be named (densenet-notebook).";
            return null;
        }

        spec = mapping?.Traits?.ApplyTo(spec) ?? spec;
        if (mapping?.Head is { IsFastais: true, IsPooledTwice: var isPooledTwice })
        {
            spec = spec with
            {
                HasLastReLU = false,
                ActivatesLastMaps = false,
                Pooling = isPooledTwice ? GlobalPooling.ConcatenatedMaxAverage : spec.Pooling,
            };
        }

        reason = FirstDifference(shapes, spec);
        return reason is null ? Named(spec) : null;
    }

    private static DenseNetSpec Named(DenseNetSpec spec) => DenseNetSpec.FindName(spec) is { } name
        ? spec with { Name = name, InitialWeights = DenseNetArchitectures.Get(name).InitialWeights }
        : spec;

    private static string AreThoseOf(DenseNetSpec features) =>
        $"its features are those of {features.Name ?? "a DenseNet without a name"}, and 'densenet features' and FusedDenseNet.PredictFeatures take them.";

    private static string? FirstDifference(
        IReadOnlyDictionary<string, IReadOnlyList<long>> shapes, DenseNetSpec spec)
    {
        try
        {
            spec.Validate();
        }
        catch (ArgumentException e)
        {
            return e.Message;
        }

        var expected = spec.StateDict;
        foreach (var entry in expected)
        {
            if (!shapes.TryGetValue(entry.Name, out var shape))
            {
                if (!entry.MayBeAbsent)
                {
                    return $"It has no {entry.Name}.";
                }
            }
            else if (!shape.SequenceEqual(entry.Shape))
            {
                return $"{entry.Name} has the shape {ShapeText.Of(shape)} where the other tensors ask for "
                    + $"{ShapeText.Of(entry.Shape)}.";
            }
        }

        var names = expected.Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        var extra = shapes.Keys.FirstOrDefault(key =>
            (key.StartsWith("features.", StringComparison.Ordinal) || (spec.NumClasses > 0 && IsClassifierKey(key))) && !names.Contains(key));
        return extra is null ? null : $"It has {extra}, which no DenseNet of its size has.";
    }

    private const string Classifier = "classifier.weight";

    private static bool IsClassifierKey(string key) => key.StartsWith("classifier.", StringComparison.Ordinal);
}
