using DenseNetSharp.Checkpoints;
using static TorchSharp.torch;

namespace DenseNetSharp;

/// <summary>Between torch's tensors and a checkpoint's.</summary>
internal static class CheckpointTensors
{
    /// <summary>Copies a tensor's values, wherever they lie.</summary>
    public static CheckpointTensor Copy(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        var local = tensor.detach().cpu().contiguous();
        return CheckpointTensor.FromBytes(ToCheckpoint(tensor.dtype), tensor.shape, local.bytes.ToArray());
    }

    /// <summary>Copies a checkpoint's values into a tensor of the same shape, converting the dtype.</summary>
    public static void CopyInto(Tensor destination, CheckpointTensor source)
    {
        var type = ToTorch(source.DataType);
        if (destination.device_type == TorchSharp.DeviceType.CPU && destination.dtype == type && destination.is_contiguous())
        {
            source.CopyTo(destination.bytes);
            return;
        }

        using var local = empty(source.Shape.ToArray(), dtype: type);
        source.CopyTo(local.bytes);
        destination.copy_(local);
    }

    private static CheckpointDataType ToCheckpoint(ScalarType type) => type switch
    {
        ScalarType.Float32 => CheckpointDataType.Float32,
        ScalarType.Float64 => CheckpointDataType.Float64,
        ScalarType.Float16 => CheckpointDataType.Float16,
        ScalarType.BFloat16 => CheckpointDataType.BFloat16,
        ScalarType.Int64 => CheckpointDataType.Int64,
        _ => throw new NotSupportedException($"A DenseNet has no tensors of {type}."),
    };

    private static ScalarType ToTorch(CheckpointDataType type) => type switch
    {
        CheckpointDataType.Float32 => ScalarType.Float32,
        CheckpointDataType.Float64 => ScalarType.Float64,
        CheckpointDataType.Float16 => ScalarType.Float16,
        CheckpointDataType.BFloat16 => ScalarType.BFloat16,
        CheckpointDataType.Int64 => ScalarType.Int64,
        _ => throw new NotSupportedException($"A DenseNet has no tensors of {type}."),
    };
}
