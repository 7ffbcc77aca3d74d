namespace DenseNetSharp.Cli.Output;

/// <summary>What the process ends with.</summary>
internal static class ExitStatus
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;

    public static int Of(bool everythingDone) => everythingDone ? Done : Failed;
}
