using TorchSharp.Modules;

namespace DenseNetSharp.Training;

/// <summary>
/// TorchSharp's optimizers with steps of a few calls over all parameters, as PyTorch's are with <c>foreach=True</c>, where TorchSharp's
/// own make several calls a parameter. Weights, groups and saved states are theirs; on a CPU to the bit.
/// </summary>
/// <remarks>Their <c>zero_grad</c> drops gradients, as PyTorch's does, instead of filling them with zeros.</remarks>
public static class ForeachOptimizers
{
    private const double DefaultRate = 1e-3;

    /// <summary>Stochastic gradient descent, <c>torch.optim.SGD</c>.</summary>
    /// <param name="parameters">What it changes.</param>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="momentum">How much of the last step goes into the next.</param>
    /// <param name="dampening">How much less of the gradient goes into the momentum.</param>
    /// <param name="weightDecay">How much of each weight is added to its gradient.</param>
    /// <param name="nesterov">Whether the momentum looks ahead.</param>
    /// <exception cref="ArgumentException">A figure is negative, or Nesterov's momentum is none.</exception>
    public static SGD Sgd(
        IEnumerable<Parameter> parameters, double learningRate, double momentum = 0, double dampening = 0, double weightDecay = 0,
        bool nesterov = false) =>
        new Foreach.SGD([new SGD.ParamGroup { Parameters = [.. parameters] }], learningRate, momentum, dampening, weightDecay, nesterov);

    /// <summary>Stochastic gradient descent, each group of parameters with its own figures.</summary>
    /// <param name="groups">The groups; what one leaves open is 0 or false, and its learning rate 0.001.</param>
    public static SGD Sgd(IEnumerable<SGD.ParamGroup> groups) => new Foreach.SGD(groups, DefaultRate);

    /// <summary>Adam, whose weight decay goes through the gradient, <c>torch.optim.Adam</c>.</summary>
    /// <param name="parameters">What it changes.</param>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="beta1">How much of the gradients' running means stays.</param>
    /// <param name="beta2">How much of their squares' running means stays.</param>
    /// <param name="epsilon">What is added to denominators.</param>
    /// <param name="weightDecay">How much of each weight is added to its gradient.</param>
    /// <param name="amsgrad">Whether the squares' means may only grow.</param>
    /// <exception cref="ArgumentException">A figure is negative, or a share 1 or more.</exception>
    public static Adam Adam(
        IEnumerable<Parameter> parameters, double learningRate = DefaultRate, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8,
        double weightDecay = 0, bool amsgrad = false) =>
        new Foreach.Adam([new Adam.ParamGroup { Parameters = [.. parameters] }], learningRate, beta1, beta2, epsilon, weightDecay, amsgrad);

    /// <summary>Adam, each group of parameters with its own figures.</summary>
    /// <param name="groups">The groups; what one leaves open is as in <c>torch.optim.Adam</c>.</param>
    public static Adam Adam(IEnumerable<Adam.ParamGroup> groups) => new Foreach.Adam(groups, DefaultRate);

    /// <summary>Adam with weight decay apart from the gradient, <c>torch.optim.AdamW</c>.</summary>
    /// <param name="parameters">What it changes.</param>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="beta1">How much of the gradients' running means stays.</param>
    /// <param name="beta2">How much of their squares' running means stays.</param>
    /// <param name="epsilon">What is added to denominators.</param>
    /// <param name="weightDecay">How much of each weight goes, times the learning rate; TorchSharp's 0, not PyTorch's 0.01, unless said.
    /// </param>
    /// <param name="amsgrad">Whether the squares' means may only grow.</param>
    /// <exception cref="ArgumentException">A figure is negative, or a share 1 or more.</exception>
    public static AdamW AdamW(
        IEnumerable<Parameter> parameters, double learningRate = DefaultRate, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8,
        double weightDecay = 0, bool amsgrad = false) =>
        new Foreach.AdamW([new AdamW.ParamGroup { Parameters = [.. parameters] }], learningRate, beta1, beta2, epsilon, weightDecay, amsgrad);

    /// <summary>AdamW, each group of parameters with its own figures.</summary>
    /// <param name="groups">The groups; what one leaves open is as in TorchSharp's.</param>
    public static AdamW AdamW(IEnumerable<AdamW.ParamGroup> groups) => new Foreach.AdamW(groups, DefaultRate);
}
