namespace DenseNetSharp.Inference.Running;

/// <summary>
/// Steps that must be taken whatever happens, as others wait for them. Any lock that is contended throws if its thread is
/// interrupted (<see cref="Thread.Interrupt"/>).
/// </summary>
internal static class Uninterrupted
{
    /// <summary>Takes a step; an interrupt is put off until the thread next waits.</summary>
    /// <param name="state">What the step needs.</param>
    /// <param name="step">The step, which an interrupt must find undone: entering a lock, releasing a semaphore.</param>
    public static void Run<T>(T state, Action<T> step)
    {
        var isInterrupted = false;
        while (true)
        {
            try
            {
                step(state);
                break;
            }
            catch (ThreadInterruptedException)
            {
                isInterrupted = true;
            }
        }

        if (isInterrupted)
        {
            Thread.CurrentThread.Interrupt();
        }
    }

    /// <summary>Releases a semaphore once.</summary>
    public static void Release(SemaphoreSlim semaphore) => Run(semaphore, static it => it.Release());
}
