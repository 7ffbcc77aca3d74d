namespace DenseNetSharp.Architectures;

/// <summary>A level of a network's feature pyramid, as an entry of timm's <c>feature_info</c>: the last maps of one resolution.</summary>
/// <param name="Module">The module whose output they are, by its name in the state dict; after a norm its ReLU comes first.</param>
/// <param name="Channels">Their channels: 64, 256, 512, 1024 and 1024 for densenet121.</param>
/// <param name="Reduction">How many times smaller than the image they are: 2, 4, 8, 16 and 32 for densenet121.</param>
public sealed record FeatureLevel(string Module, int Channels, int Reduction);
