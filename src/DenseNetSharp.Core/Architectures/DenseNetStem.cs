namespace DenseNetSharp.Architectures;

/// <summary>What a DenseNet begins with.</summary>
public enum DenseNetStem
{
    /// <summary>A 7x7 convolution of stride 2, norm, ReLU and pooling: the paper's for ImageNet, torchvision's, MONAI's and Keras's.</summary>
    SevenBySeven,

    /// <summary>Three 3x3 convolutions, the first of stride 2, each with norm and ReLU, and pooling: timm's <c>stem_type='deep'</c>.
    /// The first two have <see cref="DenseNetSpec.GrowthRate"/> channels, the third <see cref="DenseNetSpec.InitFeatures"/>.</summary>
    Deep,

    /// <summary>One 3x3 convolution of stride 1 and nothing else: the paper's for CIFAR.</summary>
    ThreeByThree,
}
