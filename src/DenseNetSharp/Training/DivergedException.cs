namespace DenseNetSharp.Training;

/// <summary>The loss is not a number any more. The step that would have carried that into the weights was not made.</summary>
/// <param name="message">Which step, and what may help.</param>
public sealed class DivergedException(string message) : Exception(message);
