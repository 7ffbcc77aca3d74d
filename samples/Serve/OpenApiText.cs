using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace DenseNetSharp.Serve;

/// <summary>What the OpenAPI document says beyond what the endpoints' signatures do.</summary>
internal static class OpenApiText
{
    public static void Configure(OpenApiOptions options) => options.AddDocumentTransformer((document, _, _) =>
    {
        document.Info = new OpenApiInfo
        {
            Title = "Image classification by DenseNetSharp",
            Version = "1",
            Description = "Uploads in, classes and heat maps out. What is wrong is told as problem details (RFC 9457).",
        };
        // Where it runs is known to whoever fetched the document.
        document.Servers?.Clear();
        return Task.CompletedTask;
    });

    /// <summary>What all endpoints share that take uploads: the form, the limits, and what is answered beyond them.</summary>
    public static void TakesUploads(this RouteHandlerBuilder endpoint, string timeout)
    {
        int[] problems =
        [
            StatusCodes.Status400BadRequest, StatusCodes.Status408RequestTimeout, StatusCodes.Status413PayloadTooLarge,
            StatusCodes.Status415UnsupportedMediaType, StatusCodes.Status422UnprocessableEntity, StatusCodes.Status429TooManyRequests,
            StatusCodes.Status503ServiceUnavailable,
        ];
        foreach (var status in problems)
        {
            endpoint.ProducesProblem(status);
        }

        endpoint.RequireRateLimiting(RateLimits.Uploads).WithRequestTimeout(timeout).AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.RequestBody = Form();
            return Task.CompletedTask;
        });
    }

    /// <summary>Pictures among the answers, beside what else the endpoint answers with 200.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="contentTypes">The pictures' types.</param>
    public static RouteHandlerBuilder AnswersPictures(this RouteHandlerBuilder endpoint, params string[] contentTypes) =>
        endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            var answers = operation.Responses ??= [];
            if (!answers.TryGetValue("200", out var answer))
            {
                answers["200"] = answer = new OpenApiResponse { Description = "OK" };
            }

            foreach (var type in contentTypes)
            {
                var content = ((OpenApiResponse)answer).Content ??= new Dictionary<string, OpenApiMediaType>();
                content[type] = new OpenApiMediaType { Schema = Bytes() };
            }

            return Task.CompletedTask;
        });

    private static OpenApiSchema Bytes() => new() { Type = JsonSchemaType.String, Format = "binary" };

    private static OpenApiRequestBody Form() => new()
    {
        Required = true,
        Content = new Dictionary<string, OpenApiMediaType>
        {
            ["multipart/form-data"] = new()
            {
                Schema = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Required = new HashSet<string> { Uploads.Field },
                    Properties = new Dictionary<string, IOpenApiSchema>
                    {
                        [Uploads.Field] = new OpenApiSchema
                        {
                            Type = JsonSchemaType.Array,
                            Description = "Images: JPEG, PNG, GIF, BMP, TIFF, PNM or WebP.",
                            Items = Bytes(),
                        },
                    },
                },
            },
        },
    };
}
