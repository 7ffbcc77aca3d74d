namespace DenseNetSharp.Cli.Options;

/// <summary>The options contradict each other: exit status 2, as for any other wrong usage.</summary>
internal sealed class UsageException(string message) : Exception(message);
