using static DenseNetSharp.Architectures.DenseNetModuleKind;

namespace DenseNetSharp.Architectures;

/// <summary>Lists a DenseNet's modules; reads like the constructors in torchvision's <c>densenet.py</c>.</summary>
internal static class DenseNetModules
{
    public static IReadOnlyList<DenseNetModule> List(DenseNetSpec spec)
    {
        spec.Validate();
        var modules = new List<DenseNetModule>
        {
            new("", DenseNet),
            new("features", Sequential),
            Convolution("features.conv0", spec.InputChannels, spec.InitFeatures, kernelSize: 7, stride: 2, padding: 3),
            BatchNorm("features.norm0", spec.InitFeatures),
            new("features.relu0", ReLU),
            new("features.pool0", MaxPool2d) { KernelSize = 3, Stride = 2, Padding = 1 },
        };

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
                modules.AddRange(Transition($"features.transition{block}", channels));
                channels /= 2;
            }
        }

        // torchvision names it norm5 whatever the number of blocks.
        modules.Add(BatchNorm("features.norm5", channels));
        if (spec.NumClasses > 0)
        {
            modules.Add(new("classifier", Linear) { InChannels = channels, OutChannels = spec.NumClasses });
        }

        return modules;
    }

    private static IEnumerable<DenseNetModule> Layer(string name, int channels, DenseNetSpec spec)
    {
        var bottleneck = checked(spec.BottleneckSize * spec.GrowthRate);
        return
        [
            new(name, DenseLayer),
            BatchNorm($"{name}.norm1", channels),
            new($"{name}.relu1", ReLU),
            Convolution($"{name}.conv1", channels, bottleneck),
            BatchNorm($"{name}.norm2", bottleneck),
            new($"{name}.relu2", ReLU),
            Convolution($"{name}.conv2", bottleneck, spec.GrowthRate, kernelSize: 3, padding: 1),
        ];
    }

    private static IEnumerable<DenseNetModule> Transition(string name, int channels) =>
    [
        new(name, DenseNetModuleKind.Transition),
        BatchNorm($"{name}.norm", channels),
        new($"{name}.relu", ReLU),
        Convolution($"{name}.conv", channels, channels / 2),
        new($"{name}.pool", AvgPool2d) { KernelSize = 2, Stride = 2 },
    ];

    private static DenseNetModule Convolution(
        string name, int inChannels, int outChannels, int kernelSize = 1, int stride = 1, int padding = 0) =>
        new(name, Conv2d)
        {
            InChannels = inChannels,
            OutChannels = outChannels,
            KernelSize = kernelSize,
            Stride = stride,
            Padding = padding,
        };

    private static DenseNetModule BatchNorm(string name, int channels) =>
        new(name, BatchNorm2d) { InChannels = channels, OutChannels = channels };
}
