using DenseNetSharp.Serve;
using Microsoft.Extensions.Options;

// A web service over a checkpoint: uploads in, classes and heat maps out, and a page to try it with (docs/serve.md).
//
//     dotnet run --project samples/Serve                                   # the shipped Fashion-MNIST network
//     dotnet run --project samples/Serve -- --DenseNet:File=run/best.pth   # a run of one's own
//     curl -F file=@rose.jpg localhost:5000/classify

var isStarted = false;
try
{
    await using var app = ServeApplication.Create(args);
    await app.StartAsync();
    isStarted = true;
    await app.WaitForShutdownAsync();
    return 0;
}
catch (OperationCanceledException) when (!isStarted)
{
    // It was told to end before it had begun.
    return 0;
}
catch (Exception exception) when (!isStarted)
{
    Console.Error.WriteLine(exception switch
    {
        OptionsValidationException options => string.Join(Environment.NewLine, options.Failures),
        // Of a file of settings that is no JSON.
        InvalidDataException => $"{exception.Message} {exception.GetBaseException().Message}",
        _ => exception.Message,
    });
    return 1;
}
