namespace DenseNetSharp.Inference.Running;

/// <summary>Waits without sleeping, for what other threads will have done within microseconds; cannot be interrupted.</summary>
internal struct ActiveWait
{
    // Some tens of microseconds: longer than the ends of most steps are apart.
    private const int SpinsBeforeYielding = 500;

    private int _spins;

    /// <summary>Waits a little.</summary>
    public void Once()
    {
        if (_spins < SpinsBeforeYielding)
        {
            _spins++;
            Thread.SpinWait(1);
        }
        else
        {
            Thread.Yield();
        }
    }
}
