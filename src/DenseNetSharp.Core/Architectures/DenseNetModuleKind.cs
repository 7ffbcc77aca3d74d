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

    /// <summary><c>nn.Conv2d</c>.</summary>
    Conv2d,

    /// <summary><c>nn.BatchNorm2d</c>.</summary>
    BatchNorm2d,

    /// <summary><c>nn.ReLU</c>.</summary>
    ReLU,

    /// <summary><c>nn.MaxPool2d</c>.</summary>
    MaxPool2d,

    /// <summary><c>nn.AvgPool2d</c>.</summary>
    AvgPool2d,

    /// <summary><c>nn.Linear</c>: the classifier, or a layer of a larger head.</summary>
    Linear,

    /// <summary>timm's <c>BlurPool2d</c>: a fixed 3x3 binomial filter of stride 2 over each map, borders reflected.</summary>
    BlurPool2d,

    /// <summary>TensorFlow's <c>padding='same'</c> before a convolution (zeros) or max pooling (minus infinity).</summary>
    SamePad2d,

    /// <summary><c>nn.BatchNorm1d</c>, in a head.</summary>
    BatchNorm1d,

    /// <summary><c>nn.Dropout</c>, in a head.</summary>
    Dropout,

    /// <summary>Another activation than ReLU, in a head.</summary>
    Activation,
}
