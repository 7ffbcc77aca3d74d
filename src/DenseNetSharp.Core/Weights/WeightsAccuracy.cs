using DenseNetSharp.Images;

namespace DenseNetSharp.Weights;

/// <summary>What weights achieve on ImageNet's validation set, as published.</summary>
/// <param name="Preset">How the images were prepared.</param>
/// <param name="Top1">How often the first guess is right, in percent.</param>
/// <param name="Top5">How often one of the first five guesses is right, in percent.</param>
public sealed record WeightsAccuracy(ImagePreset Preset, double Top1, double Top5);
