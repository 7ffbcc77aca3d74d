using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Logging;

namespace DenseNetSharp.Weights;

/// <summary>
/// Receives a file over HTTP into a <see cref="PartialFile"/>, going on where that ends if the server can.
/// </summary>
internal sealed class HttpTransfer(
    Uri source, PartialFile part, PretrainedWeights weights, WeightsDownloadOptions options, ILogger logger)
{
    private const int BufferBytes = 1 << 17;

    private static readonly Lazy<HttpClient> _client = new(() => new HttpClient { Timeout = Timeout.InfiniteTimeSpan });

    // Which version of the file this run's first answer came from, where the server says.
    private EntityTagHeaderValue? _version;

    /// <summary>Whether the file may be put together from several answers.</summary>
    public bool HasResumed { get; private set; }

    /// <summary>One attempt at the rest of the file; what has arrived when it fails is kept.</summary>
    /// <exception cref="TransferException">The server or the way to it is at fault.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        // Pieces of two versions of a file must not be joined: only a hash, or the server, can tell.
        if (weights.Sha256Prefix is null && _version is null)
        {
            part.Clear();
        }

        if (!await TryReceiveAsync(cancellationToken).ConfigureAwait(false))
        {
            DownloadLog.StartingOver(logger, weights.FileName, "the server does not go on where the file ends");
            part.Clear();
            await TryReceiveAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>False when the server was asked to go on where the file ends, and has nothing that fits there.</summary>
    private async Task<bool> TryReceiveAsync(CancellationToken cancellationToken)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(options.SilenceTimeout);
        try
        {
            using var request = Request();
            using var response = await (options.HttpClient ?? _client.Value)
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silence.Token)
                .ConfigureAwait(false);
            if (!Fits(response))
            {
                return false;
            }

            if (response.StatusCode is not HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                _version = response.Headers.ETag is { IsWeak: false } version ? version : null;
                await ReceiveBodyAsync(response.Content, silence, cancellationToken).ConfigureAwait(false);
            }

            return true;
        }
        catch (HttpRequestException e)
        {
            throw HttpFailure.NoAnswer(source, e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            // A caller's HttpClient may have a timeout of its own, which looks like a cancellation too.
            var reason = silence.IsCancellationRequested
                ? $"The server sent nothing for {options.SilenceTimeout.TotalSeconds:0.#} seconds."
                : e.Message;
            throw new TransferException(reason, e) { IsTransient = true };
        }
    }

    /// <summary>
    /// Whether the answer goes on where the file ends, which is at zero for an answer that starts there.
    /// </summary>
    private bool Fits(HttpResponseMessage response)
    {
        var range = response.Content.Headers.ContentRange;
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK:
                HttpFailure.RefusePage(response.Content.Headers);
                HasResumed = false;
                part.Clear();
                return true;
            case HttpStatusCode.PartialContent when part.Length > 0:
                HasResumed = range?.From == part.Length;
                if (HasResumed)
                {
                    DownloadLog.Resuming(logger, weights.FileName, part.Length);
                }

                return HasResumed;
            case HttpStatusCode.RequestedRangeNotSatisfiable when part.Length > 0:
                // Nothing is left to send where the file is all there already; its hash will tell.
                HasResumed = range?.Length == part.Length;
                return HasResumed;
            default:
                throw HttpFailure.Refusal(response);
        }
    }

    private HttpRequestMessage Request()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, source);
        request.Headers.Authorization = DownloadSource.Credentials(source);
        if (part.Length > 0)
        {
            request.Headers.Range = new RangeHeaderValue(part.Length, null);
            request.Headers.IfRange = _version is null ? null : new RangeConditionHeaderValue(_version);
        }

        return request;
    }

    private async Task ReceiveBodyAsync(
        HttpContent content, CancellationTokenSource silence, CancellationToken cancellationToken)
    {
        var total = part.Length + content.Headers.ContentLength;
        part.RequireSpace(content.Headers.ContentLength ?? 0);
        Report(total);
        var buffer = new byte[BufferBytes];
        await using var body = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        while (await ReadAsync(body, buffer, silence).ConfigureAwait(false) is var count and > 0)
        {
            await part.AppendAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            Report(total);
        }

        if (total is { } expected && part.Length != expected)
        {
            throw new TransferException($"The connection ended after {part.Length} of {expected} bytes.")
            {
                IsTransient = true,
            };
        }
    }

    private async Task<int> ReadAsync(Stream body, byte[] buffer, CancellationTokenSource silence)
    {
        silence.CancelAfter(options.SilenceTimeout);
        try
        {
            return await body.ReadAsync(buffer, silence.Token).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new TransferException($"The connection ended after {part.Length} bytes: {e.Message}", e)
            {
                IsTransient = true,
            };
        }
    }

    private void Report(long? total) =>
        options.Progress?.Report(new DownloadProgress(weights.FileName, part.Length, total));
}
