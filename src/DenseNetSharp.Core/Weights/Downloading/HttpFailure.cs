using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Text.RegularExpressions;

namespace DenseNetSharp.Weights.Downloading;

/// <summary>Says why a request failed, in words that help, and whether trying again may.</summary>
internal static partial class HttpFailure
{
    private const string NetworkAdvice =
        "Check the network; behind a proxy set HTTPS_PROXY, and where another server has the file DENSENETSHARP_MIRROR.";

    /// <summary>There was no answer.</summary>
    /// <param name="asked">The address that was asked, after redirects.</param>
    /// <param name="e">What the client says.</param>
    public static TransferException NoAnswer(Uri asked, HttpRequestException e)
    {
        // An exception that quotes a password must not get into a log as the cause either.
        var cause = DownloadSource.HasCredentials(e.ToString()) ? null : e;
        var reason = DownloadSource.WithoutCredentials(e.Message);
        return e.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError =>
                new($"{Peer(asked, reason)} cannot be reached ({reason}). {NetworkAdvice}", cause)
                {
                    IsTransient = true,
                    Summary = "no answer",
                },
            HttpRequestError.SecureConnectionError when e.InnerException is AuthenticationException refused =>
                new($"{asked.Host} is not trusted ({Innermost(refused)}). Behind a proxy that reads along, have the system "
                    + "trust its certificate or pass an HttpClient that does.", cause),
            HttpRequestError.ProxyTunnelError =>
                new($"The proxy does not let the request through ({reason}). Check HTTPS_PROXY, its name and password.", cause)
                {
                    IsTransient = (int?)e.StatusCode is >= 500,
                },
            _ => new($"{asked.Host} gave no proper answer: {Innermost(e)}", cause) { IsTransient = true, Summary = "no answer" },
        };
    }

    /// <summary>Nothing came for too long.</summary>
    public static TransferException Silence(TimeSpan timeout, Exception e) =>
        new($"The server sent nothing for {timeout.TotalSeconds:0.#} seconds.", e) { IsTransient = true, Summary = "no answer" };

    /// <summary>A timeout of the client's own passed, which it calls a cancellation.</summary>
    public static TransferException TimedOut(Uri asked, OperationCanceledException e)
    {
        // That of HttpClient is told outside, that of connecting inside.
        var reason = e.InnerException is TimeoutException timeout && !e.Message.Contains("Timeout", StringComparison.Ordinal)
            ? timeout.Message
            : e.Message;
        return new($"{asked.Host} does not answer ({reason}) {NetworkAdvice}", e) { IsTransient = true, Summary = "no answer" };
    }

    /// <summary>The answer is not the file.</summary>
    public static TransferException Refusal(HttpResponseMessage response, bool isOwnClient, Uri source)
    {
        var status = $"{(int)response.StatusCode} {response.ReasonPhrase}";
        return (int)response.StatusCode switch
        {
            408 or 429 or >= 500 => new($"The server cannot serve the file just now ({status}).")
            {
                IsTransient = true,
                RetryAfter = Pause(response.Headers.RetryAfter),
                Summary = "server busy",
            },
            >= 300 and < 400 when !isOwnClient && response.RequestMessage?.RequestUri == source => new(
                $"The server redirects ({status}, to {Target(response)}), and the HttpClient given does not follow."),
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
    /// <exception cref="TransferException">The answer is a page.</exception>
    public static void RefusePage(HttpContentHeaders headers)
    {
        if (headers.ContentType?.MediaType is "text/html" or "application/xhtml+xml")
        {
            throw new TransferException(
                "The answer is a web page instead of the file, as login pages and proxies send. Open the address in a "
                + "browser to see what it asks for.");
        }
    }

    /// <summary>The reason under all that only says that something failed, without passwords.</summary>
    public static string Innermost(Exception e) => DownloadSource.WithoutCredentials(e.GetBaseException().Message);

    /// <summary>Who did not answer: .NET ends its message with the host and port, which are not the address's for a proxy.</summary>
    private static string Peer(Uri asked, string message) =>
        HostAndPort().Match(message) is { Success: true } match && match.Groups[1].Value != $"{asked.IdnHost}:{asked.Port}"
            ? $"The proxy {match.Groups[1].Value}"
            : asked.Host;

    [GeneratedRegex(@"\(([^()\s]+:\d+)\)$")]
    private static partial Regex HostAndPort();

    private static string Target(HttpResponseMessage redirect) =>
        redirect is { Headers.Location: { } target, RequestMessage.RequestUri: { } source }
            ? DownloadSource.Shown(new Uri(source, target))
            : "nowhere";

    private static TimeSpan? Pause(RetryConditionHeaderValue? header) =>
        header?.Delta ?? (header?.Date is { } date ? date - DateTimeOffset.UtcNow : null);
}
