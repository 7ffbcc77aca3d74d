using System.Globalization;
using DenseNetSharp.Classification;
using DenseNetSharp.Extensions.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace DenseNetSharp.Serve;

/// <summary>An image in, what speaks for a class out: as a picture, or as numbers for who draws it, as the page does.</summary>
internal static class ExplainEndpoint
{
    private const string Png = "image/png";
    private const string Json = "application/json";

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/explain", ExplainAsync).WithName("explain").WithTags("explain")
            .WithSummary("Shows which parts of an image speak for a class: the one that is named, else the likeliest.")
            .WithDescription("The answer is a picture, or numbers for a client whose Accept is application/json.")
            .Produces(StatusCodes.Status200OK, contentType: Png)
            .Produces<HeatAnswer>(contentType: Json)
            .ProducesProblem(StatusCodes.Status406NotAcceptable)
            .ProducesProblem(StatusCodes.Status501NotImplemented)
            .TakesUploads(Timeouts.Request);

    private static async Task ExplainAsync(
        HttpContext context, IImageClassifier classifier, Explanations explanations, CancellationToken cancellationToken, string? @class = null)
    {
        var isPicture = IsPicture(context.Request);
        var options = new ExplanationOptions { ClassIndex = IndexOf(@class, classifier) };
        using var place = await explanations.EnterAsync(cancellationToken);
        IResult? answer = null;
        await foreach (var upload in Uploads.ReadAsync(context.Request, most: 1, cancellationToken))
        {
            var explanation = await AskAsync(classifier, upload, options, cancellationToken);
            answer = isPicture ? PictureOf(explanation) : TypedResults.Ok(AnswerOf(upload.Name, explanation));
        }

        // Not before the whole form is read: what comes after the file may refuse it.
        await (answer?.ExecuteAsync(context) ?? Task.CompletedTask);
    }

    private static FileContentHttpResult PictureOf(Explanation explanation)
    {
        using var picture = new MemoryStream();
        explanation.Overlay().SavePng(picture);
        return TypedResults.Bytes(picture.ToArray(), Png);
    }

    private static async Task<Explanation> AskAsync(
        IImageClassifier classifier, Upload upload, ExplanationOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return await classifier.ExplainAsync(upload.Content, options, cancellationToken);
        }
        catch (ImageRejectedException exception)
        {
            throw new RequestRefusedException(exception.HttpStatus, $"{upload.Name}: {exception.Message}");
        }
        catch (ArgumentException exception)
        {
            // The image comes out too small, or a network without labels has no such class.
            throw new RequestRefusedException(StatusCodes.Status422UnprocessableEntity, $"{upload.Name}: {exception.Message}");
        }
        catch (NotSupportedException exception)
        {
            throw new RequestRefusedException(StatusCodes.Status501NotImplemented, exception.Message);
        }
    }

    private static HeatAnswer AnswerOf(string name, Explanation explanation) => new(
        name,
        explanation.ClassIndex,
        explanation.Label,
        explanation.ImageSize.Width,
        explanation.ImageSize.Height,
        AreaAnswer.Of(explanation.Area),
        new MapAnswer(explanation.Map.Height, explanation.Map.Width, explanation.Map.Normalized()));

    private static bool IsPicture(HttpRequest request)
    {
        foreach (var accepted in request.GetTypedHeaders().Accept.DefaultIfEmpty(new MediaTypeHeaderValue(Png)).OrderByDescending(type => type.Quality ?? 1))
        {
            if (new MediaTypeHeaderValue(Png).IsSubsetOf(accepted))
            {
                return true;
            }

            if (new MediaTypeHeaderValue(Json).IsSubsetOf(accepted))
            {
                return false;
            }
        }

        throw new RequestRefusedException(StatusCodes.Status406NotAcceptable, $"An explanation is {Png} or {Json}.");
    }

    /// <summary>A class by its name or its index.</summary>
    private static int? IndexOf(string? name, IImageClassifier classifier)
    {
        if (name is null)
        {
            return null;
        }

        var labels = classifier.Labels ?? [];
        for (var i = 0; i < labels.Count; i++)
        {
            if (labels[i] == name)
            {
                return i;
            }
        }

        return int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && (labels.Count == 0 || index < labels.Count)
            ? index
            : throw new RequestRefusedException(StatusCodes.Status400BadRequest, $"There is no class '{name}'.");
    }
}
