namespace DenseNetSharp.Architectures;

/// <summary>How the weights of an untrained network are drawn. Batch norms begin at 1 and 0 and biases at 0 everywhere.</summary>
public enum InitialWeights
{
    /// <summary>Convolutions normal with variance 2 / fan-in, the linear layer PyTorch's own: torchvision, timm and MONAI.</summary>
    KaimingNormal,

    /// <summary>Convolutions normal with variance 2 / fan-out, the linear layer PyTorch's own: the paper's code for CIFAR.</summary>
    KaimingNormalFanOut,

    /// <summary>Convolutions and the linear layer uniform within sqrt(6 / (fan-in + fan-out)): Keras.</summary>
    GlorotUniform,
}
