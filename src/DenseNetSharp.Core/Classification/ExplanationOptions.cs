using DenseNetSharp.Explanations;

namespace DenseNetSharp.Classification;

/// <summary>What is to be explained, and how.</summary>
public sealed record ExplanationOptions
{
    /// <summary>The class, from 0; the likeliest one, or the largest output where there are no probabilities, if null.</summary>
    public int? ClassIndex { get; init; }

    /// <summary>How the heat map is made; <see cref="ExplanationMethod.ClassActivation"/> where no layer is named and the network allows
    /// it, else <see cref="ExplanationMethod.GradCam"/>, if null.</summary>
    public ExplanationMethod? Method { get; init; }

    /// <summary>The module whose maps are looked at, such as <c>features.denseblock3</c>: the earlier, the finer and the less of the
    /// class is in them. The last maps if null, all that the fused engine offers.</summary>
    public string? Layer { get; init; }
}
