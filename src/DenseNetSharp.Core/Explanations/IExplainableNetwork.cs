using DenseNetSharp.Images;

namespace DenseNetSharp.Explanations;

/// <summary>A network that shows which parts of an image speak for a class.</summary>
public interface IExplainableNetwork
{
    /// <summary>Computes the heat map of one image and class, in evaluation mode.</summary>
    /// <param name="chw">The prepared image, <c>[C, height, width]</c>.</param>
    /// <param name="size">Its size in pixels.</param>
    /// <param name="classIndex">The class, from 0.</param>
    /// <param name="method">How; null for <see cref="ExplanationMethod.ClassActivation"/> where no layer is named and the network allows it,
    /// else <see cref="ExplanationMethod.GradCam"/>.</param>
    /// <param name="layer">The module whose maps are looked at, such as <c>features.denseblock3</c>; the last maps, after their ReLU, if
    /// null.</param>
    /// <param name="cancellationToken">Ends the work where the network looks at it.</param>
    /// <returns>The heat map, as large as the maps.</returns>
    /// <exception cref="ArgumentException">There is no such class or layer, the layer gives no maps, or the image does not fit.</exception>
    /// <exception cref="NotSupportedException">The network cannot be explained in this way; the message says which can.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    HeatMap Explain(
        ReadOnlySpan<float> chw,
        ImageSize size,
        int classIndex,
        ExplanationMethod? method = null,
        string? layer = null,
        CancellationToken cancellationToken = default);
}
