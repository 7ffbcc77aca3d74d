using DenseNetSharp.Randomness;

namespace DenseNetSharp.Images.Augmentation;

/// <summary>What a random value is drawn from, uniformly.</summary>
/// <param name="Min">The least.</param>
/// <param name="Max">The bound above.</param>
public readonly record struct ValueRange(double Min, double Max)
{
    /// <summary>Lets a range be written as a pair.</summary>
    /// <param name="range">The least and the bound above.</param>
    public static implicit operator ValueRange((double Min, double Max) range) => new(range.Min, range.Max);

    /// <summary>The range as "[min, max]".</summary>
    public override string ToString() => $"[{Min}, {Max}]";

    /// <summary>Draws as <c>torch.empty(1).uniform_(min, max).item()</c> does.</summary>
    internal float Draw(TorchRandom random) => random.Uniform(Min, Max);

    /// <summary>The range, once it is known to lie in order between two bounds.</summary>
    internal ValueRange Within(double least, double most, string name)
    {
        // Written so that NaN is refused as well; what is drawn is a float, so it must be finite as such.
        if (!(Min >= least && Max <= most && Min <= Max && float.IsFinite((float)Min) && float.IsFinite((float)Max)))
        {
            throw new ArgumentException($"{name} must be finite, in order and between {least} and {most}, not {this}.", name);
        }

        return this;
    }
}
