namespace DenseNetSharp.Architectures;

public sealed partial record DenseNetSpec
{
    /// <summary>The epsilon of every batch norm in Keras's <c>applications.densenet</c>; PyTorch's is 1e-5.</summary>
    internal const double KerasEpsilon = 1.001e-5;

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

    /// <summary>DenseNet-264: growth 32, blocks 6, 12, 64, 48. The paper's largest for ImageNet, MONAI's <c>DenseNet264</c>.</summary>
    public static DenseNetSpec Densenet264 { get; } = new() { Name = "densenet264", BlockConfig = [6, 12, 64, 48] };

    /// <summary>timm's <c>densenetblur121d</c>: DenseNet-121 with a deep stem and blurred pooling.</summary>
    public static DenseNetSpec Densenetblur121d { get; } = new()
    {
        Name = "densenetblur121d",
        Stem = DenseNetStem.Deep,
        HasBlurPooling = true,
        ActivatesLastMaps = true,
    };

    /// <summary>timm's <c>densenet264d</c>: growth 48, blocks 6, 12, 64, 48, a deep stem.</summary>
    public static DenseNetSpec Densenet264d { get; } = new()
    {
        Name = "densenet264d",
        GrowthRate = 48,
        BlockConfig = [6, 12, 64, 48],
        InitFeatures = 96,
        Stem = DenseNetStem.Deep,
        ActivatesLastMaps = true,
    };

    /// <summary>Keras's <c>DenseNet121</c>: DenseNet-121 with an epsilon of 1.001e-5 and Keras's initial weights.</summary>
    public static DenseNetSpec KerasDensenet121 { get; } = Kerass(Densenet121);

    /// <summary>Keras's <c>DenseNet169</c>.</summary>
    /// <inheritdoc cref="KerasDensenet121"/>
    public static DenseNetSpec KerasDensenet169 { get; } = Kerass(Densenet169);

    /// <summary>Keras's <c>DenseNet201</c>.</summary>
    /// <inheritdoc cref="KerasDensenet121"/>
    public static DenseNetSpec KerasDensenet201 { get; } = Kerass(Densenet201);

    /// <summary>
    /// The simplified network of teaching notebooks in Keras: 121's growth and blocks without bottlenecks, every convolution with a
    /// bias, TensorFlow's padding, no norm after the last block, Keras's epsilon of 1e-3 and initial weights. Change
    /// <see cref="BlockConfig"/>, <see cref="GrowthRate"/> and <see cref="Compression"/> to a notebook's own.
    /// </summary>
    public static DenseNetSpec DensenetNotebook { get; } = new()
    {
        Name = "densenet-notebook",
        BottleneckSize = 0,
        HasConvolutionBias = true,
        HasSamePadding = true,
        HasLastNorm = false,
        BatchNormEpsilon = 1e-3,
        BatchNormMomentum = 0.01,
        InitialWeights = InitialWeights.GlorotUniform,
    };

    /// <summary>
    /// The paper's DenseNet for 32x32 images, of three equal blocks, 10 classes: with bottlenecks and half of the channels kept
    /// in transitions (DenseNet-BC), or without both.
    /// </summary>
    /// <param name="depth">Layers with weights, L: 4 and a multiple of 3, of 6 with bottlenecks; 40, 100, 190 or 250 in the paper.</param>
    /// <param name="growthRate">Channels that each layer adds, k: 12, 24 or 40 in the paper.</param>
    /// <param name="isBc">DenseNet-BC.</param>
    /// <exception cref="ArgumentException">There is no such depth or growth rate.</exception>
    public static DenseNetSpec ForCifar(int depth, int growthRate, bool isBc)
    {
        var step = CifarStep(isBc);
        if (!IsCifarDepth(depth, isBc))
        {
            throw new ArgumentException(
                $"A {(isBc ? "DenseNet-BC" : "DenseNet")} for CIFAR has a depth of 4 and a multiple of {step}, such as "
                + $"{(isBc ? "100" : "40")}; {depth} is none.",
                nameof(depth));
        }

        var layers = (depth - 4) / step;
        return new DenseNetSpec
        {
            Name = $"densenet-{(isBc ? "bc-" : "")}{depth}-{growthRate}",
            GrowthRate = growthRate,
            BlockConfig = [layers, layers, layers],
            InitFeatures = isBc ? checked(2 * growthRate) : 16,
            BottleneckSize = isBc ? 4 : 0,
            Compression = isBc ? 0.5 : 1,
            Stem = DenseNetStem.ThreeByThree,
            NumClasses = 10,
            InitialWeights = InitialWeights.KaimingNormalFanOut,
        }.Validate();
    }

    /// <summary>Layers with weights that one more dense layer in each of the three blocks brings.</summary>
    internal static int CifarStep(bool isBc) => isBc ? 6 : 3;

    /// <summary>Whether there is a network for CIFAR of this depth.</summary>
    internal static bool IsCifarDepth(int depth, bool isBc) => depth >= 4 + CifarStep(isBc) && (depth - 4) % CifarStep(isBc) == 0;

    // Keras's momentum of 0.99 is the weight of what has been, PyTorch's 0.01 that of what comes.
    private static DenseNetSpec Kerass(DenseNetSpec spec) => spec with
    {
        Name = $"keras-{spec.Name}",
        BatchNormEpsilon = KerasEpsilon,
        BatchNormMomentum = 0.01,
        InitialWeights = InitialWeights.GlorotUniform,
    };
}
