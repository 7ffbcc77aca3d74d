namespace DenseNetSharp.Architectures;

/// <summary>How the last feature maps become one vector, by timm's <c>global_pool</c>.</summary>
public enum GlobalPooling
{
    /// <summary>The mean of each map: <c>avg</c>, and torchvision's.</summary>
    Average,

    /// <summary>The largest value of each map: <c>max</c>.</summary>
    Max,

    /// <summary>Half the sum of the mean and the largest value: <c>avgmax</c>.</summary>
    AverageMax,

    /// <summary>The means of all maps, then their largest values, twice as many features: <c>catavgmax</c>.</summary>
    ConcatenatedAverageMax,

    /// <summary>The largest values of all maps, then their means: fastai's <c>AdaptiveConcatPool2d</c>.</summary>
    ConcatenatedMaxAverage,

    /// <summary>The maps as they are, which only a network without classifier can give: timm's empty <c>global_pool</c>, Keras's
    /// <c>pooling=None</c>.</summary>
    None,
}
