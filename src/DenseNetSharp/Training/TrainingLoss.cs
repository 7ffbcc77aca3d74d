using DenseNetSharp.Classification;
using TorchSharp;
using static TorchSharp.torch;

namespace DenseNetSharp.Training;

/// <summary>What training makes small: cross entropy where classes exclude each other, binary cross entropy where they do
/// not.</summary>
public sealed record TrainingLoss
{
    /// <summary>How much of each target is spread over all classes, from 0 to less than 1
    /// (<c>CrossEntropyLoss(label_smoothing)</c>). Only where classes exclude each other.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>A weight a class (<c>CrossEntropyLoss(weight)</c>), or, where classes do not exclude each other, a weight of
    /// the class's own term (<c>BCEWithLogitsLoss(weight)</c>); null for none.</summary>
    public IReadOnlyList<float>? ClassWeights { get; init; }

    /// <summary>How much more a positive counts than a negative, one value a class (<c>BCEWithLogitsLoss(pos_weight)</c>);
    /// null for none. Only where classes do not exclude each other.</summary>
    public IReadOnlyList<float>? PositiveWeights { get; init; }

    /// <summary>Computes the loss of a batch.</summary>
    /// <param name="logits">The network's output, <c>[N, C]</c>.</param>
    /// <param name="targets">Class indices, <c>[N]</c> int64; or ones and zeros, <c>[N, C]</c> of a floating-point type, NaN where it is
    /// not known: those are left out of the mean.</param>
    /// <param name="task">Whether classes exclude each other; null where the targets' type tells. Mixed targets need it: shares
    /// of classes that exclude each other, <c>[N, C]</c>.</param>
    /// <returns>The mean, a scalar.</returns>
    /// <exception cref="ArgumentException">The settings do not suit the targets or the number of classes.</exception>
    public Tensor Compute(Tensor logits, Tensor targets, ClassificationTask? task = null)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(targets);
        var excludesOthers = task is { } known ? known == ClassificationTask.Multiclass : targets.dtype == ScalarType.Int64;
        Check(excludesOthers, (int)logits.shape[^1]);
        using var weights = ToTensor(ClassWeights, logits);
        if (excludesOthers)
        {
            using var sharesOrIndices = targets.dtype == ScalarType.Int64 ? targets.alias() : targets.to(logits.dtype);
            return nn.functional.cross_entropy(logits, sharesOrIndices, weights, label_smoothing: LabelSmoothing);
        }

        using var positiveWeights = ToTensor(PositiveWeights, logits);
        using var sameType = targets.to(logits.dtype);
        using var isKnown = sameType.isnan().logical_not();
        // Elsewhere asking would wait for the device in every step.
        if (isKnown.device_type == DeviceType.CPU)
        {
            using var isAllKnown = isKnown.all();
            if (isAllKnown.item<bool>())
            {
                return nn.functional.binary_cross_entropy_with_logits(logits, sameType, weights, pos_weights: positiveWeights);
            }
        }

        using var scope = NewDisposeScope();
        var losses = nn.functional.binary_cross_entropy_with_logits(
            logits, sameType.nan_to_num(0), weights, nn.Reduction.None, positiveWeights);
        // Without any known target it is 0, and nothing is learned.
        return losses.mul(isKnown).sum().div(isKnown.sum().clamp_min(1)).MoveToOuterDisposeScope();
    }

    private static Tensor? ToTensor(IReadOnlyList<float>? values, Tensor like)
    {
        if (values is null)
        {
            return null;
        }

        using var single = tensor(values.ToArray());
        if (like.device_type != DeviceType.CUDA)
        {
            return single.to(like.dtype, like.device);
        }

        // Out of pinned memory, or each step would wait for the device.
        using var pinned = single.pin_memory();
        return pinned.to(like.dtype, like.device, non_blocking: true);
    }

    /// <summary>Refuses settings that do not suit a task or a number of classes.</summary>
    internal void Check(bool excludesOthers, int classes)
    {
        if (!(LabelSmoothing >= 0 && LabelSmoothing < 1))
        {
            throw new ArgumentException($"Label smoothing is {LabelSmoothing}; it must be from 0 to less than 1.");
        }

        if (excludesOthers ? PositiveWeights is not null : LabelSmoothing != 0)
        {
            throw new ArgumentException(excludesOthers
                ? "Weights of positives are for classes that do not exclude each other; use class weights."
                : "Label smoothing is for classes that exclude each other.");
        }

        if (ClassWeights is { Count: > 0 } all && all.All(weight => weight == 0))
        {
            throw new ArgumentException("All class weights are 0; one at least must be more.");
        }

        foreach (var (name, weights) in new[] { ("class", ClassWeights), ("positive", PositiveWeights) })
        {
            if (weights is not null && (weights.Count != classes || weights.Any(weight => !(weight >= 0 && float.IsFinite(weight)))))
            {
                throw new ArgumentException(
                    $"There must be {classes} {name} weights, finite and not negative, one a class; there are {weights.Count}: "
                    + $"{string.Join(", ", weights.Take(8))}{(weights.Count > 8 ? ", ..." : "")}.");
            }
        }
    }
}
