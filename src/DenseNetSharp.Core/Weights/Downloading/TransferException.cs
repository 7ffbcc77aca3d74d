namespace DenseNetSharp.Weights.Downloading;

/// <summary>A transfer failed on the server's side or on the way, for a reason that the user can be told.</summary>
internal sealed class TransferException(string reason, Exception? inner = null) : Exception(reason, inner)
{
    /// <summary>The reason in a word or two, for a line of progress.</summary>
    public string Summary { get; init; } = "connection lost";

    /// <summary>Whether it may well succeed when tried again.</summary>
    public bool IsTransient { get; init; }

    /// <summary>The pause that the server asks for before the next attempt.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
