using static TorchSharp.torch;

namespace DenseNetSharp;

/// <summary>A dense block's layers.</summary>
/// <param name="layers">What each makes of all maps before it.</param>
/// <param name="growthRate">Channels that each adds.</param>
internal sealed class FrozenBlock(IReadOnlyList<FrozenRow> layers, long growthRate)
{
    /// <summary>Computes the block's input and all that its layers add, side by side.</summary>
    /// <param name="x">The block's input; it stays the caller's.</param>
    public Tensor Call(Tensor x) => x.size(0) == 1 && x.is_contiguous()
        ? OneBuffer.Fill(x, layers, growthRate, (layer, before) => layer.Call(before))
        : Concatenated(x);

    private Tensor Concatenated(Tensor x)
    {
        using var scope = NewDisposeScope();
        List<Tensor> maps = [x];
        foreach (var layer in layers)
        {
            using var before = cat(maps, 1);
            maps.Add(layer.Call(before));
        }

        return cat(maps, 1).MoveToOuterDisposeScope();
    }
}
