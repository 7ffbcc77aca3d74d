using DenseNetSharp.Architectures;
using static TorchSharp.torch;

namespace DenseNetSharp;

/// <summary>Makes single modules as a description lists them.</summary>
internal static class ModuleFactory
{
    private const string Features = "features.";

    /// <summary>What comes before the first dense block, under the names in <c>features</c>.</summary>
    public static IEnumerable<(string Name, nn.Module<Tensor, Tensor> Module)> Stem(DenseNetSpec spec)
    {
        var stem = spec.Modules
            .Where(module => module.Name.StartsWith(Features, StringComparison.Ordinal))
            .TakeWhile(module => module.Kind != DenseNetModuleKind.DenseBlock)
            .ToArray();
        foreach (var module in stem.Where(module => !module.Name[Features.Length..].Contains('.')))
        {
            var name = module.Name[Features.Length..];
            yield return (name, module.Kind == DenseNetModuleKind.Sequential
                ? ModuleRow.Of(Children(module).Select(child => (child.Name[(module.Name.Length + 1)..], Create(child, spec))))
                : Create(module, spec));
        }

        IEnumerable<DenseNetModule> Children(DenseNetModule parent) =>
            stem.Where(module => module.Name.StartsWith($"{parent.Name}.", StringComparison.Ordinal));
    }

    /// <summary>A layer of a head.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="spec">The network, whose batch norms have one momentum.</param>
    /// <param name="like">A tensor whose dtype and device a layer is to have; null for the defaults.</param>
    public static nn.Module<Tensor, Tensor> Create(HeadLayer layer, DenseNetSpec spec, Tensor? like) => layer.Kind switch
    {
        HeadLayerKind.Linear => nn.Linear(layer.InFeatures, layer.OutFeatures, layer.HasBias, like?.device, like?.dtype),
        HeadLayerKind.BatchNorm1d => nn.BatchNorm1d(
            layer.OutFeatures, layer.Epsilon, spec.BatchNormMomentum, device: like?.device, dtype: like?.dtype),
        HeadLayerKind.Dropout => nn.Dropout(layer.Rate),
        HeadLayerKind.ReLU => nn.ReLU(),
        HeadLayerKind.Identity => nn.Identity(),
        HeadLayerKind.Gelu => nn.GELU(),
        HeadLayerKind.Silu => nn.SiLU(),
        HeadLayerKind.Tanh => nn.Tanh(),
        HeadLayerKind.Sigmoid => nn.Sigmoid(),
        HeadLayerKind.LeakyReLU => nn.LeakyReLU(),
        HeadLayerKind.Elu => nn.ELU(),
        _ => throw new ArgumentException($"There is no layer of a head that is {layer.Kind}.", nameof(layer)),
    };

    /// <summary>A module that holds no tensors; null for one that does, or that only holds others.</summary>
    public static nn.Module<Tensor, Tensor>? WithoutWeights(DenseNetModule module) => module.Kind switch
    {
        DenseNetModuleKind.ReLU => nn.ReLU(inplace: true),
        DenseNetModuleKind.MaxPool2d => nn.MaxPool2d(kernel_size: module.KernelSize, stride: module.Stride, padding: module.Padding),
        DenseNetModuleKind.AvgPool2d => nn.AvgPool2d(kernel_size: module.KernelSize, stride: module.Stride),
        DenseNetModuleKind.BlurPool2d => new BlurPool2d(),
        DenseNetModuleKind.SamePad2d => new SamePad2d(
            module.KernelSize, module.Stride, module.Name == "features.pool0_pad" ? double.NegativeInfinity : 0),
        _ => null,
    };

    private static nn.Module<Tensor, Tensor> Create(DenseNetModule module, DenseNetSpec spec) => module.Kind switch
    {
        DenseNetModuleKind.Conv2d => nn.Conv2d(
            module.InChannels, module.OutChannels, kernel_size: module.KernelSize, stride: module.Stride, padding: module.Padding, bias: module.HasBias),
        DenseNetModuleKind.BatchNorm2d => nn.BatchNorm2d(module.OutChannels, spec.BatchNormEpsilon, spec.BatchNormMomentum),
        _ => WithoutWeights(module) ?? throw new ArgumentException($"There is no {module.Kind} in a stem.", nameof(module)),
    };
}
