using DenseNetSharp.Architectures;
using static TorchSharp.torch;

namespace DenseNetSharp;

/// <summary>What a network has beside its features: a classifier, several layers under names of their own, or nothing.</summary>
internal sealed class DenseNetHead
{
    private readonly List<nn.Module<Tensor, Tensor>> _layers = [];

    /// <summary>Makes the layers with PyTorch's default initial weights.</summary>
    /// <param name="spec">The network.</param>
    /// <param name="like">A tensor whose dtype and device a classifier is to have; null for the defaults.</param>
    public DenseNetHead(DenseNetSpec spec, Tensor? like = null)
    {
        // A classifier is a head of one layer, and one of none is none.
        var layers = spec.Head.Count == 0 && spec.NumClasses > 0
            ?
            [
                new()
                {
                    Name = ClassifierName,
                    Kind = HeadLayerKind.Linear,
                    InFeatures = spec.PooledFeatureCount,
                    OutFeatures = spec.NumClasses,
                },
            ]
            : spec.Head;
        Children = Tree(layers.Select(layer => (layer.Name.Split('.'), layer)), depth: 0);

        (string, nn.Module<Tensor, Tensor>)[] Tree(IEnumerable<(string[] Path, HeadLayer Layer)> items, int depth) =>
        [
            .. items.GroupBy(item => item.Path[depth]).Select(group => (group.Key, Branch([.. group], depth + 1))),
        ];

        nn.Module<Tensor, Tensor> Branch((string[] Path, HeadLayer Layer)[] items, int depth)
        {
            if (items is not [var (path, layer)] || path.Length > depth)
            {
                return ModuleRow.Of(Tree(items, depth));
            }

            var module = ModuleFactory.Create(layer, spec, like);
            _layers.Add(module);
            return module;
        }
    }

    /// <summary>torchvision's name.</summary>
    public static string ClassifierName => "classifier";

    /// <summary>The network's children, which run one after another.</summary>
    public IReadOnlyList<(string Name, nn.Module<Tensor, Tensor> Module)> Children { get; }

    /// <summary>The layers in order, without their containers.</summary>
    public IReadOnlyList<nn.Module<Tensor, Tensor>> Layers => _layers;

    /// <summary>What the layers make of pooled features; the features themselves where there is none.</summary>
    /// <returns>A new tensor.</returns>
    public Tensor Call(Tensor pooled) => ModuleRow.Call(Children.Select(child => child.Module), pooled.alias(), freesInput: true);
}
