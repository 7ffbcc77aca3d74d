namespace DenseNetSharp.Training;

/// <summary>How a step is made of gradients.</summary>
public enum OptimizerKind
{
    /// <summary>Stochastic gradient descent with momentum: <c>torch.optim.SGD</c>.</summary>
    Sgd,

    /// <summary>Adam, whose weight decay goes through the gradient: <c>torch.optim.Adam</c>.</summary>
    Adam,

    /// <summary>Adam with weight decay apart from the gradient: <c>torch.optim.AdamW</c>.</summary>
    AdamW,
}
