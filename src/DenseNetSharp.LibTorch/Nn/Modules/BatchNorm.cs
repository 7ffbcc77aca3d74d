using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Normalises each channel over the batch.</summary>
public abstract class BatchNorm : NormBase
{
    /// <summary>Ones for weights and variances, zeros for the rest.</summary>
    public BatchNorm(
        long num_features, double eps, double momentum, bool affine, bool track_running_stats,
        Device? device, ScalarType? dtype, string name)
        : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, name)
    {
    }

    /// <summary>
    /// Normalises by the batch in training (and moves the running statistics), else by the running statistics.
    /// </summary>
    public override Tensor forward(Tensor input)
    {
        ValidateInputDimensions(input);
        var factor = momentum ?? 0;
        if (training && track_running_stats && num_batches_tracked is { } batches)
        {
            batches.add_(1);
            factor = momentum ?? 1 / batches.ToDouble();
        }

        var byBatch = training || (running_mean is null && running_var is null);
        var statistics = !training || track_running_stats;
        return nn.functional.batch_norm(
            input, statistics ? running_mean : null, statistics ? running_var : null,
            weight, bias, byBatch, factor, eps);
    }
}
