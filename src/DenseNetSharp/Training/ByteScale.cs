using DenseNetSharp.Images;
using static TorchSharp.torch;

namespace DenseNetSharp.Training;

/// <summary>Scales and normalises images on their device, to the bits that <see cref="ImagePreset.Apply(RgbImage)"/> gives.</summary>
internal sealed class ByteScale : IDisposable
{
    private readonly Tensor _divisor;
    private readonly Tensor _mean;
    private readonly Tensor _std;

    /// <summary>Brings a preset's figures to a device.</summary>
    public ByteScale(ImagePreset preset, Device device)
    {
        // Each a tensor there: instead of dividing by a number CUDA multiplies by its reciprocal, which rounds differently.
        _divisor = OnDevice([preset.Divisor]);
        _mean = OnDevice(preset.Mean);
        _std = OnDevice(preset.Std);

        Tensor OnDevice(IReadOnlyList<float> values)
        {
            using var onCpu = tensor(values.ToArray(), [values.Count, 1, 1]);
            return onCpu.to(device, copy: true).DetachFromDisposeScope();
        }
    }

    /// <summary>Makes floats of bytes, <c>[N, C, H, W]</c> both.</summary>
    public Tensor Apply(Tensor bytes)
    {
        // One rounding an operation, in the preset's order.
        var values = bytes.to(ScalarType.Float32);
        values.div_(_divisor).sub_(_mean).div_(_std);
        return values;
    }

    public void Dispose()
    {
        _divisor.Dispose();
        _mean.Dispose();
        _std.Dispose();
    }
}
