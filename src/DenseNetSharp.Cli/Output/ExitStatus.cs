namespace DenseNetSharp.Cli.Output;

/// <summary>What the process ends with.</summary>
internal static class ExitStatus
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;

    /// <summary>Ended by Ctrl-C, SIGINT: 128 and the signal's number, as shells have it.</summary>
    public const int Interrupted = 130;

    /// <summary>Ended by SIGTERM.</summary>
    public const int Terminated = 143;

    public static int Of(bool everythingDone) => everythingDone ? Done : Failed;
}
