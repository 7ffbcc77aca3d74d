using System.Globalization;
using DenseNetSharp.Classification;
using DenseNetSharp.Extensions.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace DenseNetSharp.Serve;

/// <summary>An image in, what speaks for a class out: as a picture, or as numbers for who draws it, as the page does.</summary>
internal static class ExplainEndpoint
{
    private const string Png = "image/png";
    private const string Json = "application/json";
    private const int ChunkBytes = 1 << 16;

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/explain", ExplainAsync).WithName("explain").WithTags("explain")
            .WithSummary("Shows which parts of an image speak for a class: the one that is named, else the likeliest.")
            .WithDescription("The answer is a picture, or numbers for a client whose Accept is application/json.")
            .Produces<HeatAnswer>(contentType: Json)
            .AnswersPictures(Png)
            .ProducesProblem(StatusCodes.Status406NotAcceptable)
            .ProducesProblem(StatusCodes.Status501NotImplemented)
            .TakesUploads(Timeouts.Request);

    private static async Task ExplainAsync(
        HttpContext context,
        IImageClassifier classifier,
        Explanations explanations,
        IOptionsMonitor<DenseNetClassifierOptions> limits,
        CancellationToken cancellationToken,
        string? @class = null)
    {
        var isPicture = IsPicture(context.Request);
        var options = new ExplanationOptions { ClassIndex = IndexOf(@class, classifier) };
        using var place = explanations.Enter();
        Upload? received = null;
        await foreach (var upload in Uploads.ReadAsync(context.Request, most: 1, cancellationToken))
        {
            received = upload with { Content = await ReceiveAsync(upload, limits.CurrentValue.MaxBytes, cancellationToken) };
        }

        // Not before the whole form is read: what comes after the file may refuse it.
        var answer = await AnswerAsync(received!, isPicture, classifier, explanations, options, cancellationToken);
        await answer.ExecuteAsync(context);
    }

    /// <summary>A file's bytes; of one that has too many no more than show the classifier so.</summary>
    private static async Task<Stream> ReceiveAsync(Upload upload, int mostBytes, CancellationToken cancellationToken)
    {
        var file = new MemoryStream();
        var buffer = new byte[ChunkBytes];
        while (file.Length <= mostBytes && await upload.Content.ReadAsync(buffer, cancellationToken) is var count and > 0)
        {
            file.Write(buffer, 0, count);
        }

        file.Position = 0;
        return file;
    }

    private static async Task<IResult> AnswerAsync(
        Upload file,
        bool isPicture,
        IImageClassifier classifier,
        Explanations explanations,
        ExplanationOptions options,
        CancellationToken cancellationToken)
    {
        using var turn = await explanations.TakeTurnAsync(cancellationToken);
        var explanation = await AskAsync(classifier, file, options, cancellationToken);
        return isPicture ? PictureOf(explanation) : TypedResults.Ok(AnswerOf(file.Name, explanation));
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
        var accepted = request.GetTypedHeaders().Accept;
        var (png, json) = accepted.Count == 0 ? (1, 1) : (QualityOf(Png, accepted), QualityOf(Json, accepted));
        return png > 0 || json > 0
            ? png >= json
            : throw new RequestRefusedException(StatusCodes.Status406NotAcceptable, $"An explanation is {Png} or {Json}.");
    }

    /// <summary>How welcome a type is: what the narrowest range says that it is in (RFC 9110, 12.5.1), from 0 to 1.</summary>
    private static double QualityOf(string type, IEnumerable<MediaTypeHeaderValue> accepted)
    {
        var range = accepted
            .Where(new MediaTypeHeaderValue(type).IsSubsetOf)
            .MinBy(range => (range.MatchesAllTypes, range.MatchesAllSubTypes));
        return range is null ? 0 : range.Quality ?? 1;
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
