using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.StateDicts;

/// <summary>Brings weights that learned from colour images to images of another number of channels.</summary>
public static class InputChannels
{
    private const string FirstConvolution = "features.conv0.weight";

    // Of red, green and blue.
    private const int Colours = 3;

    /// <summary>
    /// The same tensors, but the first convolution's filters: for one channel the sum of their three, which sees a grey image as
    /// the network saw it in all three; for another number the three in turn, scaled by 3 / channels. Source: timm's
    /// <c>adapt_input_conv</c>, in float32.
    /// </summary>
    /// <param name="checkpoint">The checkpoint, under whatever names; it must stay open as long as the result is used.</param>
    /// <param name="channels">Channels of the images, at least 1; the checkpoint's own change nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no such channels.</exception>
    /// <exception cref="InvalidDataException">The checkpoint has no first convolution of a DenseNet, or its own channels are neither as
    /// many nor three.</exception>
    public static Checkpoint WithInputChannels(this Checkpoint checkpoint, int channels)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        var key = DenseNetKeys.Map(checkpoint).Names.FirstOrDefault(item => item.Value == FirstConvolution).Key;
        var name = checkpoint.Path ?? "The checkpoint";
        if (key is null || DenseNetKeys.InPyTorchsLayout(key, checkpoint.Tensors[key]) is not { Shape: [var filters, var own, var height, var width] } weight)
        {
            throw new InvalidDataException($"{name} has no {FirstConvolution} of four dimensions to bring to {channels} channels.");
        }

        if (own == channels)
        {
            return checkpoint.With(checkpoint.Tensors);
        }

        if (own != Colours)
        {
            throw new InvalidDataException(
                $"{name} is of a network for images of {own} {(own == 1 ? "channel" : "channels")}; only weights for {Colours} can be brought to {channels}.");
        }

        var values = Convert(weight.ToSingleArray(), (int)filters, (int)(height * width), channels);
        var converted = CheckpointTensor.FromArray(values, filters, channels, height, width);
        // In the file's own layout, like all the others.
        var laidOut = KerasNames.IsKernel(key) ? converted.Permute(2, 3, 1, 0) : converted;
        return checkpoint.With(checkpoint.Tensors.Select(entry => entry.Key == key ? KeyValuePair.Create(key, laidOut) : entry));
    }

    private static float[] Convert(float[] colours, int filters, int pixels, int channels)
    {
        var values = new float[checked(filters * channels * pixels)];
        var scale = (float)(Colours / (double)channels);
        for (var i = 0; i < values.Length; i++)
        {
            var (filter, channel, pixel) = (i / (channels * pixels), i / pixels % channels, i % pixels);
            values[i] = channels == 1
                ? Colour(filter, 0, pixel) + Colour(filter, 1, pixel) + Colour(filter, 2, pixel)
                : Colour(filter, channel % Colours, pixel) * scale;
        }

        return values;

        float Colour(int filter, int colour, int pixel) => colours[(((filter * Colours) + colour) * pixels) + pixel];
    }
}
