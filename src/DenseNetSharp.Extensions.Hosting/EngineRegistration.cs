using DenseNetSharp.Classification;

namespace DenseNetSharp.Extensions.Hosting;

/// <summary>An engine that a classifier may have beside the one that is built in.</summary>
/// <param name="Classifier">The classifier's name.</param>
/// <param name="Engine">The engine's name.</param>
/// <param name="Load">Makes the network.</param>
internal sealed record EngineRegistration(string Classifier, string Engine, Func<EngineRequest, IImageNetwork> Load);
