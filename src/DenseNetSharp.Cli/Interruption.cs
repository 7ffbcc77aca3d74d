using System.Runtime.InteropServices;
using DenseNetSharp.Cli.Output;

namespace DenseNetSharp.Cli;

/// <summary>Ctrl-C and the request to end: the first lets the work come to an end, a training run its batch and its saving; a second one ends
/// the process as if nobody listened.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _status;

    public Interruption() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, ExitStatus.Interrupted)),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, ExitStatus.Terminated)),
    ];

    /// <summary>Cancelled with the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>What the process ends with for the signal that came.</summary>
    public int Status => Volatile.Read(ref _status) is var status and not 0 ? status : ExitStatus.Failed;

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private void Stop(PosixSignalContext context, int status)
    {
        if (Interlocked.CompareExchange(ref _status, status, 0) == 0)
        {
            context.Cancel = true;
            _source.Cancel();
        }
    }
}
