using static DenseNetSharp.Architectures.DenseNetModuleKind;

namespace DenseNetSharp.Architectures;

/// <summary>Lists a DenseNet's modules; reads like the constructors in torchvision's <c>densenet.py</c> and timm's.</summary>
internal static class DenseNetModules
{
    /// <summary>torchvision names it norm5 whatever the number of blocks.</summary>
    public const string LastNorm = "features.norm5";

    public static IReadOnlyList<DenseNetModule> List(DenseNetSpec spec)
    {
        spec.Validate();
        List<DenseNetModule> modules = [new("", DenseNet), new("features", Sequential), .. Stem(spec)];
        var channels = spec.InitFeatures;
        for (var block = 1; block <= spec.BlockConfig.Count; block++)
        {
            modules.Add(new($"features.denseblock{block}", DenseBlock));
            for (var layer = 1; layer <= spec.BlockConfig[block - 1]; layer++)
            {
                modules.AddRange(Layer($"features.denseblock{block}.denselayer{layer}", channels, spec));
                channels = checked(channels + spec.GrowthRate);
            }

            if (block < spec.BlockConfig.Count)
            {
                modules.AddRange(Transition($"features.transition{block}", channels, spec));
                channels = spec.Compressed(channels);
            }
        }

        if (spec.HasLastNorm)
        {
            modules.Add(BatchNorm(LastNorm, channels));
        }

        if (spec.ActivatesLastMaps)
        {
            modules.Add(new("features.relu5", ReLU));
        }

        modules.AddRange(Head(spec));
        return modules;
    }

    private static IEnumerable<DenseNetModule> Stem(DenseNetSpec spec)
    {
        var (width, features) = (spec.GrowthRate, spec.InitFeatures);
        return spec.Stem switch
        {
            DenseNetStem.ThreeByThree => [Convolution("features.conv0", spec.InputChannels, features, spec, kernelSize: 3, padding: 1)],
            DenseNetStem.Deep =>
            [
                .. Window(Convolution("features.conv0", spec.InputChannels, width, spec, kernelSize: 3, stride: 2, padding: 1), spec),
                .. Activated("0", width),
                Convolution("features.conv1", width, width, spec, kernelSize: 3, padding: 1),
                .. Activated("1", width),
                Convolution("features.conv2", width, features, spec, kernelSize: 3, padding: 1),
                .. Activated("2", features),
                .. Pooling(spec),
            ],
            _ =>
            [
                .. Window(Convolution("features.conv0", spec.InputChannels, features, spec, kernelSize: 7, stride: 2, padding: 3), spec),
                .. Activated("0", features),
                .. Pooling(spec),
            ],
        };

        static IEnumerable<DenseNetModule> Activated(string number, int channels) =>
            [BatchNorm($"features.norm{number}", channels), new($"features.relu{number}", ReLU)];
    }

    private static IEnumerable<DenseNetModule> Pooling(DenseNetSpec spec)
    {
        const string name = "features.pool0";
        return spec.HasBlurPooling
            ?
            [
                new(name, Sequential),
                new($"{name}.0", MaxPool2d) { KernelSize = 3, Stride = 1, Padding = 1 },
                new($"{name}.1", BlurPool2d) { KernelSize = 3, Stride = 2, Padding = 1 },
            ]
            : Window(new(name, MaxPool2d) { KernelSize = 3, Stride = 2, Padding = 1 }, spec);
    }

    /// <summary>A window of stride 2, whose padding TensorFlow would make lopsided.</summary>
    private static IEnumerable<DenseNetModule> Window(DenseNetModule module, DenseNetSpec spec) => spec.HasSamePadding
        ? [new($"{module.Name}_pad", SamePad2d) { KernelSize = module.KernelSize, Stride = module.Stride }, module with { Padding = 0 }]
        : [module];

    private static IEnumerable<DenseNetModule> Layer(string name, int channels, DenseNetSpec spec)
    {
        if (!spec.HasBottlenecks)
        {
            return
            [
                new(name, DenseLayer),
                BatchNorm($"{name}.norm1", channels),
                new($"{name}.relu1", ReLU),
                Convolution($"{name}.conv1", channels, spec.GrowthRate, spec, kernelSize: 3, padding: 1),
            ];
        }

        var bottleneck = checked(spec.BottleneckSize * spec.GrowthRate);
        return
        [
            new(name, DenseLayer),
            BatchNorm($"{name}.norm1", channels),
            new($"{name}.relu1", ReLU),
            Convolution($"{name}.conv1", channels, bottleneck, spec),
            BatchNorm($"{name}.norm2", bottleneck),
            new($"{name}.relu2", ReLU),
            Convolution($"{name}.conv2", bottleneck, spec.GrowthRate, spec, kernelSize: 3, padding: 1),
        ];
    }

    private static IEnumerable<DenseNetModule> Transition(string name, int channels, DenseNetSpec spec) =>
    [
        new(name, DenseNetModuleKind.Transition),
        BatchNorm($"{name}.norm", channels),
        new($"{name}.relu", ReLU),
        Convolution($"{name}.conv", channels, spec.Compressed(channels), spec),
        new($"{name}.pool", AvgPool2d) { KernelSize = 2, Stride = 2 },
    ];

    private static List<DenseNetModule> Head(DenseNetSpec spec)
    {
        if (spec.Head.Count == 0)
        {
            return spec.NumClasses == 0
                ? []
                : [new("classifier", Linear) { InChannels = spec.PooledFeatureCount, OutChannels = spec.NumClasses, HasBias = true }];
        }

        // PyTorch's named_modules() has the containers too: 'classifier' before 'classifier.0'.
        var containers = new HashSet<string>(StringComparer.Ordinal);
        var modules = new List<DenseNetModule>();
        foreach (var layer in spec.Head)
        {
            for (var dot = layer.Name.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = layer.Name.IndexOf('.', dot + 1))
            {
                if (containers.Add(layer.Name[..dot]))
                {
                    modules.Add(new(layer.Name[..dot], Sequential));
                }
            }

            modules.Add(Module(layer));
        }

        return modules;
    }

    private static DenseNetModule Module(HeadLayer layer) => new(layer.Name, layer.Kind switch
    {
        HeadLayerKind.Linear => Linear,
        HeadLayerKind.ReLU => ReLU,
        HeadLayerKind.BatchNorm1d => BatchNorm1d,
        HeadLayerKind.Dropout => Dropout,
        _ => Activation,
    })
    {
        InChannels = layer.Kind is HeadLayerKind.Linear or HeadLayerKind.BatchNorm1d ? layer.InFeatures : 0,
        OutChannels = layer.Kind is HeadLayerKind.Linear or HeadLayerKind.BatchNorm1d ? layer.OutFeatures : 0,
        HasBias = layer.Kind == HeadLayerKind.Linear && layer.HasBias,
    };

    private static DenseNetModule Convolution(
        string name, int inChannels, int outChannels, DenseNetSpec spec, int kernelSize = 1, int stride = 1, int padding = 0) =>
        new(name, Conv2d)
        {
            InChannels = inChannels,
            OutChannels = outChannels,
            KernelSize = kernelSize,
            Stride = stride,
            Padding = padding,
            HasBias = spec.HasConvolutionBias,
        };

    private static DenseNetModule BatchNorm(string name, int channels) =>
        new(name, BatchNorm2d) { InChannels = channels, OutChannels = channels };
}
