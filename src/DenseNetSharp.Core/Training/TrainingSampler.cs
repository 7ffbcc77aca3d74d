namespace DenseNetSharp.Training;

/// <summary>Which images an epoch of training has.</summary>
public enum TrainingSampler
{
    /// <summary>Each image once, in random order (<c>DataLoader(shuffle=True)</c>).</summary>
    Shuffled,

    /// <summary>As many as there are, drawn with replacement so that every class comes up as often as any other
    /// (<c>WeightedRandomSampler</c>, an image's weight being 1 / the images of its class). Only where classes exclude each other.
    /// </summary>
    Balanced,
}
