namespace DenseNetSharp.Architectures;

/// <summary>What a module of a DenseNet is, by its class in PyTorch or torchvision.</summary>
public enum DenseNetModuleKind
{
    /// <summary>The whole network, <c>torchvision.models.DenseNet</c>.</summary>
    DenseNet,

    /// <summary><c>nn.Sequential</c>: the features.</summary>
    Sequential,

    /// <summary>torchvision's <c>_DenseBlock</c>.</summary>
    DenseBlock,

    /// <summary>torchvision's <c>_DenseLayer</c>.</summary>
    DenseLayer,

    /// <summary>torchvision's <c>_Transition</c>.</summary>
    Transition,

    /// <summary><c>nn.Conv2d</c> without bias.</summary>
    Conv2d,

    /// <summary><c>nn.BatchNorm2d</c>.</summary>
    BatchNorm2d,

    /// <summary><c>nn.ReLU</c>.</summary>
    ReLU,

    /// <summary><c>nn.MaxPool2d</c>.</summary>
    MaxPool2d,

    /// <summary><c>nn.AvgPool2d</c>.</summary>
    AvgPool2d,

    /// <summary><c>nn.Linear</c> with bias: the classifier.</summary>
    Linear,
}
