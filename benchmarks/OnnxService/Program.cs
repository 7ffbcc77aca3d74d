using DenseNetSharp.Benchmarks.OnnxService;
using Microsoft.AspNetCore.Http.Features;

// What samples/Serve is compared with: the same service, written on ONNX Runtime and SkiaSharp.
//
//     OnnxService --Onnx=FILE --Resize=256 --Crop=224 --Threads=2 --urls http://127.0.0.1:5000

const long MostBytes = 20 << 20;
const int Top = 5;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = MostBytes);
builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, AnswersJson.Default));
var configuration = builder.Configuration;
using var classifier = new Classifier(
    configuration["Onnx"]!, configuration.GetValue<int>("Resize"), configuration.GetValue<int>("Crop"), configuration.GetValue<int>("Threads"));
var app = builder.Build();

// In memory, whatever the size: a file on disk would cost more.
var form = new FormOptions { MemoryBufferThreshold = (int)MostBytes, MultipartBodyLengthLimit = MostBytes };
app.MapGet("/health/ready", () => "Healthy");
app.MapPost("/classify", async (HttpRequest request, CancellationToken cancellationToken) =>
{
    var answers = new List<Answer>();
    foreach (var file in (await request.ReadFormAsync(form, cancellationToken)).Files)
    {
        try
        {
            answers.Add(new Answer(file.FileName, await classifier.ClassifyAsync(file, Top, cancellationToken)));
        }
        catch (RejectedException exception)
        {
            return Results.Problem(exception.Message, statusCode: exception.Status);
        }
    }

    return Results.Ok(answers);
});
app.Run();
