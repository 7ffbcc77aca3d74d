using DenseNetSharp.Explanations;
using DenseNetSharp.Images;

namespace DenseNetSharp.Inference;

public sealed partial class FusedDenseNet : IExplainableNetwork
{
    /// <summary>Computes the class activation map of one image and class: the last maps, weighted by what the classifier gives each for
    /// the class.</summary>
    /// <param name="chw">The normalised image, <c>[C, height, width]</c>.</param>
    /// <param name="size">Its size in pixels.</param>
    /// <param name="classIndex">The class, from 0.</param>
    /// <param name="method"><see cref="ExplanationMethod.ClassActivation"/> or null; the others need gradients, which
    /// <c>DenseNetSharp.DenseNet</c> on libtorch computes.</param>
    /// <param name="layer">Null: the last maps are all that there is.</param>
    /// <param name="cancellationToken">Ends the work between two layers, or the wait for other callers.</param>
    /// <returns>The map, <c>[height / 32, width / 32]</c> for the four official networks; its mean and the classifier's bias are the
    /// class's logit.</returns>
    /// <exception cref="ArgumentException">There is no such class, or the image does not fit.</exception>
    /// <exception cref="NotSupportedException">The network has no class activation map, or another method or a layer is asked for.</exception>
    /// <exception cref="ObjectDisposedException">The engine has been disposed.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    /// <exception cref="OutOfMemoryException">There is no memory to work in.</exception>
    public HeatMap Explain(
        ReadOnlySpan<float> chw,
        ImageSize size,
        int classIndex,
        ExplanationMethod? method = null,
        string? layer = null,
        CancellationToken cancellationToken = default)
    {
        if (layer is not null || method is not (null or ExplanationMethod.ClassActivation))
        {
            throw new NotSupportedException(
                "The fused engine computes no gradients: it shows the last maps by a class activation map (cam); other layers and Grad-CAM (gradcam, "
                + "gradcam++) take the network on libtorch.");
        }

        ClassActivations.Require(Spec, ExplanationMethod.ClassActivation, layer, [classIndex]);
        var mapSize = Spec.FeatureMapSize(size.Height, size.Width);
        var places = mapSize.Height * mapSize.Width;
        var maps = new float[checked(Spec.FeatureCount * places)];
        PredictMaps(chw, 1, size, maps, cancellationToken);
        var weights = _network.ClassifierWeights(classIndex);
        var sums = new double[places];
        for (var channel = 0; channel < weights.Length; channel++)
        {
            for (var place = 0; place < places; place++)
            {
                sums[place] += (double)weights[channel] * maps[(channel * places) + place];
            }
        }

        return new HeatMap(mapSize.Height, mapSize.Width, Array.ConvertAll(sums, sum => (float)sum));
    }
}
