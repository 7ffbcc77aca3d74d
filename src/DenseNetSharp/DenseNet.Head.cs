using DenseNetSharp.Architectures;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DenseNetSharp;

public partial class DenseNet
{
    /// <summary>The last layer, torchvision's <c>model.classifier</c>.</summary>
    /// <exception cref="InvalidOperationException">The network has no classifier, or a head of several layers, which
    /// <see cref="Head"/> lists.</exception>
    public Linear Classifier => _head.Layers switch
    {
        [] => throw new InvalidOperationException(
            $"The network has no classifier: its features are all that it gives; {nameof(ResetClassifier)} puts one on."),
        [Linear linear] when Spec.Head.Count == 0 => linear,
        var layers => throw new InvalidOperationException(
            $"The network has a head of {layers.Count} {(layers.Count == 1 ? "layer" : "layers")} under its own names and no single classifier: {nameof(Head)} "
            + $"lists the layers, and {nameof(ReplaceClassifier)} puts a classifier in their place."),
    };

    /// <summary>The layers between the pooled features and the logits, in order: the classifier alone, those of
    /// <see cref="DenseNetSpec.Head"/>, or none.</summary>
    public IReadOnlyList<nn.Module<Tensor, Tensor>> Head => _head.Layers;

    /// <summary>
    /// Puts a freshly initialised classifier for another number of classes in the old one's place, or in that of a whole head, on
    /// the network's device and in its dtype. The features stay untouched. Make the optimizer afterwards: the old
    /// parameters are disposed.
    /// </summary>
    /// <param name="nClasses">The number of classes, at least 1.</param>
    /// <returns>This network.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="nClasses"/> is below 1; nothing has changed.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The network has been disposed.</exception>
    /// <exception cref="InvalidOperationException">It is called in a hook, in the middle of a forward pass, or the network pools
    /// nothing (<see cref="GlobalPooling.None"/>), which <see cref="ResetClassifier"/> can change.</exception>
    public DenseNet ReplaceClassifier(int nClasses)
    {
        if (nClasses < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(nClasses), nClasses, "A classifier needs at least one class.");
        }

        if (Spec.Pooling == GlobalPooling.None)
        {
            throw new InvalidOperationException(
                $"The network pools nothing, and a classifier needs pooled features: {nameof(ResetClassifier)} takes a pooling too.");
        }

        return SetClassifier(nClasses, Spec.Pooling);
    }

    /// <summary>
    /// Takes the classifier or head away and sets how the last maps are pooled: timm's <c>reset_classifier</c>. With classes a
    /// freshly initialised classifier comes in their place; without, <see cref="forward"/> gives the pooled features.
    /// </summary>
    /// <param name="nClasses">The number of classes; 0 for none.</param>
    /// <param name="pooling">The pooling from now on; <see cref="GlobalPooling.None"/>, with no classes only, for the maps as they
    /// are.</param>
    /// <returns>This network.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="nClasses"/> is below 0; nothing has changed.</exception>
    /// <exception cref="ArgumentException">There are classes and no pooling; nothing has changed.</exception>
    /// <exception cref="ObjectDisposedException">The network has been disposed.</exception>
    /// <exception cref="InvalidOperationException">It is called in a hook, in the middle of a forward pass.</exception>
    public DenseNet ResetClassifier(int nClasses, GlobalPooling pooling = GlobalPooling.Average)
    {
        if (nClasses < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(nClasses), nClasses, "The classes are at least 1, or 0 for no classifier.");
        }

        if (!Enum.IsDefined(pooling))
        {
            throw new ArgumentOutOfRangeException(nameof(pooling), pooling, "There is no such pooling.");
        }

        if (nClasses > 0 && pooling == GlobalPooling.None)
        {
            throw new ArgumentException($"A classifier for {nClasses} classes needs pooled features, so there must be a pooling.", nameof(pooling));
        }

        return SetClassifier(nClasses, pooling);
    }

    private DenseNet SetClassifier(int nClasses, GlobalPooling pooling)
    {
        using var change = _gate.Change();
        // Called in inference mode, the new parameters must be trainable all the same.
        using var normalMode = inference_mode(false);
        var spec = Spec with { NumClasses = nClasses, Head = [], Pooling = pooling };
        var (old, replacement) = (_head, new DenseNetHead(spec, FirstWeight));
        foreach (var layer in replacement.Layers)
        {
            FirstWeights.Draw(layer, spec.InitialWeights);
            layer.train(training);
        }

        foreach (var (name, _) in old.Children)
        {
            // TorchSharp refuses to register a name twice; registering null takes the old one out.
            register_module(name, null!);
        }

        Register(replacement);
        (_head, Spec) = (replacement, spec);
        foreach (var (_, module) in old.Children)
        {
            module.Dispose();
        }

        return this;
    }

    private void Register(DenseNetHead head)
    {
        foreach (var (name, module) in head.Children)
        {
            register_module(name, module);
        }
    }

    /// <summary>The logits of pooled features, with the dropout before them in training.</summary>
    internal Tensor LogitsOf(Tensor pooled)
    {
        using var dropped = Dropped(pooled);
        return _head.Call(dropped);
    }

    /// <summary>A new tensor of the pooled features, with dropout in training.</summary>
    private Tensor Dropped(Tensor pooled) => training && Spec.ClassifierDropRate > 0
        ? nn.functional.dropout(pooled, Spec.ClassifierDropRate, training: true)
        : pooled.alias();

    private Tensor Pooled(Tensor maps) => PooledMaps.Of(maps, Spec.Pooling);
}
