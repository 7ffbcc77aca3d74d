using System.Diagnostics;
using DenseNetSharp.Classification;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace DenseNetSharp.Extensions.Hosting.Tests;

public sealed class TelemetryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<MetricSnapshot> _metrics = [];
    private readonly List<Activity> _activities = [];

    [Fact]
    public async Task Requests_images_times_queue_and_rejections_are_measured()
    {
        GatedNetwork? network = null;
        await using var service = await StartAsync(
            options => (options.WarmUp, options.MaxConcurrency, options.MaxQueue) = (false, 1, 1), load => network = new GatedNetwork(load));
        var file = Networks.Png(Networks.Image());
        var taken = Enumerable.Range(0, 2).Select(_ => service.Classifier.ClassifyAsync(file)).ToList();
        await Service.UntilAsync(() => network!.Calls.Count == 1, "one computes");
        var third = () => service.Classifier.ClassifyAsync(file);
        await third.Should().ThrowAsync<ImageRejectedException>();

        Collect(service);
        (Sum("densenet.queue.length"), Sum("densenet.active")).Should().Be((1, 1));
        (Sum("densenet.rejections", "queue_full"), Sum("densenet.requests", "queue_full")).Should().Be((1, 1));

        network!.Gate.Set();
        await Task.WhenAll(taken);
        var text = () => service.Classifier.ClassifyAsync("text"u8.ToArray());
        await text.Should().ThrowAsync<ImageRejectedException>();

        Collect(service);
        (Sum("densenet.queue.length"), Sum("densenet.active")).Should().Be((0, 0));
        (Sum("densenet.requests", null), Sum("densenet.images", null)).Should().Be((2, 2));
        Sum("densenet.rejections", "unsupported_format").Should().Be(1);
        Sum("densenet.loads", null).Should().Be(1);
        (Count("densenet.queue.duration"), Count("densenet.decode.duration"), Count("densenet.compute.duration")).Should().Be((3, 2, 2));
        _metrics.Select(metric => metric.Unit).Distinct().Should().BeEquivalentTo("s", "{request}", "{image}", "{load}");
        _metrics.Should().OnlyContain(metric => metric.MeterName == DenseNetTelemetry.MeterName && metric.Description.Length > 0);
    }

    [Fact]
    public async Task A_request_is_an_activity_with_its_decoding_and_computing()
    {
        await using var service = await StartAsync(_ => { }, load: null);

        await service.Classifier.ClassifyAsync(Networks.Png(Networks.Image()));
        var text = () => service.Classifier.ClassifyAsync("text"u8.ToArray());
        await text.Should().ThrowAsync<ImageRejectedException>();

        service.Services.GetRequiredService<TracerProvider>().ForceFlush();
        var roots = _activities.Where(activity => activity.OperationName == "densenet.classify").ToList();
        roots.Should().HaveCount(2).And.OnlyContain(activity => (string?)activity.GetTagItem("densenet.model") == "chest");
        Children(roots[0]).Should().Equal("densenet.decode", "densenet.compute");
        roots[0].Status.Should().Be(ActivityStatusCode.Unset);
        Children(roots[1]).Should().Equal("densenet.decode");
        (roots[1].Status, roots[1].GetTagItem("error.type")).Should().Be((ActivityStatusCode.Error, "unsupported_format"));

        IEnumerable<string> Children(Activity root) =>
            _activities.Where(activity => activity.ParentSpanId == root.SpanId).OrderBy(activity => activity.StartTimeUtc).Select(activity => activity.OperationName);
    }

    [Fact]
    public async Task In_a_web_application_it_is_part_of_the_servers_own_activity()
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        builder.Services.AddDenseNet(options => (options.File, options.Preset) = (_folder.Write("a.pth", seed: 1), Networks.Preset));
        // As docs/hosting.md has it.
        builder.Services.AddOpenTelemetry().WithTracing(traces => traces
            .AddSource("Microsoft.AspNetCore").AddSource(DenseNetTelemetry.ActivitySourceName).AddInMemoryExporter(_activities));
        await using var app = builder.Build();
        app.MapPost("/classify", async (Stream body, IImageClassifier classifier) => (await classifier.ClassifyAsync(body)).Best.Index);
        await app.StartAsync();
        await app.Services.GetRequiredService<IModelReloader>().WaitUntilReadyAsync().WaitAsync(TimeSpan.FromMinutes(1));
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        using var response = await client.PostAsync("/classify", new ByteArrayContent(Networks.Png(Networks.Image())));
        response.EnsureSuccessStatusCode();
        await app.StopAsync();

        app.Services.GetRequiredService<TracerProvider>().ForceFlush();
        var root = _activities.Single(activity => activity.OperationName == "densenet.classify");
        _activities.Should().ContainSingle(activity => activity.SpanId == root.ParentSpanId).Which.Source.Name.Should().Be("Microsoft.AspNetCore");
    }

    public void Dispose() => _folder.Dispose();

    private Task<Service> StartAsync(Action<DenseNetClassifierOptions> configure, Func<EngineRequest, IImageNetwork>? load)
    {
        var file = _folder.Write("a.pth", seed: 1);
        return Service.StartAsync(services =>
        {
            var builder = services.AddDenseNet("chest", options =>
            {
                (options.File, options.Preset) = (file, Networks.Preset);
                configure(options);
            });
            if (load is not null)
            {
                builder.UseEngine("own", load);
            }

            services.AddOpenTelemetry()
                .WithMetrics(metrics => metrics.AddMeter(DenseNetTelemetry.MeterName).AddInMemoryExporter(_metrics))
                .WithTracing(traces => traces.AddSource(DenseNetTelemetry.ActivitySourceName).AddInMemoryExporter(_activities));
        });
    }

    private void Collect(Service service)
    {
        _metrics.Clear();
        service.Services.GetRequiredService<MeterProvider>().ForceFlush();
    }

    /// <summary>A sum over the classifier's requests of one outcome, or of all.</summary>
    private long Sum(string name, string? error) =>
        Points(name).Where(point => TagOf(point, "densenet.model") == "chest" && TagOf(point, "error.type") == error).Sum(point => point.GetSumLong());

    private long Sum(string name) => Points(name).Sum(point => point.GetSumLong());

    private long Count(string name) => Points(name).Sum(point => point.GetHistogramCount());

    private IEnumerable<MetricPoint> Points(string name) => _metrics.Single(metric => metric.Name == name).MetricPoints;

    private static string? TagOf(MetricPoint point, string name)
    {
        foreach (var tag in point.Tags)
        {
            if (tag.Key == name)
            {
                return (string?)tag.Value;
            }
        }

        return null;
    }
}
