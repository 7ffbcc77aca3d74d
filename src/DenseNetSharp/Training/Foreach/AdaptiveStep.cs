using static TorchSharp.torch;

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

    /// <summary>Makes a group's step.</summary>
    /// <param name="all">Its parameters.</param>
    /// <param name="count">Counts a step of a parameter, and answers with its number.</param>
    /// <param name="figures">The figures of a step by its number.</param>
    /// <param name="mean">The running mean of a parameter's gradients.</param>
    /// <param name="square">That of their squares.</param>
    /// <param name="largest">The largest of those so far; null without AMSGrad.</param>
    public static void Run<TState>(
        IEnumerable<Gradients.Entry<TState>> all,
        Func<TState, long> count,
        Func<long, AdaptiveStep> figures,
        Func<TState, Tensor> mean,
        Func<TState, Tensor> square,
        Func<TState, Tensor>? largest)
    {
        // A parameter that joined later, or was without a gradient for a time, has made fewer steps.
        foreach (var part in all.Select(entry => (Entry: entry, Number: count(entry.State))).GroupBy(entry => entry.Number, entry => entry.Entry))
        {
            Gradients.Entry<TState>[] entries = [.. part];
            ListOperators.Adapt(
                entries.All(entry => entry.Parameter),
                entries.All(entry => entry.Gradient),
                entries.All(entry => mean(entry.State)),
                entries.All(entry => square(entry.State)),
                largest is null ? [] : entries.All(entry => largest(entry.State)),
                figures(part.Key));
        }
    }
}
