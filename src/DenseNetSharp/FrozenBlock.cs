using static TorchSharp.torch;

namespace DenseNetSharp;

/// <summary>A dense block's layers.</summary>
/// <param name="layers">What each makes of all maps before it.</param>
/// <param name="growthRate">Channels that each adds.</param>
internal sealed class FrozenBlock(IReadOnlyList<FrozenRow> layers, long growthRate)
{
    /// <summary>Computes the block's input and all that its layers add, side by side.</summary>
    /// <param name="x">The block's input; it stays the caller's.</param>
    public Tensor Call(Tensor x) => x.size(0) == 1 && x.is_contiguous() ? InOneBuffer(x) : Concatenated(x);

    /// <summary>One image's earlier channels lie contiguous in a buffer, as in <see cref="_DenseBlock"/>: nothing is copied twice.</summary>
    private Tensor InOneBuffer(Tensor x)
    {
        var channels = x.size(1);
        var buffer = empty([1, channels + layers.Count * growthRate, x.size(2), x.size(3)], dtype: x.dtype, device: x.device);
        try
        {
            Write(x, 0);
            foreach (var layer in layers)
            {
                using var before = buffer.narrow(1, 0, channels);
                using var added = layer.Call(before);
                Write(added, channels);
                channels += growthRate;
            }

            return buffer;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }

        void Write(Tensor maps, long channel)
        {
            using var place = buffer.narrow(1, channel, maps.size(1));
            place.copy_(maps);
        }
    }

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
