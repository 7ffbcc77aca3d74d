namespace DenseNetSharp.Cli.Output;

/// <summary>Somebody stopped the command; the message says what can be done next.</summary>
internal sealed class StoppedException(string message) : OperationCanceledException(message);
