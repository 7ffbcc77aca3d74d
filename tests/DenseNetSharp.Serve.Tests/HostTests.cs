using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DenseNetSharp.Serve.Tests;

public sealed class HostTests
{
    [Fact]
    public async Task The_OpenAPI_document_has_every_endpoint_and_the_form()
    {
        await using var service = await Service.StartAsync();

        var document = JsonDocument.Parse(await service.Client.GetStringAsync("/openapi.json")).RootElement;

        var listed = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => $"{operation.Name.ToUpperInvariant()} {path.Name}"));
        var mapped = service.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(endpoint => endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods
                .Select(method => $"{method} {endpoint.RoutePattern.RawText}"));
        // The page's own files and the document are no part of the API.
        listed.Should().BeEquivalentTo(mapped.Except(["GET /", "GET /serve.css", "GET /serve.js", "GET /icon.svg", "GET /openapi.json"]));
        Types("/explain", "post").Should().BeEquivalentTo("image/png", "application/json");
        Types("/examples/{name}", "get").Should().Contain(["image/png", "image/jpeg"]);
        Types("/health/ready", "get").Should().Equal("application/json");
        var top = document.GetProperty("paths").GetProperty("/classify").GetProperty("post").GetProperty("parameters")[0];
        (top.GetProperty("name").GetString(), top.GetProperty("schema").GetProperty("minimum").GetInt32()).Should().Be(("top", 1));
        foreach (var path in new[] { "/classify", "/classify/batch", "/explain" })
        {
            var operation = document.GetProperty("paths").GetProperty(path).GetProperty("post");
            operation.GetProperty("requestBody").GetProperty("content").GetProperty("multipart/form-data").GetProperty("schema")
                .GetProperty("properties").GetProperty("file").GetProperty("items").GetProperty("format").GetString().Should().Be("binary");
            operation.GetProperty("responses").EnumerateObject().Select(response => response.Name)
                .Should().Contain(["200", "400", "408", "413", "415", "422", "429", "503"]);
        }

        IEnumerable<string> Types(string path, string method) => document.GetProperty("paths").GetProperty(path).GetProperty(method)
            .GetProperty("responses").GetProperty("200").GetProperty("content").EnumerateObject().Select(content => content.Name);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/serve.js")]
    [InlineData("/openapi.json")]
    [InlineData("/model")]
    [InlineData("/examples")]
    [InlineData("/examples/bag.png")]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task A_HEAD_has_the_head_of_the_GET(string path)
    {
        await using var service = await Service.StartAsync();
        using var whole = await service.Client.GetAsync(path);

        using var response = await service.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Content.Headers.ContentType.Should().Be(whole.Content.Headers.ContentType);
        (await response.Content.ReadAsByteArrayAsync()).Should().BeEmpty();
    }

    [Theory]
    [InlineData("Serve:MaxRequestBytes=1000")]
    [InlineData("Serve:MaxBatchBytes=1000")]
    [InlineData("DenseNet:MaxBytes=100000000")]
    public async Task A_request_that_may_not_be_as_large_as_an_image_keeps_the_service_from_starting(string setting)
    {
        var start = () => Service.StartAsync(setting);

        (await start.Should().ThrowAsync<OptionsValidationException>())
            .WithMessage("Serve:Max*Bytes is * and DenseNet:MaxBytes *; a request must be larger than the image in it.");
    }

    [Fact]
    public async Task A_stop_waits_for_the_request_that_is_under_way()
    {
        await using var service = await Service.StartAsync();
        using var request = await service.BeginAsync("/classify?top=1");
        await request.SendHeaderAsync("bag.png");
        await request.SendChunkAsync(Shipped.Bag[..100]);

        var stopping = service.App.StopAsync();
        await Task.Delay(200);
        stopping.IsCompleted.Should().BeFalse();
        await request.SendRestAsync(Shipped.Bag[100..], isLast: true);

        (await request.ReadLineAsync()).Should().Be("HTTP/1.1 200 OK");
        (await request.ReadUntilAsync("[")).Should().Contain("\"label\":\"Bag\"");
        await stopping;
        var ask = () => service.Client.GetStringAsync("/health/live");
        await ask.Should().ThrowAsync<HttpRequestException>();
    }

    [Theory]
    [InlineData("/", "text/html")]
    [InlineData("/serve.css", "text/css")]
    [InlineData("/serve.js", "text/javascript")]
    [InlineData("/icon.svg", "image/svg+xml")]
    public async Task The_pages_files_come_once_and_run_nothing_of_others(string path, string type)
    {
        await using var service = await Service.StartAsync();

        using var response = await service.Client.GetAsync(path);

        response.Content.Headers.ContentType!.MediaType.Should().Be(type);
        response.Headers.GetValues("Content-Security-Policy").Single().Should().StartWith("default-src 'none'; script-src 'self';").And.NotContain("unsafe");
        using var again = new HttpRequestMessage(HttpMethod.Get, path);
        again.Headers.IfNoneMatch.Add(response.Headers.ETag!);
        using var unchanged = await service.Client.SendAsync(again);
        unchanged.StatusCode.Should().Be(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task Examples_are_those_of_the_shipped_network_or_of_a_folder()
    {
        using var folder = new TemporaryFolder();
        folder.Write("b.jpg", [1]);
        folder.Write("a.png", [2, 3]);
        folder.Write("secret.txt", [4]);
        await using var shipped = await Service.StartAsync();
        await using var own = await Service.StartAsync($"DenseNet:File={Shipped.Checkpoint}", $"Serve:Examples={folder.Path}");
        await using var none = await Service.StartAsync($"DenseNet:File={Shipped.Checkpoint}");

        (await shipped.Client.GetStringAsync("/examples")).Should().Be("""["ankle boot.png","bag.png","dress.png"]""");
        (await shipped.Client.GetByteArrayAsync("/examples/ankle%20boot.png")).Should().Equal(await File.ReadAllBytesAsync(Shipped.Example("ankle boot")));
        (await own.Client.GetStringAsync("/examples")).Should().Be("""["a.png","b.jpg"]""");
        (await own.Client.GetByteArrayAsync("/examples/a.png")).Should().Equal(2, 3);
        (await none.Client.GetStringAsync("/examples")).Should().Be("[]");
    }

    [Theory]
    [InlineData("Serve:RequestsPerSecond", "-1", "Serve:RequestsPerSecond is -1; it must be 0 or more.")]
    [InlineData("Serve:Burst", "0", "Serve:Burst is 0; it must be 1 or more.")]
    [InlineData("Serve:RequestTimeout", "00:00:00", "Serve:RequestTimeout is 00:00:00; it must be above zero and a day at most, such as 00:01:00.")]
    [InlineData("Serve:BatchTimeout", "30", "Serve:BatchTimeout is 30.00:00:00; it must be above zero and a day at most, such as 00:01:00.")]
    [InlineData("Serve", "3", "Serve is '3'; it must be a section of RequestsPerSecond, *")]
    [InlineData("Serve:Burst:0", "3", "Serve:Burst is a list or a section; it must be one value.")]
    [InlineData("Serve:Bursts:0", "9", "Serve:Bursts is no setting; there are RequestsPerSecond, Burst, *")]
    [InlineData("Serve:Bursts", "9", "Serve:Bursts is no setting; there are RequestsPerSecond, Burst, *")]
    [InlineData("Serve:MaxFiles", "many", "*Serve:MaxFiles*")]
    [InlineData("Serve:Examples", "/no/such/folder", "Serve:Examples is /no/such/folder; there is no such folder.")]
    public void A_setting_that_is_impossible_is_named(string key, string value, string sentence)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(key, value)]).Build();

        var read = () => ServeSettings.Of(configuration);

        read.Should().Throw<ServeSettingException>().WithMessage(sentence);
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "20010DB800010002")]
    [InlineData("2001:db8:1:2:ffff::1", "20010DB800010002")]
    [InlineData("2001:db8:1:3::1", "20010DB800010003")]
    public void Addresses_of_one_client_are_one(string address, string client) => RateLimits.ClientOf(IPAddress.Parse(address)).Should().Be(client);
}
