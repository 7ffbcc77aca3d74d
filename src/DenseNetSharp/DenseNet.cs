using DenseNetSharp.Architectures;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DenseNetSharp;

/// <summary>
/// A DenseNet, "Densely Connected Convolutional Networks", https://arxiv.org/abs/1608.06993: any that a
/// <see cref="DenseNetSpec"/> describes. torchvision's have torchvision's modules, state-dict keys, initial weights and numbers.
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
/// Intermediate tensors are disposed as soon as they are used, but for those that a hook sees: it may keep them, clone them or call
/// <c>retain_grad</c> on them, and who keeps one disposes it.
/// </para>
/// </remarks>
public partial class DenseNet : nn.Module<Tensor, Tensor>
{
    private readonly Sequential features;
    private readonly UseGate _gate;
    private DenseNetHead _head;

    /// <summary>Creates a network with torchvision's parameters and torchvision's initial weights.</summary>
    /// <param name="growthRate">Channels that each layer adds ("k" in the paper).</param>
    /// <param name="blockConfig">Layers in each block; (6, 12, 24, 16) if null.</param>
    /// <param name="numInitFeatures">Channels of the first convolution.</param>
    /// <param name="bnSize">A bottleneck has <c>bnSize * growthRate</c> channels; 0 for layers without bottlenecks.</param>
    /// <param name="dropRate">Dropout rate after each dense layer, in [0, 1].</param>
    /// <param name="numClasses">Classes that the classifier tells apart; 0 for features without a classifier.</param>
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

    /// <summary>Creates the network that a description calls for, with the initial weights that it says.</summary>
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
        _gate = new UseGate(nameof(DenseNet), () => base.Dispose(true));
        Spec = spec;
        MemoryEfficient = memoryEfficient;
        var (eps, momentum) = (spec.BatchNormEpsilon, spec.BatchNormMomentum);

        // The stem
        features = ModuleRow.Of(ModuleFactory.Stem(spec));

        // Each dense block
        var numFeatures = spec.InitFeatures;
        for (var i = 0; i < spec.BlockConfig.Count; i++)
        {
            var numLayers = spec.BlockConfig[i];
            features.append($"denseblock{i + 1}", new _DenseBlock(numLayers, numFeatures, spec.BottleneckSize,
                spec.GrowthRate, spec.DropRate, memoryEfficient, eps, momentum, spec.HasConvolutionBias));
            numFeatures += numLayers * spec.GrowthRate;
            if (i != spec.BlockConfig.Count - 1)
            {
                var kept = spec.Compressed(numFeatures);
                features.append($"transition{i + 1}", new _Transition(numFeatures, kept, eps, momentum, spec.HasConvolutionBias));
                numFeatures = kept;
            }
        }

        // Final batch norm
        if (spec.HasLastNorm)
        {
            features.append("norm5", nn.BatchNorm2d(numFeatures, eps, momentum));
        }

        if (spec.ActivatesLastMaps)
        {
            // Not in place: a hook may have kept the norm's output.
            features.append("relu5", nn.ReLU());
        }

        RegisterComponents();

        // Linear layer, or the layers of a larger head
        _head = new DenseNetHead(spec);
        Register(_head);
        FirstWeights.Draw(this, spec.InitialWeights);
    }

    /// <summary>What the network is made of.</summary>
    public DenseNetSpec Spec { get; private set; }

    /// <summary>Whether the bottlenecks are recomputed in the backward pass.</summary>
    public bool MemoryEfficient { get; }

    /// <summary>Everything before the final ReLU: images <c>[N, C, H, W]</c> to <c>[N, 1024, H/32, W/32]</c> (for
    /// densenet121), torchvision's <c>model.features</c>. In timm's networks the final ReLU is its last module
    /// (<see cref="DenseNetSpec.ActivatesLastMaps"/>).</summary>
    public Sequential Features => features;

    /// <summary>The first convolution's weight: what dtype and device the network has.</summary>
    internal Tensor FirstWeight => ((Conv2d)features.named_children().First(child => child.name == "conv0").module).weight;

    /// <summary>Computes the logits of a batch of images.</summary>
    /// <param name="x">Normalised images, <c>[N, C, H, W]</c>, in the network's dtype and on its device; at least
    /// 29x29 for the four official networks (<see cref="DenseNetSpec.MinimumInputSize"/>).</param>
    /// <returns>Logits before any softmax, <c>[N, numClasses]</c>; of a network without a classifier the pooled features, as
    /// <see cref="PooledFeatures"/> gives them.</returns>
    /// <exception cref="ArgumentException">The rank, channels, size, dtype or device does not fit; nothing has been
    /// computed.</exception>
    /// <exception cref="ObjectDisposedException">The network has been disposed.</exception>
    public override Tensor forward(Tensor x)
    {
        using var use = _gate.Use();
        using var maps = LastMaps(x);
        using var pooled = Pooled(maps);
        return LogitsOf(pooled);
    }

    /// <summary>The text of PyTorch's <c>print(model)</c>, to the character.</summary>
    /// <returns>Several lines, no line break at the end.</returns>
    public override string ToString() => ModuleText.Of(this);
}
