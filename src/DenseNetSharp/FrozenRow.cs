using static TorchSharp.torch;

namespace DenseNetSharp;

/// <summary>Steps one after another, between which nothing is kept.</summary>
/// <param name="steps">Each makes new maps.</param>
internal sealed class FrozenRow(IReadOnlyList<Func<Tensor, Tensor>> steps)
{
    /// <summary>Computes the last step's maps.</summary>
    /// <param name="x">What the first gets; it stays the caller's.</param>
    public Tensor Call(Tensor x)
    {
        var values = x;
        foreach (var step in steps)
        {
            var given = values;
            try
            {
                values = step(given);
            }
            finally
            {
                if (!ReferenceEquals(given, x))
                {
                    given.Dispose();
                }
            }
        }

        return values;
    }
}
