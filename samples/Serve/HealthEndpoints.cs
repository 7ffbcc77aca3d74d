using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DenseNetSharp.Serve;

/// <summary>Whether the service lives, and whether it has a network that answers.</summary>
internal static class HealthEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        Map(app, "/health/live", "live", "Whether the service lives; where it does not, start it anew.");
        Map(app, "/health/ready", "ready", "Whether a network is loaded and has computed; until then, send no requests.");
    }

    private static void Map(IEndpointRouteBuilder app, string path, string tag, string summary) =>
        app.MapGet(path, (HealthCheckService checks, HttpResponse response, CancellationToken cancellationToken) =>
                CheckAsync(checks, response, tag, cancellationToken))
            .WithName(tag).WithSummary(summary).WithTags("health")
            .Produces<HealthAnswer>()
            .Produces<HealthAnswer>(StatusCodes.Status503ServiceUnavailable);

    /// <summary>Answers with the status alone: descriptions name files, which are nobody's business.</summary>
    private static async Task<JsonHttpResult<HealthAnswer>> CheckAsync(
        HealthCheckService checks, HttpResponse response, string tag, CancellationToken cancellationToken)
    {
        var report = await checks.CheckHealthAsync(check => check.Tags.Contains(tag), cancellationToken);
        response.Headers.CacheControl = "no-store";
        return TypedResults.Json(
            new HealthAnswer(report.Status.ToString()),
            AnswersJson.Web.HealthAnswer,
            statusCode: report.Status == HealthStatus.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
    }
}
