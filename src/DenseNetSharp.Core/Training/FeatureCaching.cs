namespace DenseNetSharp.Training;

/// <summary>Where the outputs of frozen features are kept while nothing changes them.</summary>
public enum FeatureCaching
{
    /// <summary>Nowhere: every epoch computes them anew.</summary>
    None,

    /// <summary>In memory: 4 bytes for each feature of each image, 4 KB an image for densenet121.</summary>
    Memory,

    /// <summary>In files in the run's folder, which later runs over the same images with the same features use too.</summary>
    Disk,
}
