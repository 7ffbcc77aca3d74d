using DenseNetSharp.Extensions.Hosting;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Options;

namespace DenseNetSharp.Serve;

/// <summary>The service, put together.</summary>
internal static class ServeApplication
{
    private static readonly string _shipped = Path.Combine(AppContext.BaseDirectory, "shipped");

    /// <summary>Makes the service; what the arguments and the environment say is checked when it starts.</summary>
    /// <exception cref="ServeSettingException">A setting of the service's own is impossible.</exception>
    public static WebApplication Create(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        // Below whatever the configuration says: a line a rejected image, none a request, nor a probe before the network is loaded, which says
        // itself when that fails, nor a failed start, of which Program says what it is.
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData =
            [
                new("Logging:LogLevel:Microsoft.AspNetCore", "Warning"),
                new("Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks", "None"),
                new("Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host", "None"),
            ],
        });
        var settings = ServeSettings.Of(builder.Configuration);
        var isShipped = string.IsNullOrEmpty(builder.Configuration["DenseNet:File"]);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = settings.MaxRequestBytes;
        });

        var services = builder.Services;
        services.AddSingleton(settings);
        services.AddSingleton<IValidateOptions<DenseNetClassifierOptions>>(new UploadLimits(settings));
        services.AddDenseNet(options => options.File ??= Path.Combine(_shipped, "fashion-mnist.pth"));
        services.AddHealthChecks().AddDenseNet();
        services.AddSingleton(new Examples(settings.Examples ?? (isShipped ? Path.Combine(_shipped, "examples") : "")));
        services.AddSingleton<Explanations>();
        services.ConfigureHttpJsonOptions(json => AnswersJson.Configure(json.SerializerOptions));
        services.AddProblemDetails(options => options.CustomizeProblemDetails = Problems.Complete);
        services.AddExceptionHandler<Problems>();
        services.AddRateLimiter(limiter => RateLimits.Configure(limiter, settings));
        services.AddRequestTimeouts(timeouts =>
        {
            timeouts.AddPolicy(Timeouts.Request, Timeouts.Of(settings.RequestTimeout));
            timeouts.AddPolicy(Timeouts.Batch, Timeouts.Of(settings.BatchTimeout));
        });
        services.AddOpenApi(OpenApiText.Configure);

        var app = builder.Build();
        app.Use(Page.AddHeadersAsync);
        app.Use(AnswerHeadAsync);
        app.UseRouting();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseRateLimiter();
        app.UseRequestTimeouts();
        app.MapOpenApi("/openapi.json");
        Page.Map(app);
        HealthEndpoints.Map(app);
        ClassifyEndpoints.Map(app);
        ExplainEndpoint.Map(app);
        return app;
    }

    /// <summary>Lets endpoints take a HEAD for its GET; the server sends no body to it, whatever they write.</summary>
    private static Task AnswerHeadAsync(HttpContext context, RequestDelegate next)
    {
        if (HttpMethods.IsHead(context.Request.Method))
        {
            context.Request.Method = HttpMethods.Get;
        }

        return next(context);
    }
}

/// <summary>How long requests may take, uploads included.</summary>
internal static class Timeouts
{
    public const string Request = "request";
    public const string Batch = "batch";

    public static RequestTimeoutPolicy Of(TimeSpan timeout) => new()
    {
        Timeout = timeout,
        TimeoutStatusCode = StatusCodes.Status408RequestTimeout,
        WriteTimeoutResponse = context => Problems.WriteAsync(
            context, StatusCodes.Status408RequestTimeout, FormattableString.Invariant($"The request took longer than {timeout.TotalSeconds} s.")),
    };
}
