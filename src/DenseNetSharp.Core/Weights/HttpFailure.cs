using System.Net.Http.Headers;
using System.Security.Authentication;

namespace DenseNetSharp.Weights;

/// <summary>Says why a request failed, in words that help, and whether trying again may.</summary>
internal static class HttpFailure
{
    private const string NetworkAdvice =
        "Check the network; behind a proxy set HTTPS_PROXY, and where another server has the file DENSENETSHARP_MIRROR.";

    /// <summary>There was no answer.</summary>
    public static TransferException NoAnswer(Uri source, HttpRequestException e) => e.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError =>
            new($"{source.Host} cannot be reached ({e.Message}). {NetworkAdvice}", e) { IsTransient = true },
        HttpRequestError.SecureConnectionError when e.InnerException is AuthenticationException refused =>
            new($"{source.Host} is not trusted ({refused.Message}). Behind a proxy that reads along, have the system trust "
                + "its certificate or pass an HttpClient that does.", e),
        HttpRequestError.ProxyTunnelError =>
            new($"The proxy does not let the request through ({e.Message}). Check HTTPS_PROXY, its name and password.", e)
            {
                IsTransient = (int?)e.StatusCode is >= 500,
            },
        _ => new(e.Message, e) { IsTransient = true },
    };

    /// <summary>The answer is not the file.</summary>
    public static TransferException Refusal(HttpResponseMessage response)
    {
        var status = $"{(int)response.StatusCode} {response.ReasonPhrase}";
        return (int)response.StatusCode switch
        {
            408 or 429 or >= 500 => new($"The server cannot serve the file just now ({status}).")
            {
                IsTransient = true,
                RetryAfter = Pause(response.Headers.RetryAfter),
            },
            >= 300 and < 400 => new(
                $"The server redirects without end, or to an address that is not safe to follow ({status}, "
                + $"to {Target(response)})."),
            404 or 410 => new($"The server does not have the file ({status})."),
            401 or 403 => new($"The server refuses access ({status})."),
            407 => new($"The proxy wants a name and password ({status}). Put them into HTTPS_PROXY or HTTP_PROXY."),
            _ => new($"The server answers {status}."),
        };
    }

    /// <summary>Throws where an answer with a good status is a page for people, as login pages and proxies send.</summary>
    /// <exception cref="TransferException">It is.</exception>
    public static void RefusePage(HttpContentHeaders headers)
    {
        if (headers.ContentType?.MediaType is "text/html" or "application/xhtml+xml")
        {
            throw new TransferException(
                "The answer is a web page instead of the file, as login pages and proxies send. Open the address in a "
                + "browser to see what it asks for.");
        }
    }

    private static string Target(HttpResponseMessage redirect) =>
        redirect is { Headers.Location: { } target, RequestMessage.RequestUri: { } source }
            ? DownloadSource.Shown(new Uri(source, target))
            : "nowhere";

    private static TimeSpan? Pause(RetryConditionHeaderValue? header) =>
        header?.Delta ?? (header?.Date is { } date ? date - DateTimeOffset.UtcNow : null);
}
