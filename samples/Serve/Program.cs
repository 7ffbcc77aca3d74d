using System.Net.Sockets;
using DenseNetSharp.Serve;
using Microsoft.Extensions.Options;

// A web service over a checkpoint: uploads in, classes and heat maps out, and a page to try it with (docs/serve.md).
//
//     dotnet run --project samples/Serve                                   # the shipped Fashion-MNIST network
//     dotnet run --project samples/Serve -- --DenseNet:File=run/best.pth   # a run of one's own
//     curl -F file=@rose.jpg localhost:5000/classify

try
{
    await using var app = ServeApplication.Create(args);
    await app.RunAsync();
    return 0;
}
catch (Exception exception) when (exception is OptionsValidationException or ServeSettingException
    or InvalidDataException // A file of settings is no JSON.
    or IOException or SocketException // The address is taken, or another machine's.
    or FormatException) // The address is none.
{
    Console.Error.WriteLine(exception switch
    {
        OptionsValidationException options => string.Join(Environment.NewLine, options.Failures),
        InvalidDataException => $"{exception.Message} {exception.GetBaseException().Message}",
        _ => exception.Message,
    });
    return 1;
}
