using System.Globalization;
using DenseNetSharp.Collections;
using DenseNetSharp.Images;

namespace DenseNetSharp.Architectures;

/// <summary>
/// What makes one DenseNet different from another: the constructor parameters of torchvision's
/// <c>torchvision.models.DenseNet</c> (Huang et al., "Densely Connected Convolutional Networks", arXiv 1608.06993,
/// the DenseNet-BC variant). Two specs with the same values are equal.
/// </summary>
public sealed record DenseNetSpec
{
    private readonly ValueList<int> _blockConfig = new([6, 12, 24, 16]);

    /// <summary>DenseNet-121: growth 32, blocks 6, 12, 24, 16. torchvision's <c>densenet121</c>.</summary>
    public static DenseNetSpec Densenet121 { get; } = new() { Name = "densenet121" };

    /// <summary>DenseNet-169: growth 32, blocks 6, 12, 32, 32. torchvision's <c>densenet169</c>.</summary>
    public static DenseNetSpec Densenet169 { get; } = new() { Name = "densenet169", BlockConfig = [6, 12, 32, 32] };

    /// <summary>DenseNet-201: growth 32, blocks 6, 12, 48, 32. torchvision's <c>densenet201</c>.</summary>
    public static DenseNetSpec Densenet201 { get; } = new() { Name = "densenet201", BlockConfig = [6, 12, 48, 32] };

    /// <summary>
    /// DenseNet-161: growth 48, blocks 6, 12, 36, 24, 96 initial features. torchvision's <c>densenet161</c>.
    /// </summary>
    public static DenseNetSpec Densenet161 { get; } = new()
    {
        Name = "densenet161",
        GrowthRate = 48,
        BlockConfig = [6, 12, 36, 24],
        InitFeatures = 96,
    };

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
    /// A bottleneck has this many times <see cref="GrowthRate"/> channels (torchvision's <c>bn_size</c>).
    /// </summary>
    public int BottleneckSize { get; init; } = 4;

    /// <summary>Outputs of the classifier (torchvision's <c>num_classes</c>); 0 for features without a classifier, as timm has it.</summary>
    public int NumClasses { get; init; } = 1000;

    /// <summary>Channels of the input image; torchvision's networks have 3.</summary>
    public int InputChannels { get; init; } = 3;

    /// <summary>
    /// Dropout rate after each dense layer while training, from 0 to 1 (torchvision's <c>drop_rate</c>; timm calls
    /// it <c>proj_drop_rate</c>).
    /// </summary>
    public double DropRate { get; init; }

    /// <summary>The batch norms' epsilon, PyTorch's 1e-5 unless a port of other weights needs its own.</summary>
    public double BatchNormEpsilon { get; init; } = 1e-5;

    /// <summary>The weight of a new batch in the batch norms' running statistics, PyTorch's 0.1.</summary>
    public double BatchNormMomentum { get; init; } = 0.1;

    /// <summary>Channels at <c>features.norm5</c>, the classifier's inputs: 1024 for densenet121.</summary>
    public int FeatureCount => Modules.Last(module => module.Kind == DenseNetModuleKind.BatchNorm2d).OutChannels;

    /// <summary>Trainable values, batch-norm weights and biases included: 7,978,856 for densenet121.</summary>
    public long ParameterCount =>
        StateDict.Where(entry => entry.Kind == StateDictEntryKind.Parameter).Sum(entry => entry.ElementCount);

    /// <summary>
    /// The smallest height and width that the network accepts: 29 for four blocks.
    /// </summary>
    /// <remarks>
    /// The stem's convolution and max pooling each give ceil(n / 2), each transition floor(n / 2). One pixel must be
    /// left, so ceil(n / 4) must be at least 2^(blocks - 1), and the smallest such n is 2^(blocks + 1) - 3.
    /// </remarks>
    public int MinimumInputSize => (1 << (BlockConfig.Count + 1)) - 3;

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
        RequirePositive(BottleneckSize, nameof(BottleneckSize));
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

    /// <summary>Which named network this is, whatever its classes and input channels; null for none.</summary>
    internal static string? FindName(DenseNetSpec spec) =>
        DenseNetArchitectures.All.FirstOrDefault(named =>
            named.GrowthRate == spec.GrowthRate
            && named._blockConfig.Equals(spec._blockConfig)
            && named.InitFeatures == spec.InitFeatures
            && named.BottleneckSize == spec.BottleneckSize)?.Name;

    // With more, the smallest input's side no longer fits an int; torchvision's networks have 4.
    private const int MostBlocks = 16;

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
