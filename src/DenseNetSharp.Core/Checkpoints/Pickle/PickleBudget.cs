namespace DenseNetSharp.Checkpoints.Pickle;

/// <summary>
/// Bounds work that a few bytes can ask for many times over: one list copied into many dicts, one module that is
/// the child of many.
/// </summary>
/// <param name="most">What may be spent.</param>
/// <param name="error">Makes the exception for a problem.</param>
internal sealed class PickleBudget(long most, Func<string, Exception> error)
{
    private long _spent;

    public void Spend(long amount)
    {
        _spent += amount;
        if (_spent > most)
        {
            throw error(
                "The pickle is small but unfolds into far more than any checkpoint holds: the same values are used "
                + "over and over.");
        }
    }
}
