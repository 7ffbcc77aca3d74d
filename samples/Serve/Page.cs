using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace DenseNetSharp.Serve;

/// <summary>The page on which a person tries the service; its files are in the assembly.</summary>
internal static class Page
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly (string Path, string File, string ContentType)[] _files =
    [
        ("/", "index.html", "text/html; charset=utf-8"),
        ("/serve.css", "serve.css", "text/css; charset=utf-8"),
        ("/serve.js", "serve.js", "text/javascript; charset=utf-8"),
        ("/icon.svg", "icon.svg", "image/svg+xml"),
    ];

    /// <summary>Adds headers to every answer, problems too, whose other headers begin anew.</summary>
    public static Task AddHeadersAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = Policy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            return Task.CompletedTask;
        });
        return next(context);
    }

    public static void Map(IEndpointRouteBuilder app)
    {
        foreach (var (path, file, contentType) in _files)
        {
            var bytes = Read(file);
            var tag = new EntityTagHeaderValue($"\"{Convert.ToHexString(SHA256.HashData(bytes))}\"");
            app.MapGet(path, (HttpResponse response) => Send(response, bytes, contentType, tag)).ExcludeFromDescription();
        }

        app.MapGet("/examples", (Examples examples) => TypedResults.Ok(examples.Names))
            .WithName("examples").WithSummary("The names of the images that the page offers.").WithTags("page");
        app.MapGet("/examples/{name}", (string name, Examples examples) => examples.Find(name))
            .WithName("example").WithSummary("An image that the page offers.").WithTags("page")
            .AnswersPictures([.. Examples.ContentTypes])
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static FileContentHttpResult Send(HttpResponse response, byte[] bytes, string contentType, EntityTagHeaderValue tag)
    {
        response.Headers.CacheControl = "no-cache";
        return TypedResults.Bytes(bytes, contentType, entityTag: tag);
    }

    private static byte[] Read(string file)
    {
        using var stream = typeof(Page).Assembly.GetManifestResourceStream($"page/{file}")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
