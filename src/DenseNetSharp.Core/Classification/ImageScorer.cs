namespace DenseNetSharp.Classification;

/// <summary>Scores images that have been prepared for it: what an <see cref="ImageClassifier"/> makes predictions of.</summary>
internal abstract class ImageScorer
{
    public abstract int NumClasses { get; }

    /// <summary>What is to be prepared of each image: the views of one network, or of several that want them prepared each in its way.</summary>
    public abstract IReadOnlyList<ImageViews> Views { get; }

    /// <summary>Scores images.</summary>
    /// <param name="images">The images, prepared as <see cref="Views"/> says.</param>
    /// <param name="cancellationToken">Ends the work, at the latest before the next batch.</param>
    /// <returns>One score a class, <c>[images.Count, NumClasses]</c>, before any softmax or sigmoid.</returns>
    /// <exception cref="ArgumentException">The images are too small for a network.</exception>
    public abstract float[] Score(PreparedImages images, CancellationToken cancellationToken);
}

/// <summary>One network, and the mean of its scores over an image's views.</summary>
internal sealed class NetworkScorer(IImageNetwork network, ImageViews views) : ImageScorer
{
    public override int NumClasses => network.NumClasses;

    public override IReadOnlyList<ImageViews> Views { get; } = [views];

    public override float[] Score(PreparedImages images, CancellationToken cancellationToken)
    {
        var pixels = images.Of(views, out var size);
        var scores = new float[images.Count * views.Count * NumClasses];
        network.Predict(pixels, images.Count * views.Count, size, scores, cancellationToken);
        if (views.Count == 1)
        {
            return scores;
        }

        var means = new float[images.Count * NumClasses];
        for (var i = 0; i < means.Length; i++)
        {
            var (image, index) = (i / NumClasses, i % NumClasses);
            double sum = 0;
            for (var view = 0; view < views.Count; view++)
            {
                sum += scores[(((image * views.Count) + view) * NumClasses) + index];
            }

            means[i] = (float)(sum / views.Count);
        }

        return means;
    }
}
