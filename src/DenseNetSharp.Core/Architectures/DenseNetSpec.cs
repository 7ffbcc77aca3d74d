using System.Globalization;
using DenseNetSharp.Collections;
using DenseNetSharp.Images;

namespace DenseNetSharp.Architectures;

/// <summary>
/// What makes one DenseNet different from another (Huang et al., "Densely Connected Convolutional Networks", arXiv 1608.06993):
/// the constructor parameters of torchvision's <c>torchvision.models.DenseNet</c>, and what timm's, MONAI's, Keras's and the
/// paper's networks have besides. The named ones are in <see cref="DenseNetArchitectures"/>. Two specs with the same values are equal.
/// </summary>
public sealed partial record DenseNetSpec
{
    private readonly ValueList<int> _blockConfig = new([6, 12, 24, 16]);
    private readonly ValueList<HeadLayer> _head = new([]);

    /// <summary>The architecture's name, such as <c>densenet121</c>, or null for one without a name.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// Channels that each dense layer adds (<c>k</c> in the paper, torchvision's <c>growth_rate</c>).
    /// </summary>
    public int GrowthRate { get; init; } = 32;

    /// <summary>Dense layers in each block (torchvision's <c>block_config</c>); the list is copied.</summary>
    public IReadOnlyList<int> BlockConfig
    {
        get => _blockConfig;
        init => _blockConfig = new ValueList<int>(value);
    }

    /// <summary>Channels of the first convolution (torchvision's <c>num_init_features</c>).</summary>
    public int InitFeatures { get; init; } = 64;

    /// <summary>
    /// A bottleneck has this many times <see cref="GrowthRate"/> channels (torchvision's <c>bn_size</c>); 0 for dense layers
    /// without bottlenecks, norm, ReLU and one 3x3 convolution, as in the paper's DenseNets that are not DenseNet-B.
    /// </summary>
    public int BottleneckSize { get; init; } = 4;

    /// <summary>
    /// What part of the channels a transition keeps, above 0 up to 1: the paper's theta, half unless told; of a part of a channel
    /// nothing is kept.
    /// </summary>
    public double Compression { get; init; } = 0.5;

    /// <summary>What the network begins with.</summary>
    public DenseNetStem Stem { get; init; }

    /// <summary>Whether the stem's pooling is a max pooling of stride 1 and a blur of stride 2 (timm's <c>aa_layer</c>
    /// <c>BlurPool2d</c>, Zhang, arXiv 1904.11486), which no tensor of a checkpoint tells; else a max pooling of stride 2.</summary>
    public bool HasBlurPooling { get; init; }

    /// <summary>Whether convolutions have biases, which those of torchvision and timm have not.</summary>
    public bool HasConvolutionBias { get; init; }

    /// <summary>Whether the stem's windows of stride 2 are padded as TensorFlow's <c>padding='same'</c> does, the odd pixel after:
    /// on 224 pixels the 7x7 convolution 2 before and 3 after, the pooling 0 before and 1 after.</summary>
    public bool HasSamePadding { get; init; }

    /// <summary>Whether a batch norm follows the last block, as it does nearly everywhere.</summary>
    public bool HasLastNorm { get; init; } = true;

    /// <summary>Whether a ReLU follows the last norm, as it does but in fastai's networks; without a last norm there is none.</summary>
    public bool HasLastReLU { get; init; } = true;

    /// <summary>Whether <c>features</c> ends after the last ReLU, as in timm, whose norms contain it, or before it, as in torchvision.
    /// The logits are the same.</summary>
    public bool ActivatesLastMaps { get; init; }

    /// <summary>How the last feature maps become one vector.</summary>
    public GlobalPooling Pooling { get; init; }

    /// <summary>Outputs of the classifier (torchvision's <c>num_classes</c>); 0 for features without a classifier, as timm has it.</summary>
    public int NumClasses { get; init; } = 1000;

    /// <summary>The layers between the pooled features and the logits where they are more than one linear layer; the list is
    /// copied. Empty for a <c>classifier</c> of <see cref="NumClasses"/>. See <see cref="WithHead"/>.</summary>
    public IReadOnlyList<HeadLayer> Head
    {
        get => _head;
        init => _head = new ValueList<HeadLayer>(value);
    }

    /// <summary>Channels of the input image; torchvision's networks have 3.</summary>
    public int InputChannels { get; init; } = 3;

    /// <summary>
    /// Dropout rate after each dense layer while training, from 0 to 1 (torchvision's <c>drop_rate</c>; timm calls
    /// it <c>proj_drop_rate</c>).
    /// </summary>
    public double DropRate { get; init; }

    /// <summary>Dropout rate between the pooled features and the classifier while training, from 0 to 1 (timm's <c>drop_rate</c>).</summary>
    public double ClassifierDropRate { get; init; }

    /// <summary>How untrained weights are drawn.</summary>
    public InitialWeights InitialWeights { get; init; }

    /// <summary>The batch norms' epsilon, PyTorch's 1e-5 unless a port of other weights needs its own.</summary>
    public double BatchNormEpsilon { get; init; } = 1e-5;

    /// <summary>The weight of a new batch in the batch norms' running statistics, PyTorch's 0.1.</summary>
    public double BatchNormMomentum { get; init; } = 0.1;

    /// <summary>Whether dense layers have bottlenecks.</summary>
    public bool HasBottlenecks => BottleneckSize > 0;

    /// <summary>Channels of the last feature maps: 1024 for densenet121.</summary>
    public int FeatureCount
    {
        get
        {
            var channels = InitFeatures;
            for (var block = 0; block < BlockConfig.Count; block++)
            {
                channels = checked((block > 0 ? Compressed(channels) : channels) + (BlockConfig[block] * GrowthRate));
            }

            return channels;
        }
    }

    /// <summary>Values that the classifier or head gets: <see cref="FeatureCount"/>, or twice as many where the pooling
    /// puts means and largest values side by side.</summary>
    public int PooledFeatureCount => checked(FeaturesOfMap(Pooling) * FeatureCount);

    /// <summary>Trainable values, batch-norm weights and biases included: 7,978,856 for densenet121.</summary>
    public long ParameterCount =>
        StateDict.Where(entry => entry.Kind == StateDictEntryKind.Parameter).Sum(entry => entry.ElementCount);

    /// <summary>
    /// The smallest height and width that the network accepts: 29 for four blocks, 4 for the paper's three for CIFAR.
    /// </summary>
    /// <remarks>
    /// The stem's convolution and pooling each give ceil(n / 2), but those for CIFAR n; each transition gives floor(n / 2). One
    /// pixel must be left, so ceil(n / 4) must be at least 2^(blocks - 1), and the smallest such n is 2^(blocks + 1) - 3. A
    /// reflected border needs two pixels, so a blur three of the image.
    /// </remarks>
    public int MinimumInputSize => Stem == DenseNetStem.ThreeByThree
        ? 1 << (BlockConfig.Count - 1)
        : Math.Max((1 << (BlockConfig.Count + 1)) - 3, HasBlurPooling ? 3 : 1);

    /// <summary>
    /// Every module in the order of PyTorch's <c>named_modules()</c>, the network itself (named "") first.
    /// </summary>
    /// <exception cref="ArgumentException">The spec has a value that <see cref="Validate"/> refuses.</exception>
    public IReadOnlyList<DenseNetModule> Modules => DenseNetModules.List(this);

    /// <summary>
    /// Every parameter and buffer in the order of PyTorch's <c>state_dict()</c>: 727 entries for densenet121.
    /// </summary>
    /// <exception cref="ArgumentException">The spec has a value that <see cref="Validate"/> refuses.</exception>
    public IReadOnlyList<StateDictEntry> StateDict => Modules.SelectMany(module => module.StateDict).ToArray();

    /// <summary>
    /// Multiply-adds of one image's forward pass in convolutions and the linear layer, the number that torchvision
    /// publishes as GFLOPS: 2.834e9 for densenet121 at 224 by 224.
    /// </summary>
    /// <param name="height">Height of the image in pixels, at least <see cref="MinimumInputSize"/>.</param>
    /// <param name="width">Width of the image in pixels, at least <see cref="MinimumInputSize"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The image is too small for the network.</exception>
    public long MultiplyAddCount(int height, int width) =>
        MultiplyAddCounts(height, width).Sum(module => module.MultiplyAdds);

    /// <summary>
    /// The multiply-adds of each module by itself, in the order of <see cref="Modules"/>; 0 for containers.
    /// </summary>
    /// <param name="height">Height of the image in pixels, at least <see cref="MinimumInputSize"/>.</param>
    /// <param name="width">Width of the image in pixels, at least <see cref="MinimumInputSize"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The image is too small for the network.</exception>
    public IReadOnlyList<(DenseNetModule Module, long MultiplyAdds)> MultiplyAddCounts(int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, MinimumInputSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, MinimumInputSize);

        // Modules are listed in the order they run, and what runs side by side does not change the size.
        var counts = new List<(DenseNetModule, long)>();
        foreach (var module in Modules)
        {
            height = module.OutputSize(height);
            width = module.OutputSize(width);
            counts.Add((module, module.MultiplyAddCount(height, width)));
        }

        return counts;
    }

    /// <summary>The size of the last feature maps, those that <c>features</c> ends with: 7x7 for densenet121 at 224x224.</summary>
    /// <param name="height">Height of the image in pixels, at least <see cref="MinimumInputSize"/>.</param>
    /// <param name="width">Width of the image in pixels, at least <see cref="MinimumInputSize"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The image is too small for the network.</exception>
    public ImageSize FeatureMapSize(int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, MinimumInputSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, MinimumInputSize);
        foreach (var module in Modules.Where(module => module.Kind != DenseNetModuleKind.Linear))
        {
            height = module.OutputSize(height);
            width = module.OutputSize(width);
        }

        return new ImageSize(height, width);
    }

    /// <summary>Checks every value and gives the spec back.</summary>
    /// <exception cref="ArgumentException">A value is impossible; the message names it and what it must be.</exception>
    public DenseNetSpec Validate()
    {
        RequirePositive(GrowthRate, nameof(GrowthRate));
        RequirePositive(InitFeatures, nameof(InitFeatures));
        Require(BottleneckSize >= 0, nameof(BottleneckSize), BottleneckSize, "it must be at least 1, or 0 for layers without bottlenecks");
        Require(NumClasses >= 0, nameof(NumClasses), NumClasses, "it must be at least 1, or 0 for no classifier");
        RequirePositive(InputChannels, nameof(InputChannels));
        if (BlockConfig.Count is < 1 or > MostBlocks)
        {
            throw Invalid(nameof(BlockConfig), $"has {BlockConfig.Count} blocks; a DenseNet has 1 to {MostBlocks}");
        }

        for (var i = 0; i < BlockConfig.Count; i++)
        {
            RequirePositive(BlockConfig[i], $"{nameof(BlockConfig)}[{i}]");
        }

        Require(Compression is > 0 and <= 1, nameof(Compression), Compression, "it must be above 0 and at most 1");
        RequireDefined(Stem, nameof(Stem));
        RequireDefined(Pooling, nameof(Pooling));
        RequireDefined(InitialWeights, nameof(InitialWeights));
        RequireChannels();
        RequireGoTogether();
        Require(ClassifierDropRate is >= 0 and <= 1, nameof(ClassifierDropRate), ClassifierDropRate, "it must be between 0 and 1");
        Require(DropRate is >= 0 and <= 1, nameof(DropRate), DropRate, "it must be between 0 and 1");
        Require(
            BatchNormEpsilon > 0 && double.IsFinite(BatchNormEpsilon),
            nameof(BatchNormEpsilon),
            BatchNormEpsilon,
            "it must be above 0");
        Require(
            BatchNormMomentum is >= 0 and <= 1,
            nameof(BatchNormMomentum),
            BatchNormMomentum,
            "it must be between 0 and 1");
        return this;
    }

    /// <summary>This network with a head of several layers, or with none for an empty list.</summary>
    /// <param name="head">The layers in order; the last is linear, and its outputs are the classes.</param>
    /// <returns>A spec of the head's classes; of none where the list is empty.</returns>
    public DenseNetSpec WithHead(IReadOnlyList<HeadLayer> head)
    {
        ArgumentNullException.ThrowIfNull(head);
        return this with { Head = head, NumClasses = head is [.., var last] ? last.OutFeatures : 0 };
    }

    /// <summary>This network with another activation in place of each ReLU in its head: a state dict does not tell which it is.</summary>
    /// <param name="activation">The activation; <see cref="HeadLayerKind.Identity"/> for none.</param>
    /// <exception cref="ArgumentException">It is no activation.</exception>
    public DenseNetSpec WithHeadActivation(HeadLayerKind activation) =>
        activation is HeadLayerKind.Linear or HeadLayerKind.BatchNorm1d or HeadLayerKind.Dropout
            ? throw new ArgumentException($"{activation} is no activation.", nameof(activation))
            : this with { Head = [.. Head.Select(layer => layer.Kind == HeadLayerKind.ReLU ? layer with { Kind = activation } : layer)] };

    /// <summary>Values that a pooling makes of each map.</summary>
    internal static int FeaturesOfMap(GlobalPooling pooling) =>
        pooling is GlobalPooling.ConcatenatedAverageMax or GlobalPooling.ConcatenatedMaxAverage ? 2 : 1;

    /// <summary>Channels that a transition keeps.</summary>
    internal int Compressed(int channels) => (int)(channels * Compression);

    /// <summary>Which named network this is, whatever its classes, input channels, head and what only matters in training; null for
    /// none. Of two that differ in the batch norms' epsilon alone it is the one of its own.</summary>
    internal static string? FindName(DenseNetSpec spec)
    {
        DenseNetSpec[] alike = [.. DenseNetArchitectures.All.Where(named => named.HasFeaturesOf(spec))];
        return (alike.FirstOrDefault(named => named.BatchNormEpsilon.Equals(spec.BatchNormEpsilon)) ?? alike.FirstOrDefault())?.Name
            ?? DenseNetArchitectures.NameForCifar(spec);
    }

    internal bool HasFeaturesOf(DenseNetSpec other) =>
        GrowthRate == other.GrowthRate
        && _blockConfig.Equals(other._blockConfig)
        && InitFeatures == other.InitFeatures
        && BottleneckSize == other.BottleneckSize
        && Compression.Equals(other.Compression)
        && Stem == other.Stem
        && HasBlurPooling == other.HasBlurPooling
        && HasConvolutionBias == other.HasConvolutionBias
        && HasSamePadding == other.HasSamePadding
        && HasLastNorm == other.HasLastNorm
        && HasLastReLU == other.HasLastReLU;

    private void RequireChannels()
    {
        var channels = InitFeatures;
        for (var block = 0; block + 1 < BlockConfig.Count; block++)
        {
            channels = Compressed(channels + (BlockConfig[block] * GrowthRate));
            if (channels < 1)
            {
                throw Invalid(nameof(Compression), $"leaves no channel after block {block + 1}");
            }
        }
    }

    private void RequireGoTogether()
    {
        if (Stem == DenseNetStem.ThreeByThree && (HasBlurPooling || HasSamePadding))
        {
            throw Invalid(
                HasBlurPooling ? nameof(HasBlurPooling) : nameof(HasSamePadding),
                $"is set, but the stem {nameof(DenseNetStem.ThreeByThree)} has no pooling and no window of stride 2");
        }

        if (HasBlurPooling && HasSamePadding)
        {
            throw Invalid(nameof(HasBlurPooling), $"and {nameof(HasSamePadding)} are both set; a blurred pooling pads its own way");
        }

        if (ActivatesLastMaps && !(HasLastNorm && HasLastReLU))
        {
            throw Invalid(nameof(ActivatesLastMaps), "is set, but no norm and ReLU follow the last block");
        }

        if (Pooling == GlobalPooling.None && NumClasses > 0)
        {
            throw Invalid(nameof(Pooling), $"is {nameof(GlobalPooling.None)}; a classifier needs pooled features, so it goes with no classes only");
        }

        RequireHead();
    }

    private void RequireHead()
    {
        if (Head.Count == 0)
        {
            return;
        }

        var width = PooledFeatureCount;
        foreach (var layer in Head)
        {
            if (layer.InFeatures != width || layer.OutFeatures < 1 || (layer.Kind != HeadLayerKind.Linear && layer.OutFeatures != width))
            {
                throw Invalid(nameof(Head), $"has the layer {layer.Name} of {layer.InFeatures} to {layer.OutFeatures} values where {width} come");
            }

            if (layer.Rate is not (>= 0 and <= 1))
            {
                var rate = layer.Rate.ToString(CultureInfo.InvariantCulture);
                throw Invalid(nameof(Head), $"has the layer {layer.Name} of rate {rate}; it must be between 0 and 1");
            }

            width = layer.OutFeatures;
        }

        if (Head[^1].Kind != HeadLayerKind.Linear || width != NumClasses)
        {
            throw Invalid(nameof(Head), $"ends with {Head[^1].Name}, which gives {width} values; it must be linear and give the {NumClasses} classes");
        }

        if (Head.Select(layer => layer.Name).Distinct(StringComparer.Ordinal).Count() < Head.Count)
        {
            throw Invalid(nameof(Head), "has two layers of one name");
        }

        RequireTree();
    }

    /// <summary>Names that make a tree of modules beside the features, each of whose containers runs from its first layer to its last.</summary>
    private void RequireTree()
    {
        var finished = new HashSet<string>(StringComparer.Ordinal);
        var open = new List<string>();
        foreach (var name in Head.Select(layer => layer.Name))
        {
            if (name.Split('.') is ["features", ..] || name.Split('.').Contains(""))
            {
                throw Invalid(nameof(Head), $"has a layer named '{name}', which no module beside the features can be");
            }

            finished.UnionWith(open.Where(container => !name.StartsWith($"{container}.", StringComparison.Ordinal)));
            open = [.. name.Index().Where(c => c.Item == '.').Select(c => name[..c.Index])];
            if (open.FirstOrDefault(finished.Contains) is { } apart)
            {
                throw Invalid(nameof(Head), $"has the layer {name} apart from others of {apart}");
            }

            if (open.FirstOrDefault(container => Head.Any(layer => layer.Name == container)) is { } layered)
            {
                throw Invalid(nameof(Head), $"has the layer {layered} and another in it, {name}");
            }
        }
    }

    // With more, the smallest input's side no longer fits an int; torchvision's networks have 4.
    private const int MostBlocks = 16;

    private static void RequireDefined<T>(T value, string name)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
        {
            throw Invalid(name, $"is {value}, which is none");
        }
    }

    private static void RequirePositive(int value, string name) =>
        Require(value > 0, name, value, "it must be at least 1");

    private static void Require(bool holds, string name, double value, string rule)
    {
        if (!holds)
        {
            throw Invalid(name, $"is {value.ToString(CultureInfo.InvariantCulture)}; {rule}");
        }
    }

    private static ArgumentException Invalid(string name, string problem) =>
        new($"{nameof(DenseNetSpec)}.{name} {problem}.");
}
