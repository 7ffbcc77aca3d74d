using static TorchSharp.torch;

namespace DenseNetSharp;

/// <summary>
/// A dense block of one image without gradients, where nothing forces copying all earlier maps at every layer: one buffer holds the
/// block's output, each layer's channels are written where they belong, and all before them lie contiguous. Those of several images or
/// those with their channels last do not, and a batch norm over strided channels takes another kernel, with other last bits.
/// </summary>
internal static class OneBuffer
{
    /// <summary>Computes a block's output, <c>[1, channels + layers * growthRate, H, W]</c>.</summary>
    /// <param name="initFeatures">The block's input, <c>[1, channels, H, W]</c>.</param>
    /// <param name="layers">The layers.</param>
    /// <param name="growthRate">Channels that each adds.</param>
    /// <param name="call">Calls a layer with all maps before it, and gives its own, which are freed.</param>
    public static Tensor Fill<TLayer>(Tensor initFeatures, IReadOnlyList<TLayer> layers, long growthRate, Func<TLayer, Tensor, Tensor> call)
    {
        var channels = initFeatures.size(1);
        var buffer = empty(
            [1, channels + layers.Count * growthRate, initFeatures.size(2), initFeatures.size(3)],
            dtype: initFeatures.dtype, device: initFeatures.device);
        try
        {
            Write(initFeatures, 0);
            foreach (var layer in layers)
            {
                using var before = buffer.narrow(1, 0, channels);
                using var newFeatures = call(layer, before);
                Write(newFeatures, channels);
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
}
