namespace DenseNetSharp.Weights;

/// <summary>Where pretrained weights are kept and how they are fetched.</summary>
public sealed record WeightsDownloadOptions
{
    /// <summary>
    /// The folder to look in and download to; null for PyTorch's own, <see cref="HubCache.Directory"/>.
    /// </summary>
    public string? Directory { get; init; }

    /// <summary>
    /// The client to download with, for proxies, credentials or certificates; it is not disposed. Null for a plain
    /// one, which follows the system's proxy settings.
    /// </summary>
    public HttpClient? HttpClient { get; init; }

    /// <summary>Hears of a download's progress, on whatever thread it happens; null for nobody.</summary>
    public IProgress<DownloadProgress>? Progress { get; init; }

    /// <summary>
    /// Whether the network must not be used; null (the default) to ask the environment, where
    /// <c>DENSENETSHARP_OFFLINE=1</c> says so.
    /// </summary>
    public bool? Offline { get; init; }

    /// <summary>A download fails when the server sends nothing for this long; a minute unless set.</summary>
    public TimeSpan SilenceTimeout { get; init; } = TimeSpan.FromMinutes(1);

    internal bool IsOffline => Offline ?? Environment.GetEnvironmentVariable("DENSENETSHARP_OFFLINE") is "1" or "true";
}
