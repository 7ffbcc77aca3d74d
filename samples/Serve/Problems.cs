using DenseNetSharp.Extensions.Hosting;
using Microsoft.AspNetCore.Diagnostics;

namespace DenseNetSharp.Serve;

/// <summary>What requests fail with, as problem details (RFC 9457).</summary>
internal sealed class Problems : IExceptionHandler
{
    private const string RetryAfter = "1";

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException)
        {
            // Nobody is there any more to be told: what takes too long has been answered before.
            httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }

        if (Of(exception) is not var (status, detail) || httpContext.Response.HasStarted)
        {
            return false;
        }

        await WriteAsync(httpContext, status, detail);
        return true;
    }

    /// <summary>HTTP's status and a sentence for what is the client's matter or passes; null for what is the service's own fault.</summary>
    public static (int Status, string Detail)? Of(Exception exception) => exception switch
    {
        ImageRejectedException rejected => (rejected.HttpStatus, rejected.Message),
        RequestRefusedException refused => (refused.Status, refused.Message),
        // The request's body is longer than it may be, comes too slowly, or ends early.
        BadHttpRequestException bad => (bad.StatusCode, bad.Message),
        // So says the reader of forms.
        IOException or InvalidDataException => (StatusCodes.Status400BadRequest, "The form is damaged or ends early."),
        _ => null,
    };

    /// <summary>Says what is wrong where nothing else does: no endpoint was found or called that would.</summary>
    public static void Complete(ProblemDetailsContext context)
    {
        var request = context.HttpContext.Request;
        context.ProblemDetails.Detail ??= context.ProblemDetails.Status switch
        {
            StatusCodes.Status400BadRequest => $"A value in {request.QueryString} is not of its parameter's type; /openapi.json has the types.",
            StatusCodes.Status404NotFound => $"There is nothing at {request.Path}.",
            StatusCodes.Status405MethodNotAllowed => $"{request.Path} does not take {request.Method}, but {context.HttpContext.Response.Headers.Allow}.",
            _ => null,
        };
    }

    /// <summary>Answers with a problem.</summary>
    public static Task WriteAsync(HttpContext context, int status, string detail)
    {
        if (status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = RetryAfter;
        }

        return TypedResults.Problem(detail, statusCode: status).ExecuteAsync(context);
    }
}
