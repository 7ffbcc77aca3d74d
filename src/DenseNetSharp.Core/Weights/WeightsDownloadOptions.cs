using DenseNetSharp.Weights.Caching;
using Microsoft.Extensions.Logging;

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
    /// one, which follows the system's proxy settings: <c>HTTP_PROXY</c>, <c>HTTPS_PROXY</c> and <c>NO_PROXY</c>.
    /// </summary>
    public HttpClient? HttpClient { get; init; }

    /// <summary>Hears of a download's progress, on whatever thread it happens; null for nobody.</summary>
    public IProgress<DownloadProgress>? Progress { get; init; }

    /// <summary>Hears what is found, downloaded, resumed and retried; null for nobody.</summary>
    public ILogger? Logger { get; init; }

    /// <summary>
    /// Whether the network must not be used; null (the default) to ask the environment, where
    /// <c>DENSENETSHARP_OFFLINE</c> says so with <c>1</c>, <c>true</c>, <c>yes</c> or <c>on</c>.
    /// </summary>
    public bool? Offline { get; init; }

    /// <summary>
    /// The folder of another server to download from, which has the files under their
    /// <see cref="PretrainedWeights.FileName"/>; null (the default) to ask the environment's
    /// <c>DENSENETSHARP_MIRROR</c>. A name and password in the address are sent to it, and a query stays.
    /// </summary>
    public Uri? Mirror { get; init; }

    /// <summary>
    /// How often a download that breaks off, or that the server cannot serve just now, is tried again, and again after
    /// each attempt that got further; 4 unless set.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int MaxRetries
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(MaxRetries));
            field = value;
        }
    } = 4;

    /// <summary>
    /// The pause before the first retry, a second unless set; each further one is about twice as long. A server that
    /// names a pause is obeyed, up to a minute.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or longer than a day.</exception>
    public TimeSpan RetryDelay
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero, nameof(RetryDelay));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeSpan.FromDays(1), nameof(RetryDelay));
            field = value;
        }
    } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// A connection is given up, and tried again, when the server sends nothing for this long; a minute unless set. Twice
    /// as long another process that has begun the download may make no progress.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive, or longer than a day.</exception>
    public TimeSpan SilenceTimeout
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, nameof(SilenceTimeout));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeSpan.FromDays(1), nameof(SilenceTimeout));
            field = value;
        }
    } = TimeSpan.FromMinutes(1);
}
