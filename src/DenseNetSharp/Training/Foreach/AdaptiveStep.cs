namespace DenseNetSharp.Training.Foreach;

/// <summary>The figures of a step of Adam or AdamW.</summary>
/// <param name="Maximize">Whether the loss is made large.</param>
/// <param name="Keep">How much of each parameter stays before anything else, 1 for all of it: AdamW's decay.</param>
/// <param name="Decay">How much of each parameter is added to its gradient: Adam's decay.</param>
/// <param name="Beta1">How much of the means stays.</param>
/// <param name="Beta2">How much of the squares' means stays.</param>
/// <param name="Root">What the squares' roots are divided by, as they began at 0.</param>
/// <param name="Epsilon">What is added to them.</param>
/// <param name="Rate">The learning rate, divided for the same reason.</param>
internal readonly record struct AdaptiveStep(
    bool Maximize, double Keep, double Decay, double Beta1, double Beta2, double Root, double Epsilon, double Rate)
{
    /// <summary>The figures of a step by its number, from 1; without decay.</summary>
    public static AdaptiveStep Number(long number, double rate, double beta1, double beta2, double epsilon, bool maximize) => new(
        maximize,
        Keep: 1,
        Decay: 0,
        beta1,
        beta2,
        Math.Sqrt(1 - Math.Pow(beta2, number)),
        epsilon,
        rate / (1 - Math.Pow(beta1, number)));
}
