using System.Globalization;

namespace DenseNetSharp.Core.Tests.Weights.Downloading;

/// <summary>What a client asks a <see cref="LoopbackServer"/> for.</summary>
/// <param name="Target">A path; of a proxy's client the whole address.</param>
/// <param name="Headers">The headers, by name in any case.</param>
internal sealed record HttpRequest(string Target, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The first byte that a Range header asks for, the end left open; null without one.</summary>
    public long? RangeStart => Headers.TryGetValue("Range", out var range)
        ? long.Parse(range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture)
        : null;
}

/// <summary>What a <see cref="LoopbackServer"/> sends, which need not make sense.</summary>
internal sealed record HttpAnswer(byte[] Body, string Status = "200 OK")
{
    /// <summary>Headers besides the length, each <c>Name: value</c>.</summary>
    public string[] Headers { get; init; } = [];

    /// <summary>The length that is announced; null to announce none.</summary>
    public long? ContentLength { get; init; } = Body.Length;

    /// <summary>Whether the connection stays open after the body, silently.</summary>
    public bool HangsAfterBody { get; init; }

    /// <summary>What a server of files answers: all of it, or the rest from where the client says.</summary>
    public static HttpAnswer File(HttpRequest request, byte[] content, string? entityTag = null)
    {
        string[] tag = entityTag is null ? [] : [$"ETag: {entityTag}"];
        var isOtherVersion = request.Headers.TryGetValue("If-Range", out var wanted) && wanted != entityTag;
        if (request.RangeStart is not { } start || isOtherVersion)
        {
            return new(content) { Headers = tag };
        }

        return start < content.Length
            ? new(content[(int)start..], "206 Partial Content")
            {
                Headers = [$"Content-Range: bytes {start}-{content.Length - 1}/{content.Length}", .. tag],
            }
            : new([], "416 Range Not Satisfiable") { Headers = [$"Content-Range: bytes */{content.Length}"] };
    }

    /// <summary>The same answer, broken off after so many bytes of its body.</summary>
    public HttpAnswer BrokenOffAfter(int bytes) => this with { Body = Body[..bytes] };
}
