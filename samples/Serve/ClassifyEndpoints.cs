using System.ComponentModel.DataAnnotations;
using System.Globalization;
using DenseNetSharp.Classification;
using DenseNetSharp.Extensions.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace DenseNetSharp.Serve;

/// <summary>Images in, classes out.</summary>
internal static class ClassifyEndpoints
{
    /// <summary>Predictions an image, as <c>densenet classify</c> has them.</summary>
    private const int Top = 5;

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/model", Describe).WithName("model").WithSummary("What is served, and what it takes.").WithTags("classify")
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        app.MapPost("/classify", ClassifyAsync).WithName("classify").WithTags("classify")
            .WithSummary("Classifies images: all of them, or none.")
            .TakesUploads(Timeouts.Request);
        app.MapPost("/classify/batch", BatchAsync).WithName("classifyBatch").WithTags("classify")
            .WithSummary("Classifies many images, and answers with a line of JSON for each as soon as it is done.")
            .Produces<Answer>(contentType: BatchAnswer.ContentType)
            .TakesUploads(Timeouts.Batch);
    }

    private static Ok<ModelAnswer> Describe(IImageClassifier classifier, IOptionsMonitor<DenseNetClassifierOptions> options)
    {
        var limits = options.CurrentValue;
        return TypedResults.Ok(
            new ModelAnswer(classifier.Task.ToString().ToLowerInvariant(), classifier.Labels, limits.MaxBytes, limits.MaxPixels));
    }

    private static async Task<Ok<IReadOnlyList<Answer>>> ClassifyAsync(
        HttpRequest request,
        IImageClassifier classifier,
        ServeSettings settings,
        CancellationToken cancellationToken,
        [Range(1, int.MaxValue)] int top = Top)
    {
        RequireTop(top);
        var answers = new List<Answer>();
        await foreach (var upload in Uploads.ReadAsync(request, settings.MaxFiles, cancellationToken))
        {
            try
            {
                answers.Add(Answer.Of(upload.Name, await classifier.ClassifyAsync(upload.Content, cancellationToken), top));
            }
            catch (ImageRejectedException exception)
            {
                throw new RequestRefusedException(exception.HttpStatus, $"{upload.Name}: {exception.Message}");
            }
        }

        return TypedResults.Ok<IReadOnlyList<Answer>>(answers);
    }

    private static Task BatchAsync(
        HttpContext context,
        IImageClassifier classifier,
        ServeSettings settings,
        CancellationToken cancellationToken,
        [Range(1, int.MaxValue)] int top = Top)
    {
        RequireTop(top);
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = settings.MaxBatchBytes;
        return new BatchAnswer(context.Response, classifier, top, settings.BatchConcurrency)
            .WriteAsync(Uploads.ReadAsync(context.Request, settings.MaxBatchFiles, cancellationToken), cancellationToken);
    }

    private static void RequireTop(int top)
    {
        if (top < 1)
        {
            throw new RequestRefusedException(
                StatusCodes.Status400BadRequest, string.Create(CultureInfo.InvariantCulture, $"top is {top}; it must be 1 or more."));
        }
    }
}
