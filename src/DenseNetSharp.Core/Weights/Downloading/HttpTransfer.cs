using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Logging;

namespace DenseNetSharp.Weights.Downloading;

/// <summary>
/// Receives a file over HTTP into a <see cref="PartialFile"/>, going on where that ends if the server can.
/// </summary>
internal sealed class HttpTransfer(
    Uri source, PartialFile part, PretrainedWeights weights, WeightsDownloadOptions options, ILogger logger)
{
    private const int BufferBytes = 1 << 17;

    // Which version of the file this run's first answer came from, where the server says.
    private EntityTagHeaderValue? _version;

    private long? _total;
    private long _longest = part.Length;

    /// <summary>Whether the file may be put together from several answers.</summary>
    public bool HasResumed { get; private set; }

    /// <summary>Whether the last attempt got further than any before.</summary>
    public bool HasProgressed { get; private set; }

    /// <summary>How the server says that it has encoded the file, such as <c>gzip</c>; empty where it does not.</summary>
    public string Encoding { get; private set; } = "";

    /// <summary>One attempt at the rest of the file; what has arrived when it fails is kept.</summary>
    /// <exception cref="TransferException">The server or the way to it is at fault.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        HasProgressed = false;
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

    /// <summary>Tells the caller how far the file has come, and why it goes no further just now.</summary>
    public void Report(string? status = null) =>
        options.Progress?.Report(new DownloadProgress(weights.FileName, part.Length, _total) { Status = status });

    /// <summary>False when the server was asked to go on where the file ends, and has nothing that fits there.</summary>
    private async Task<bool> TryReceiveAsync(CancellationToken cancellationToken)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(options.SilenceTimeout);
        using var request = Request();
        try
        {
            using var response = await (options.HttpClient ?? DownloadClient.Shared)
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
            // A redirect that was followed has changed the request's address.
            throw HttpFailure.NoAnswer(request.RequestUri!, e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw silence.IsCancellationRequested
                ? HttpFailure.Silence(options.SilenceTimeout, e)
                : HttpFailure.TimedOut(request.RequestUri!, e);
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
                HasResumed = range?.From == part.Length && IsSameVersion(response);
                if (HasResumed)
                {
                    DownloadLog.Resuming(logger, weights.FileName, part.Length);
                }

                return HasResumed;
            case HttpStatusCode.RequestedRangeNotSatisfiable when part.Length > 0:
                // Nothing is left to send where the file is all there already; its hash will tell.
                HasResumed = range?.Length == part.Length && IsSameVersion(response);
                return HasResumed;
            default:
                throw HttpFailure.Refusal(response, isOwnClient: options.HttpClient is null, source);
        }
    }

    /// <summary>A server may ignore If-Range and send another version's rest; without a hash nothing else would tell.</summary>
    private bool IsSameVersion(HttpResponseMessage response) =>
        weights.Sha256Prefix is not null || Equals(response.Headers.ETag, _version);

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
        Encoding = string.Join(", ", content.Headers.ContentEncoding);
        // A range's own length may be only a piece of what is left.
        _total = content.Headers.ContentRange?.Length ?? part.Length + content.Headers.ContentLength;
        RequireSize(_total ?? 0);
        part.RequireSpace((_total ?? part.Length) - part.Length);
        Report();
        var buffer = new byte[BufferBytes];
        await using var body = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        while (await ReadAsync(body, buffer, silence).ConfigureAwait(false) is var count and > 0)
        {
            await part.AppendAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            RequireSize(part.Length);
            HasProgressed |= part.Length > _longest;
            _longest = Math.Max(_longest, part.Length);
            Report();
        }

        if (_total is { } expected && part.Length != expected)
        {
            throw new TransferException($"The connection ended after {part.Length} of {expected} bytes.")
            {
                IsTransient = true,
            };
        }
    }

    private void RequireSize(long bytes)
    {
        if (bytes > WeightsVerification.LongestFile(weights))
        {
            part.Clear();
            throw new TransferException(
                $"What was sent is not the file: it is larger than the {weights.SizeInMebibytes:0.#} MiB that the weights "
                + "have. It was deleted.");
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
            throw new TransferException(
                $"The connection ended after {part.Length} bytes: {HttpFailure.Innermost(e)}", e)
            {
                IsTransient = true,
            };
        }
    }
}
