namespace DenseNetSharp.Weights;

/// <summary>How far a download has come.</summary>
/// <param name="FileName">The file.</param>
/// <param name="BytesReceived">Bytes so far; a download that is resumed starts with those it has.</param>
/// <param name="TotalBytes">Bytes in all, or null where the server does not say.</param>
public readonly record struct DownloadProgress(string FileName, long BytesReceived, long? TotalBytes)
{
    /// <summary>Whether the bytes are another process's, for which this one waits.</summary>
    public bool IsWaiting { get; init; }

    /// <summary>
    /// Why nothing arrives just now, for people: <c>waiting for another process</c>, <c>no answer; retry 2 of 4 in 3 s</c>;
    /// null while the file arrives.
    /// </summary>
    public string? Status { get; init; }
}
