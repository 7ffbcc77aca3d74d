namespace DenseNetSharp.Architectures;

/// <summary>What a layer of a head is.</summary>
public enum HeadLayerKind
{
    /// <summary><c>nn.Linear</c>.</summary>
    Linear,

    /// <summary><c>nn.ReLU</c>.</summary>
    ReLU,

    /// <summary><c>nn.BatchNorm1d</c>.</summary>
    BatchNorm1d,

    /// <summary><c>nn.Dropout</c>.</summary>
    Dropout,

    /// <summary><c>nn.Identity</c>: nothing.</summary>
    Identity,

    /// <summary><c>nn.GELU</c>, exact.</summary>
    Gelu,

    /// <summary><c>nn.SiLU</c>.</summary>
    Silu,

    /// <summary><c>nn.Tanh</c>.</summary>
    Tanh,

    /// <summary><c>nn.Sigmoid</c>.</summary>
    Sigmoid,

    /// <summary><c>nn.LeakyReLU</c> with PyTorch's slope of 0.01.</summary>
    LeakyReLU,

    /// <summary><c>nn.ELU</c> with PyTorch's alpha of 1.</summary>
    Elu,
}
