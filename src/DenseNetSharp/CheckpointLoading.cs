namespace DenseNetSharp;

/// <summary>How much of a checkpoint must fit the network.</summary>
public enum CheckpointLoading
{
    /// <summary>Every tensor, as PyTorch's strict <c>load_state_dict</c> has it.</summary>
    Strict,

    /// <summary>Every tensor of the features; a classifier in the checkpoint is left aside, whatever its size.</summary>
    AllButClassifier,

    /// <summary>Every tensor of the network; what the checkpoint has besides is left aside, whatever it is.</summary>
    Complete,

    /// <summary>Every tensor of the features; a classifier and whatever else the checkpoint has is left aside.</summary>
    CompleteButClassifier,

    /// <summary>
    /// Every tensor whose name and shape fit, whatever is missing or left over: PyTorch's <c>strict=False</c>, which
    /// refuses misshapen tensors where this leaves them aside. At least one must fit.
    /// </summary>
    WhatFits,
}
