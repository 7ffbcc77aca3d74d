using System.Text.RegularExpressions;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Checkpoints.Pickle;
using DenseNetSharp.Checkpoints.Storage;

namespace DenseNetSharp.StateDicts;

/// <summary>
/// Tensors that stand in checkpoints beside a network and take no part in what it computes. What is not listed here may
/// change a result, and is refused by its name.
/// </summary>
internal static partial class SetAside
{
    /// <summary>Whether a tensor is one of them.</summary>
    public static bool Holds(string name, CheckpointTensor tensor) => WhatIs(name, tensor) is not null;

    /// <summary>What a tensor is, in some words; null for one that is not to be set aside.</summary>
    /// <param name="name">Its name today.</param>
    /// <param name="tensor">The tensor.</param>
    public static string? WhatIs(string name, CheckpointTensor tensor)
    {
        var last = name[(name.LastIndexOf('.') + 1)..];
        return last switch
        {
            PickleNames.OperatingThresholds when tensor.Shape.Count == 1 && FloatConversion.IsFloating(tensor.DataType) => "operating thresholds",
            "n_averaged" when tensor.ElementCount == 1 && tensor.DataType == CheckpointDataType.Int64 => "the count of averaged models",
            "total_ops" or "total_params" when tensor.ElementCount == 1 => "a profiler's counters",
            _ when name.StartsWith(KeyRules.KeyEncoder, StringComparison.Ordinal) => "MoCo's key encoder, the query encoder's average",
            "queue" or "queue_ptr" => "MoCo's queue of keys",
            _ when tensor.ElementCount == 0 => "an empty tensor",
            "epoch" or "epochs" or "global_step" or "step" or "best_acc" or "best_loss" or "best_score" when tensor.ElementCount == 1 => "a run's counters",
            "class_weight" or "class_weights" or "pos_weight" or "loss_weight" or "loss_weights" => "a loss's own tensors",
            _ when name.StartsWith("features.", StringComparison.Ordinal) || name.StartsWith("classifier.", StringComparison.Ordinal) => null,
            _ when OfLoss().IsMatch(name) => "a loss's own tensors",
            // A layer's weight is none, whatever the layer is called.
            _ when OfMetric().IsMatch(name) && !(last is "weight" or "bias") => "a metric's state",
            _ => null,
        };
    }

    [GeneratedRegex(@"^(?:\w+_)?(?:criterion|criteria|loss|losses|loss_fn|loss_func|loss_function|lossfn)(?:_\w+)?(?:\.|$)", RegexOptions.IgnoreCase)]
    private static partial Regex OfLoss();

    // The states of torchmetrics' classes, under what Lightning modules call them.
    [GeneratedRegex(
        @"^(?:[\w.]*metrics?(?:_\w+)?\.[\w.]+|[\w.]*(?:acc|accuracy|auroc|auc|f1|precision|recall|specificity|sensitivity|kappa|confmat|ap)\w*\."
        + @"(?:tp|fp|tn|fn|confmat|correct|total|preds|target|indexes|value|mean_value|sum_value|weight_sum|thresholds))$",
        RegexOptions.IgnoreCase)]
    private static partial Regex OfMetric();
}
