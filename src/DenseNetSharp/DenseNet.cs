using DenseNetSharp.Architectures;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DenseNetSharp;

// torchvision's densenet.py in its own order: layer, block, transition, network. A field or child name is the
// state-dict key, so those names are torchvision's; TorchSharp registers a field under the field's own name.

/// <summary>
/// One bottleneck layer, BN-ReLU-Conv(1x1)-BN-ReLU-Conv(3x3): sees every earlier feature map of its block and adds
/// <c>growthRate</c> channels. Source: torchvision <c>_DenseLayer</c>; section 3 of https://arxiv.org/abs/1608.06993.
/// </summary>
public class _DenseLayer : nn.Module<IList<Tensor>, Tensor>
{
    private readonly BatchNorm2d norm1;
    private readonly ReLU relu1;
    private readonly Conv2d conv1;
    private readonly BatchNorm2d norm2;
    private readonly ReLU relu2;
    private readonly Conv2d conv2;
    private readonly double _dropRate;
    private readonly bool _memoryEfficient;

    /// <summary>Creates a layer with PyTorch's default initial weights.</summary>
    /// <param name="numInputFeatures">Channels of all earlier feature maps together.</param>
    /// <param name="growthRate">Channels that the layer adds.</param>
    /// <param name="bnSize">The bottleneck has <c>bnSize * growthRate</c> channels.</param>
    /// <param name="dropRate">Dropout rate on the new channels, in [0, 1].</param>
    /// <param name="memoryEfficient">Recompute the bottleneck in the backward pass instead of keeping it.</param>
    /// <param name="batchNormEpsilon">Added to the variance in both batch norms.</param>
    /// <param name="batchNormMomentum">Weight of the newest batch in both batch norms' running statistics.</param>
    public _DenseLayer(long numInputFeatures, long growthRate, long bnSize, double dropRate,
        bool memoryEfficient = false, double batchNormEpsilon = 1e-5, double batchNormMomentum = 0.1)
        : base(TorchLibrary.RequiredFor(nameof(_DenseLayer)))
    {
        var bottleneck = bnSize * growthRate;
        norm1 = nn.BatchNorm2d(numInputFeatures, batchNormEpsilon, batchNormMomentum);
        relu1 = nn.ReLU(inplace: true);
        conv1 = nn.Conv2d(numInputFeatures, bottleneck, kernel_size: 1, stride: 1, bias: false);

        norm2 = nn.BatchNorm2d(bottleneck, batchNormEpsilon, batchNormMomentum);
        relu2 = nn.ReLU(inplace: true);
        conv2 = nn.Conv2d(bottleneck, growthRate, kernel_size: 3, stride: 1, padding: 1, bias: false);

        _dropRate = dropRate;
        _memoryEfficient = memoryEfficient;
        RegisterComponents();
    }

    internal BatchNorm2d Norm1 => norm1;

    internal Conv2d Conv1 => conv1;

    /// <summary>Concatenates the earlier feature maps and computes the bottleneck (torchvision's
    /// <c>bn_function</c>).</summary>
    internal Tensor BottleneckOf(IList<Tensor> features)
    {
        using var concatenated = cat(features, 1);
        using var normalized = norm1.call(concatenated);
        using var activated = relu1.call(normalized);
        return conv1.call(activated);
    }

    /// <inheritdoc cref="forward(IList{Tensor})"/>
    public Tensor call(Tensor features) => call([features]);

    /// <summary>Computes the layer's new feature maps.</summary>
    /// <param name="features">All earlier feature maps of the block, each <c>[N, C_i, H, W]</c>, in order; their
    /// channels add up to <c>numInputFeatures</c>. For one image in evaluation without gradients the block passes them as
    /// one tensor, concatenated; hooks see what is passed.</param>
    /// <returns>The new feature maps, <c>[N, growthRate, H, W]</c>.</returns>
    public override Tensor forward(IList<Tensor> features)
    {
        using var bottleneck = _memoryEfficient && is_grad_enabled()
            ? RecomputedBottleneck.Apply(this, features)
            : BottleneckOf(features);
        using var normalized = norm2.call(bottleneck);
        using var activated = relu2.call(normalized);
        var newFeatures = conv2.call(activated);
        if (_dropRate == 0)
        {
            return newFeatures;
        }

        using (newFeatures)
        {
            return nn.functional.dropout(newFeatures, _dropRate, training);
        }
    }

    /// <summary>The text of PyTorch's <c>print(layer)</c>.</summary>
    /// <returns>Several lines, no line break at the end.</returns>
    public override string ToString() => ModuleText.Of(this);
}

/// <summary>
/// Dense layers in a row, each of which sees the block's input and all feature maps before it. Source: torchvision
/// <c>_DenseBlock</c>.
/// </summary>
public class _DenseBlock : nn.Module<Tensor, Tensor>
{
    private readonly List<_DenseLayer> _layers = [];
    private readonly long _growthRate;

    /// <summary>Creates a block of <paramref name="numLayers"/> layers named <c>denselayer1</c> and so on.</summary>
    /// <param name="numLayers">How many layers.</param>
    /// <param name="numInputFeatures">Channels of the block's input.</param>
    /// <param name="bnSize">A layer's bottleneck has <c>bnSize * growthRate</c> channels.</param>
    /// <param name="growthRate">Channels that each layer adds.</param>
    /// <param name="dropRate">Dropout rate of each layer, in [0, 1].</param>
    /// <param name="memoryEfficient">Recompute the bottlenecks in the backward pass instead of keeping them.</param>
    /// <param name="batchNormEpsilon">Added to the variance in the batch norms.</param>
    /// <param name="batchNormMomentum">Weight of the newest batch in the running statistics.</param>
    public _DenseBlock(int numLayers, long numInputFeatures, long bnSize, long growthRate, double dropRate,
        bool memoryEfficient = false, double batchNormEpsilon = 1e-5, double batchNormMomentum = 0.1)
        : base(TorchLibrary.RequiredFor(nameof(_DenseBlock)))
    {
        _growthRate = growthRate;
        for (var i = 0; i < numLayers; i++)
        {
            var layer = new _DenseLayer(numInputFeatures + i * growthRate, growthRate, bnSize, dropRate,
                memoryEfficient, batchNormEpsilon, batchNormMomentum);
            _layers.Add(layer);
            register_module($"denselayer{i + 1}", layer);
        }
    }

    /// <summary>Runs the layers and concatenates the block's input with everything they add.</summary>
    /// <param name="initFeatures">The block's input, <c>[N, numInputFeatures, H, W]</c>.</param>
    /// <returns><c>[N, numInputFeatures + numLayers * growthRate, H, W]</c>.</returns>
    public override Tensor forward(Tensor initFeatures) =>
        training || is_grad_enabled() || initFeatures.size(0) != 1 ? ForwardKeeping(initFeatures) : ForwardInOneBuffer(initFeatures);

    /// <summary>torchvision's own loop: autograd needs every feature map kept as it was.</summary>
    private Tensor ForwardKeeping(Tensor initFeatures)
    {
        using var scope = NewDisposeScope();
        List<Tensor> features = [initFeatures];
        foreach (var layer in _layers)
        {
            features.Add(layer.call(features));
        }

        return cat(features, 1).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// For one image without gradients nothing forces copying all earlier maps at every layer: one buffer holds the block's
    /// output, each layer's channels are written where they belong, and all before them lie contiguous. Several images'
    /// do not, and a batch norm over strided channels takes another kernel, with other last bits.
    /// </summary>
    private Tensor ForwardInOneBuffer(Tensor initFeatures)
    {
        using var scope = NewDisposeScope();
        var channels = initFeatures.size(1);
        var buffer = empty(
            [1, channels + _layers.Count * _growthRate, initFeatures.size(2), initFeatures.size(3)],
            dtype: initFeatures.dtype, device: initFeatures.device);
        buffer.narrow(1, 0, channels).copy_(initFeatures);
        foreach (var layer in _layers)
        {
            using var layerScope = NewDisposeScope();
            var newFeatures = layer.call([buffer.narrow(1, 0, channels)]);
            buffer.narrow(1, channels, _growthRate).copy_(newFeatures);
            channels += _growthRate;
        }

        return buffer.MoveToOuterDisposeScope();
    }

    /// <summary>The text of PyTorch's <c>print(block)</c>.</summary>
    /// <returns>Several lines, no line break at the end.</returns>
    public override string ToString() => ModuleText.Of(this);
}

/// <summary>
/// Between two blocks, BN-ReLU-Conv(1x1)-AvgPool(2x2): changes the channels and halves height and width. Source:
/// torchvision <c>_Transition</c>.
/// </summary>
public class _Transition : Sequential
{
    /// <summary>Creates a transition with PyTorch's default initial weights.</summary>
    /// <param name="numInputFeatures">Channels of the input.</param>
    /// <param name="numOutputFeatures">Channels of the output.</param>
    /// <param name="batchNormEpsilon">Added to the variance in the batch norm.</param>
    /// <param name="batchNormMomentum">Weight of the newest batch in the running statistics.</param>
    public _Transition(long numInputFeatures, long numOutputFeatures, double batchNormEpsilon = 1e-5,
        double batchNormMomentum = 0.1)
        : base(TorchLibrary.RequiredFor(Array.Empty<nn.Module<Tensor, Tensor>>()))
    {
        append("norm", nn.BatchNorm2d(numInputFeatures, batchNormEpsilon, batchNormMomentum));
        append("relu", nn.ReLU(inplace: true));
        append("conv", nn.Conv2d(numInputFeatures, numOutputFeatures, kernel_size: 1, stride: 1, bias: false));
        append("pool", nn.AvgPool2d(kernel_size: 2, stride: 2));
    }

    /// <summary>The text of PyTorch's <c>print(transition)</c>.</summary>
    /// <returns>Several lines, no line break at the end.</returns>
    public override string ToString() => ModuleText.Of(this);
}

/// <summary>
/// DenseNet-BC, "Densely Connected Convolutional Networks", https://arxiv.org/abs/1608.06993, as torchvision has it:
/// the same modules, state-dict keys, initial weights and numbers.
/// </summary>
/// <remarks>
/// <para>
/// Thread safety: forward passes in evaluation mode may run on several threads at once over one model; they read the
/// weights and write nothing of the model's. <c>Dispose</c> may be called at any time, on any thread and in a hook: it
/// returns at once, passes under way end as usual and the last one frees the weights, and later calls throw an
/// <see cref="ObjectDisposedException"/>. <c>to</c>, <c>LoadCheckpoint</c>, <c>load</c>, <c>load_state_dict</c> and
/// <see cref="ReplaceClassifier"/> wait for the passes under way, and passes that begin meanwhile wait for them; in a
/// hook, where they would wait for themselves, they throw an <see cref="InvalidOperationException"/>. This holds for what
/// is called on the network itself: who uses its modules, parameters or <see cref="Features"/> on their own, or takes the
/// parameters' gradients in a backward pass, keeps the network until that is done. Training steps and changes of mode belong
/// to one thread, with no forward pass under way on another.
/// </para>
/// <para>
/// Intermediate tensors are disposed as soon as they are used: a hook that keeps one takes an <c>alias()</c> or a
/// <c>clone()</c>.
/// </para>
/// </remarks>
public partial class DenseNet : nn.Module<Tensor, Tensor>
{
    private readonly Sequential features;
    private Linear classifier;
    private readonly UseGate _gate;

    /// <summary>Creates a network with torchvision's parameters and torchvision's initial weights.</summary>
    /// <param name="growthRate">Channels that each layer adds ("k" in the paper).</param>
    /// <param name="blockConfig">Layers in each block; (6, 12, 24, 16) if null.</param>
    /// <param name="numInitFeatures">Channels of the first convolution.</param>
    /// <param name="bnSize">A bottleneck has <c>bnSize * growthRate</c> channels.</param>
    /// <param name="dropRate">Dropout rate after each dense layer, in [0, 1].</param>
    /// <param name="numClasses">Classes that the classifier tells apart.</param>
    /// <param name="memoryEfficient">Recompute the bottlenecks in the backward pass (https://arxiv.org/abs/1707.06990):
    /// less memory, more time, the same numbers. Running statistics move once a step; torchvision's option moves them
    /// a second time in the recomputation.</param>
    /// <exception cref="ArgumentException">A value makes no network.</exception>
    /// <exception cref="DllNotFoundException">libtorch cannot be loaded; the message says which package or setting is
    /// missing.</exception>
    public DenseNet(int growthRate = 32, IReadOnlyList<int>? blockConfig = null, int numInitFeatures = 64,
        int bnSize = 4, double dropRate = 0, int numClasses = 1000, bool memoryEfficient = false)
        : this(new DenseNetSpec
        {
            GrowthRate = growthRate,
            BlockConfig = blockConfig ?? [6, 12, 24, 16],
            InitFeatures = numInitFeatures,
            BottleneckSize = bnSize,
            DropRate = dropRate,
            NumClasses = numClasses,
        }, memoryEfficient)
    {
    }

    /// <summary>Creates the network that a description calls for, with torchvision's initial weights.</summary>
    /// <param name="spec">The description.</param>
    /// <param name="memoryEfficient">Recompute the bottlenecks in the backward pass.</param>
    /// <exception cref="ArgumentException">The description makes no network.</exception>
    /// <exception cref="DllNotFoundException">libtorch cannot be loaded; the message says which package or setting is
    /// missing.</exception>
    public DenseNet(DenseNetSpec spec, bool memoryEfficient = false)
        : base(TorchLibrary.RequiredFor(nameof(DenseNet)))
    {
        ArgumentNullException.ThrowIfNull(spec);
        spec.Validate();
        if (spec.NumClasses == 0)
        {
            throw new ArgumentException("The network has no classes; one needs at least one, whose classifier PooledFeatures leaves aside.", nameof(spec));
        }

        _gate = new UseGate(nameof(DenseNet), () => base.Dispose(true));
        Spec = spec;
        MemoryEfficient = memoryEfficient;
        var (eps, momentum) = (spec.BatchNormEpsilon, spec.BatchNormMomentum);

        // First convolution
        features = nn.Sequential(
            ("conv0", nn.Conv2d(spec.InputChannels, spec.InitFeatures, kernel_size: 7, stride: 2, padding: 3, bias: false)),
            ("norm0", nn.BatchNorm2d(spec.InitFeatures, eps, momentum)),
            ("relu0", nn.ReLU(inplace: true)),
            ("pool0", nn.MaxPool2d(kernel_size: 3, stride: 2, padding: 1)));

        // Each dense block
        long numFeatures = spec.InitFeatures;
        for (var i = 0; i < spec.BlockConfig.Count; i++)
        {
            var numLayers = spec.BlockConfig[i];
            features.append($"denseblock{i + 1}", new _DenseBlock(numLayers, numFeatures, spec.BottleneckSize,
                spec.GrowthRate, spec.DropRate, memoryEfficient, eps, momentum));
            numFeatures += numLayers * spec.GrowthRate;
            if (i != spec.BlockConfig.Count - 1)
            {
                features.append($"transition{i + 1}", new _Transition(numFeatures, numFeatures / 2, eps, momentum));
                numFeatures /= 2;
            }
        }

        // Final batch norm
        features.append("norm5", nn.BatchNorm2d(numFeatures, eps, momentum));

        // Linear layer
        classifier = nn.Linear(numFeatures, spec.NumClasses);
        RegisterComponents();

        // Official init from torch repo.
        foreach (var (_, module) in this.NamedModules())
        {
            switch (module)
            {
                case Conv2d conv:
                    nn.init.kaiming_normal_(conv.weight);
                    break;
                case BatchNorm2d norm:
                    nn.init.constant_(norm.weight, 1);
                    nn.init.constant_(norm.bias!, 0);
                    break;
                case Linear linear:
                    nn.init.constant_(linear.bias!, 0);
                    break;
            }
        }
    }

    /// <summary>What the network is made of.</summary>
    public DenseNetSpec Spec { get; private set; }

    /// <summary>Whether the bottlenecks are recomputed in the backward pass.</summary>
    public bool MemoryEfficient { get; }

    /// <summary>Everything before the final ReLU: images <c>[N, C, H, W]</c> to <c>[N, 1024, H/32, W/32]</c> (for
    /// densenet121), torchvision's <c>model.features</c>.</summary>
    public Sequential Features => features;

    /// <summary>The last layer, torchvision's <c>model.classifier</c>.</summary>
    public Linear Classifier => classifier;

    /// <summary>Computes the logits of a batch of images.</summary>
    /// <param name="x">Normalised images, <c>[N, C, H, W]</c>, in the network's dtype and on its device; at least
    /// 29x29 for the four official networks.</param>
    /// <returns>Logits before any softmax, <c>[N, numClasses]</c>.</returns>
    /// <exception cref="ArgumentException">The rank, channels, size, dtype or device does not fit; nothing has been
    /// computed.</exception>
    /// <exception cref="ObjectDisposedException">The network has been disposed.</exception>
    public override Tensor forward(Tensor x)
    {
        using var use = _gate.Use();
        using var pooled = PooledFeatures(x);
        return classifier.call(pooled);
    }

    /// <summary>
    /// Puts a freshly initialised classifier for another number of classes in the old one's place, on its device and in
    /// its dtype. The features stay untouched. Make the optimizer afterwards: the old classifier's parameters are
    /// disposed.
    /// </summary>
    /// <param name="nClasses">The number of classes, at least 1.</param>
    /// <returns>This network.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="nClasses"/> is below 1; nothing has changed.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The network has been disposed.</exception>
    /// <exception cref="InvalidOperationException">It is called in a hook, in the middle of a forward pass.</exception>
    public DenseNet ReplaceClassifier(int nClasses)
    {
        if (nClasses < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(nClasses), nClasses, "A classifier needs at least one class.");
        }

        using var change = _gate.Change();
        // Called in inference mode, the new parameters must be trainable all the same.
        using var normalMode = inference_mode(false);
        var old = classifier;
        var replacement = nn.Linear(old.in_features, nClasses, device: old.weight.device, dtype: old.weight.dtype);
        nn.init.constant_(replacement.bias!, 0);
        replacement.train(training);

        // TorchSharp refuses to register a name twice; registering null takes the old one out.
        register_module(nameof(classifier), null!);
        classifier = replacement;
        register_module(nameof(classifier), replacement);
        Spec = Spec with { NumClasses = nClasses };
        old.Dispose();
        return this;
    }

    /// <summary>The text of PyTorch's <c>print(model)</c>, to the character.</summary>
    /// <returns>Several lines, no line break at the end.</returns>
    public override string ToString() => ModuleText.Of(this);

    private void RequireMinimumSize(Tensor x)
    {
        var (minimum, height, width) = (Spec.MinimumInputSize, x.size(2), x.size(3));
        if (height < minimum || width < minimum)
        {
            throw new ArgumentException(
                $"Images must be at least {minimum}x{minimum}, but got {height}x{width} (height x width).", nameof(x));
        }
    }

    private void CheckInput(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.dim() != 4)
        {
            throw new ArgumentException(
                $"Expected images of shape [N, {Spec.InputChannels}, H, W], but got {x.dim()} dimensions: {ShapeOf(x)}.", nameof(x));
        }

        if (x.size(1) != Spec.InputChannels)
        {
            throw new ArgumentException(
                $"Expected {Spec.InputChannels} channels, but got {x.size(1)} in {ShapeOf(x)}.", nameof(x));
        }

        RequireMinimumSize(x);
        var weight = classifier.weight;
        if (x.dtype != weight.dtype)
        {
            throw new ArgumentException(
                $"The network's weights are {weight.dtype}, but the images are {x.dtype}.", nameof(x));
        }

        if (x.device_type != weight.device_type || x.device_index != weight.device_index)
        {
            throw new ArgumentException(
                $"The network is on {weight.device}, but the images are on {x.device}.", nameof(x));
        }
    }

    private static string ShapeOf(Tensor x) => $"[{string.Join(", ", x.shape)}]";
}
