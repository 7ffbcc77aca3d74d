using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DenseNetSharp;

// torchvision's densenet.py in its own order: layer, block, transition; the network is in DenseNet.cs. A field or child name is
// the state-dict key, so those names are torchvision's; TorchSharp registers a field under the field's own name.

/// <summary>
/// One bottleneck layer, BN-ReLU-Conv(1x1)-BN-ReLU-Conv(3x3), or without a bottleneck BN-ReLU-Conv(3x3): sees every earlier
/// feature map of its block and adds <c>growthRate</c> channels. Source: torchvision <c>_DenseLayer</c>; section 3 of
/// https://arxiv.org/abs/1608.06993.
/// </summary>
public class _DenseLayer : nn.Module<IList<Tensor>, Tensor>
{
    private readonly BatchNorm2d norm1;
    private readonly ReLU relu1;
    private readonly Conv2d conv1;
    private readonly BatchNorm2d? norm2;
    private readonly ReLU? relu2;
    private readonly Conv2d? conv2;
    private readonly double _dropRate;
    private readonly bool _memoryEfficient;

    /// <summary>Creates a layer with PyTorch's default initial weights.</summary>
    /// <param name="numInputFeatures">Channels of all earlier feature maps together.</param>
    /// <param name="growthRate">Channels that the layer adds.</param>
    /// <param name="bnSize">The bottleneck has <c>bnSize * growthRate</c> channels; 0 for none.</param>
    /// <param name="dropRate">Dropout rate on the new channels, in [0, 1].</param>
    /// <param name="memoryEfficient">Recompute the bottleneck in the backward pass instead of keeping it: the concatenated maps, norm1,
    /// relu1 and conv1. Without a bottleneck they are the whole layer, and the maps are what is not kept.</param>
    /// <param name="batchNormEpsilon">Added to the variance in both batch norms.</param>
    /// <param name="batchNormMomentum">Weight of the newest batch in both batch norms' running statistics.</param>
    public _DenseLayer(long numInputFeatures, long growthRate, long bnSize, double dropRate,
        bool memoryEfficient = false, double batchNormEpsilon = 1e-5, double batchNormMomentum = 0.1)
        : this(numInputFeatures, growthRate, bnSize, dropRate, memoryEfficient, batchNormEpsilon, batchNormMomentum, convolutionBias: false)
    {
    }

    internal _DenseLayer(long numInputFeatures, long growthRate, long bnSize, double dropRate,
        bool memoryEfficient, double batchNormEpsilon, double batchNormMomentum, bool convolutionBias)
        : base(TorchLibrary.RequiredFor(nameof(_DenseLayer)))
    {
        norm1 = nn.BatchNorm2d(numInputFeatures, batchNormEpsilon, batchNormMomentum);
        relu1 = nn.ReLU(inplace: true);
        if (bnSize == 0)
        {
            conv1 = nn.Conv2d(numInputFeatures, growthRate, kernel_size: 3, stride: 1, padding: 1, bias: convolutionBias);
        }
        else
        {
            var bottleneck = bnSize * growthRate;
            conv1 = nn.Conv2d(numInputFeatures, bottleneck, kernel_size: 1, stride: 1, bias: convolutionBias);
            norm2 = nn.BatchNorm2d(bottleneck, batchNormEpsilon, batchNormMomentum);
            relu2 = nn.ReLU(inplace: true);
            conv2 = nn.Conv2d(bottleneck, growthRate, kernel_size: 3, stride: 1, padding: 1, bias: convolutionBias);
        }

        _dropRate = dropRate;
        _memoryEfficient = memoryEfficient;
        RegisterComponents();
    }

    internal BatchNorm2d Norm1 => norm1;

    internal Conv2d Conv1 => conv1;

    /// <summary>Concatenates the earlier feature maps and computes the bottleneck (torchvision's
    /// <c>bn_function</c>), or without one the new maps.</summary>
    internal Tensor BottleneckOf(IList<Tensor> features) => ModuleRow.Call([norm1, relu1, conv1], cat(features, 1), freesInput: true);

    /// <summary>Whether a hook sees the bottleneck computed.</summary>
    internal bool HasHooksOnBottleneck => ForwardHooks.See(norm1) || ForwardHooks.See(relu1) || ForwardHooks.See(conv1);

    /// <summary>Whether a hook of the layer, or of the convolution that gives them, sees the new maps.</summary>
    internal bool HasHooksOnNewFeatures => ForwardHooks.See(this) || ForwardHooks.See(conv2 ?? conv1);

    /// <inheritdoc cref="forward(IList{Tensor})"/>
    public Tensor call(Tensor features) => call([features]);

    /// <summary>Computes the layer's new feature maps.</summary>
    /// <param name="features">All earlier feature maps of the block, each <c>[N, C_i, H, W]</c>, in order; their
    /// channels add up to <c>numInputFeatures</c>. For one image in evaluation without gradients the block passes them as
    /// one tensor, concatenated; hooks see what is passed.</param>
    /// <returns>The new feature maps, <c>[N, growthRate, H, W]</c>.</returns>
    public override Tensor forward(IList<Tensor> features)
    {
        if (_dropRate == 0)
        {
            return NewFeatures(features);
        }

        var isSeen = ForwardHooks.See(conv2 ?? conv1);
        using var newFeatures = ForwardHooks.Own(NewFeatures(features), isSeen);
        return nn.functional.dropout(newFeatures, _dropRate, training);
    }

    /// <summary>The text of PyTorch's <c>print(layer)</c>.</summary>
    /// <returns>Several lines, no line break at the end.</returns>
    public override string ToString() => ModuleText.Of(this);

    private Tensor NewFeatures(IList<Tensor> features)
    {
        var isSeen = ForwardHooks.See(conv1);
        var bottleneck = _memoryEfficient && is_grad_enabled() && !RecomputedBottleneck.IsSuspended
            ? RecomputedBottleneck.Apply(this, features)
            : BottleneckOf(features);
        return norm2 is null ? bottleneck : ModuleRow.Call([norm2, relu2!, conv2!], bottleneck, freesInput: !isSeen);
    }
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
    /// <param name="bnSize">A layer's bottleneck has <c>bnSize * growthRate</c> channels; 0 for none.</param>
    /// <param name="growthRate">Channels that each layer adds.</param>
    /// <param name="dropRate">Dropout rate of each layer, in [0, 1].</param>
    /// <param name="memoryEfficient">Recompute the bottlenecks in the backward pass instead of keeping them.</param>
    /// <param name="batchNormEpsilon">Added to the variance in the batch norms.</param>
    /// <param name="batchNormMomentum">Weight of the newest batch in the running statistics.</param>
    public _DenseBlock(int numLayers, long numInputFeatures, long bnSize, long growthRate, double dropRate,
        bool memoryEfficient = false, double batchNormEpsilon = 1e-5, double batchNormMomentum = 0.1)
        : this(numLayers, numInputFeatures, bnSize, growthRate, dropRate, memoryEfficient, batchNormEpsilon, batchNormMomentum, convolutionBias: false)
    {
    }

    internal _DenseBlock(int numLayers, long numInputFeatures, long bnSize, long growthRate, double dropRate,
        bool memoryEfficient, double batchNormEpsilon, double batchNormMomentum, bool convolutionBias)
        : base(TorchLibrary.RequiredFor(nameof(_DenseBlock)))
    {
        _growthRate = growthRate;
        for (var i = 0; i < numLayers; i++)
        {
            var layer = new _DenseLayer(numInputFeatures + i * growthRate, growthRate, bnSize, dropRate,
                memoryEfficient, batchNormEpsilon, batchNormMomentum, convolutionBias);
            _layers.Add(layer);
            register_module($"denselayer{i + 1}", layer);
        }
    }

    /// <summary>Whether a hook of a layer sees the maps that the layers hand on.</summary>
    internal bool HasHooksOnLayers => _layers.Exists(ForwardHooks.See);

    /// <summary>Runs the layers and concatenates the block's input with everything they add.</summary>
    /// <param name="initFeatures">The block's input, <c>[N, numInputFeatures, H, W]</c>.</param>
    /// <returns><c>[N, numInputFeatures + numLayers * growthRate, H, W]</c>.</returns>
    public override Tensor forward(Tensor initFeatures) =>
        training || is_grad_enabled() || initFeatures.size(0) != 1 || !initFeatures.is_contiguous()
            ? ForwardKeeping(initFeatures)
            : ForwardInOneBuffer(initFeatures);

    /// <summary>torchvision's own loop: autograd needs every feature map kept as it was.</summary>
    private Tensor ForwardKeeping(Tensor initFeatures)
    {
        List<Tensor> features = [initFeatures];
        List<Tensor> unseen = [];
        var areSeen = HasHooksOnLayers;
        try
        {
            foreach (var layer in _layers)
            {
                var isSeen = areSeen || layer.HasHooksOnNewFeatures;
                var newFeatures = layer.call(features);
                features.Add(newFeatures);
                if (!isSeen)
                {
                    unseen.Add(newFeatures);
                }
            }

            return cat(features, 1);
        }
        finally
        {
            unseen.ForEach(maps => maps.Dispose());
        }
    }

    private Tensor ForwardInOneBuffer(Tensor initFeatures) => OneBuffer.Fill(initFeatures, _layers, _growthRate, (layer, before) =>
    {
        // A handle of its own: a hook may keep what it is shown.
        var (isInputSeen, isSeen) = (ForwardHooks.See(layer), layer.HasHooksOnNewFeatures);
        return ForwardHooks.Own(layer.call([ForwardHooks.Own(before, isInputSeen)]), isSeen);
    });

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
        : this(numInputFeatures, numOutputFeatures, batchNormEpsilon, batchNormMomentum, convolutionBias: false)
    {
    }

    internal _Transition(long numInputFeatures, long numOutputFeatures, double batchNormEpsilon, double batchNormMomentum, bool convolutionBias)
        : base(TorchLibrary.RequiredFor(Array.Empty<nn.Module<Tensor, Tensor>>()))
    {
        append("norm", nn.BatchNorm2d(numInputFeatures, batchNormEpsilon, batchNormMomentum));
        append("relu", nn.ReLU(inplace: true));
        append("conv", nn.Conv2d(numInputFeatures, numOutputFeatures, kernel_size: 1, stride: 1, bias: convolutionBias));
        append("pool", nn.AvgPool2d(kernel_size: 2, stride: 2));
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor tensor) => ModuleRow.Call(children(), tensor);

    /// <summary>The text of PyTorch's <c>print(transition)</c>.</summary>
    /// <returns>Several lines, no line break at the end.</returns>
    public override string ToString() => ModuleText.Of(this);
}
