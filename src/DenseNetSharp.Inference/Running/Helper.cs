namespace DenseNetSharp.Inference.Running;

/// <summary>A lane's thread, which works for other lanes' callers and sleeps otherwise.</summary>
internal sealed class Helper : IDisposable
{
    private readonly SemaphoreSlim _wake = new(0);
    private Thread? _thread;
    private volatile bool _isEnding;
    private TeamRun? _run;
    private int _member;

    /// <summary>Sees to it that there is a thread.</summary>
    /// <exception cref="OutOfMemoryException">The system gives no more threads; another try may succeed.</exception>
    public void EnsureStarted()
    {
        if (_thread is null)
        {
            var thread = new Thread(Help) { IsBackground = true, Name = "DenseNetSharp inference" };
            // Not in its first caller's execution context, which would live as long as the thread.
            thread.UnsafeStart();
            _thread = thread;
        }
    }

    /// <summary>Takes part in a run; the thread must have been started and be asleep.</summary>
    /// <param name="run">The run.</param>
    /// <param name="member">Its part.</param>
    public void Join(TeamRun run, int member)
    {
        (_run, _member) = (run, member);
        Uninterrupted.Release(_wake);
    }

    /// <summary>Ends the thread. It must be asleep.</summary>
    public void Dispose()
    {
        _isEnding = true;
        Uninterrupted.Release(_wake);
    }

    private void Help()
    {
        // What its first use compiles and allocates is done before a prediction.
        Processors.Leave([]);
        while (true)
        {
            _wake.Wait();
            if (_isEnding)
            {
                return;
            }

            _run!.RunHelper(_member);
        }
    }
}
