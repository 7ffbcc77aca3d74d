using System.Net.Http.Headers;

namespace DenseNetSharp.Weights.Downloading;

/// <summary>The client that downloads where the caller has none of his own.</summary>
internal static class DownloadClient
{
    private static readonly Lazy<HttpClient> _shared = new(Create);

    public static HttpClient Shared => _shared.Value;

    private static HttpClient Create()
    {
        // A connection that is not made in this time will not be; silence after that has a limit of its own.
        var client = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(15) })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        var version = typeof(DownloadClient).Assembly.GetName().Version!.ToString(3);
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("DenseNetSharp", version));
        return client;
    }
}
