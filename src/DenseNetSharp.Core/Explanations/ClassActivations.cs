using DenseNetSharp.Architectures;

namespace DenseNetSharp.Explanations;

/// <summary>What both engines ask before they compute heat maps.</summary>
internal static class ClassActivations
{
    /// <summary>Why a network has no class activation map; null where it has one.</summary>
    public static string? FaultOf(DenseNetSpec spec) =>
        spec.Pooling != GlobalPooling.Average ? $"its pooling is {spec.Pooling}"
        : spec.Head.FirstOrDefault(IsActivation) is { } activation ? $"its head has an activation, {activation.Name} ({activation.Kind})"
        : null;

    /// <summary>The method meant where none is named.</summary>
    public static ExplanationMethod MethodOf(DenseNetSpec spec, ExplanationMethod? method, string? layer) =>
        method ?? (layer is null && FaultOf(spec) is null ? ExplanationMethod.ClassActivation : ExplanationMethod.GradCam);

    /// <summary>Refuses what cannot be explained.</summary>
    /// <exception cref="ArgumentException">There is no such class or method, or a class activation map of another layer is asked for.</exception>
    /// <exception cref="NotSupportedException">The network has no classifier, or no class activation map.</exception>
    public static void Require(DenseNetSpec spec, ExplanationMethod method, string? layer, IReadOnlyList<int> classes)
    {
        if (!Enum.IsDefined(method))
        {
            throw new ArgumentOutOfRangeException(nameof(method), method, "There is no such method.");
        }

        if (spec.NumClasses == 0)
        {
            throw new NotSupportedException("The network has no classifier, so there is no class that a heat map could speak for.");
        }

        foreach (var wrong in classes.Where(index => index < 0 || index >= spec.NumClasses))
        {
            throw new ArgumentException($"There is no class {wrong}: the network has {spec.NumClasses}, from 0.");
        }

        if (method != ExplanationMethod.ClassActivation)
        {
            return;
        }

        if (layer is not null)
        {
            throw new ArgumentException($"A class activation map (cam) is of the last maps alone; for {layer} there is Grad-CAM (gradcam, gradcam++).");
        }

        if (FaultOf(spec) is { } fault)
        {
            throw new NotSupportedException($"The network has no class activation map (cam), for {fault}; Grad-CAM (gradcam, gradcam++) takes any network.");
        }
    }

    private static bool IsActivation(HeadLayer layer) =>
        layer.Kind is not (HeadLayerKind.Linear or HeadLayerKind.BatchNorm1d or HeadLayerKind.Dropout or HeadLayerKind.Identity);
}
