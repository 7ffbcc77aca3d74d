using DenseNetSharp.Architectures;
using static TorchSharp.torch;

namespace DenseNetSharp;

/// <summary>The steps from the images to the last maps, made of a network's modules in their order.</summary>
internal sealed class FrozenSteps : IDisposable
{
    private readonly List<IDisposable> _owned = [];
    private readonly FrozenRow _row;

    /// <summary>Copies the tensors that it needs.</summary>
    /// <param name="spec">The network.</param>
    /// <param name="state">Its tensors, not needed afterwards.</param>
    public FrozenSteps(DenseNetSpec spec, Dictionary<string, Tensor> state)
    {
        try
        {
            _row = new FrozenRow(
                [.. Steps(spec, state, [.. spec.Modules.Where(module => module.Name.StartsWith("features.", StringComparison.Ordinal))])]);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Computes the last maps, after the last ReLU where there is one.</summary>
    public Tensor Call(Tensor x) => _row.Call(x);

    public void Dispose() => _owned.ForEach(step => step.Dispose());

    private IEnumerable<Func<Tensor, Tensor>> Steps(DenseNetSpec spec, Dictionary<string, Tensor> state, DenseNetModule[] modules)
    {
        for (var i = 0; i < modules.Length; i++)
        {
            var module = modules[i];
            switch (module.Kind)
            {
                case DenseNetModuleKind.DenseBlock:
                    var inside = Inside(modules, i);
                    i += inside.Length;
                    var layers = inside.Where(child => child.Kind == DenseNetModuleKind.DenseLayer)
                        .Select(layer => new FrozenRow([.. Steps(spec, state, Inside(inside, Array.IndexOf(inside, layer)))]));
                    yield return new FrozenBlock([.. layers], spec.GrowthRate).Call;
                    break;
                case DenseNetModuleKind.Conv2d:
                    var norm = i + 1 < modules.Length && module.IsFollowedByNorm(modules[i + 1]) ? modules[++i] : null;
                    yield return Own(new FrozenConvolution(module, norm, TakeRelu(modules, ref i), state, spec.BatchNormEpsilon)).Call;
                    break;
                case DenseNetModuleKind.BatchNorm2d:
                    // torchvision's features end before the ReLU that its forward applies.
                    var isLast = i == modules.Length - 1 && spec.HasLastReLU;
                    yield return Own(new FrozenNorm(module, TakeRelu(modules, ref i) || isLast, state, spec.BatchNormEpsilon)).Call;
                    break;
                default:
                    if (ModuleFactory.WithoutWeights(module) is { } step)
                    {
                        yield return Own(step).call;
                    }

                    break;
            }
        }
    }

    /// <summary>What lies inside a module: all that follow it whose names begin with its own.</summary>
    private static DenseNetModule[] Inside(DenseNetModule[] modules, int index) =>
        [.. modules.Skip(index + 1).TakeWhile(child => child.Name.StartsWith($"{modules[index].Name}.", StringComparison.Ordinal))];

    private static bool TakeRelu(DenseNetModule[] modules, ref int i)
    {
        if (i + 1 == modules.Length || modules[i + 1].Kind != DenseNetModuleKind.ReLU)
        {
            return false;
        }

        i++;
        return true;
    }

    private T Own<T>(T step)
        where T : IDisposable
    {
        _owned.Add(step);
        return step;
    }
}
