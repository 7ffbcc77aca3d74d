using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using DenseNetSharp.Images;

namespace DenseNetSharp.Serve.Tests;

public sealed class ProblemTests : IDisposable
{
    private const string Multipart = "multipart/form-data; boundary=x";
    private const string FileHeader = "Content-Disposition: form-data; name=\"file\"; filename=\"a\"";

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string, HttpStatusCode, string> Uploads => new()
    {
        { "/classify", "text", HttpStatusCode.UnsupportedMediaType, "a.png: Not a usable image: it is none of *" },
        { "/classify", "half", HttpStatusCode.UnprocessableEntity, "a.png: Not a usable image: *" },
        { "/classify", "nothing", HttpStatusCode.UnprocessableEntity, "a.png: *it is empty.*" },
        { "/classify", "many bytes", HttpStatusCode.RequestEntityTooLarge, "a.png: *4000*" },
        { "/classify", "many pixels", HttpStatusCode.RequestEntityTooLarge, "a.png: *10000*" },
        { "/explain", "text", HttpStatusCode.UnsupportedMediaType, "a.png: Not a usable image: it is none of *" },
        { "/explain", "half", HttpStatusCode.UnprocessableEntity, "a.png: Not a usable image: *" },
        { "/explain", "many pixels", HttpStatusCode.RequestEntityTooLarge, "a.png: *10000*" },
        { "/classify?top=0", "image", HttpStatusCode.BadRequest, "top is 0; it must be 1 or more." },
        { "/classify/batch?top=-1", "image", HttpStatusCode.BadRequest, "top is -1; it must be 1 or more." },
    };

    public static TheoryData<string, HttpContent, HttpStatusCode, string> Forms => new()
    {
        { "json", new StringContent("{}", Encoding.UTF8, "application/json"), HttpStatusCode.UnsupportedMediaType, "*it must be multipart/form-data." },
        { "bare bytes", new ByteArrayContent(Shipped.Bag), HttpStatusCode.UnsupportedMediaType, "The request is of no type; *" },
        { "no boundary", WithType("multipart/form-data"), HttpStatusCode.BadRequest, "The form's boundary is missing *" },
        { "an address", Form(new StringContent("http://127.0.0.1/a.png")), HttpStatusCode.BadRequest, "*no address is fetched." },
        { "another field", Form(new ByteArrayContent(Shipped.Bag), "url"), HttpStatusCode.BadRequest, "The form has another field than 'file'." },
        { "no field", WithType(Multipart, "--x--\r\n"), HttpStatusCode.BadRequest, "The form has no field 'file' with an image." },
        { "no end", WithType(Multipart, $"--x\r\n{FileHeader}\r\n\r\nabc"), HttpStatusCode.BadRequest, "The form is damaged or ends early." },
        { "no form", WithType(Multipart, "abc"), HttpStatusCode.BadRequest, "The form is damaged or ends early." },
        { "too many files", Files(4), HttpStatusCode.RequestEntityTooLarge, "The form has more than 3 files." },
        { "too long", Form(new ByteArrayContent(new byte[60_000])), HttpStatusCode.RequestEntityTooLarge, "*50000*" },
    };

    [Theory]
    [MemberData(nameof(Uploads))]
    public async Task An_image_that_is_not_taken_is_a_problem(string path, string image, HttpStatusCode status, string detail)
    {
        await using var service = await Service.StartAsync("DenseNet:MaxBytes=4000", "DenseNet:MaxPixels=10000");

        using var response = await service.PostAsync(path, ("a.png", Bytes(image)));

        await CheckAsync(response, status, detail);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_form_that_is_none_is_a_problem(string what, HttpContent form, HttpStatusCode status, string detail)
    {
        await using var service = await Service.StartAsync("Serve:MaxFiles=3", "Serve:MaxRequestBytes=50000", "DenseNet:MaxBytes=40000");

        using var response = await service.Client.PostAsync("/classify", form);

        await CheckAsync(response, status, detail, what);
    }

    [Theory]
    [InlineData("GET", "/nothing", HttpStatusCode.NotFound, "There is nothing at /nothing.")]
    [InlineData("GET", "/classify", HttpStatusCode.MethodNotAllowed, "/classify does not take GET, but POST.")]
    [InlineData("GET", "/examples/..%2Frun.json", HttpStatusCode.NotFound, "There is no example '..%2Frun.json'.")]
    [InlineData("GET", "/examples/run.json", HttpStatusCode.NotFound, "There is no example 'run.json'.")]
    [InlineData("POST", "/classify?top=many", HttpStatusCode.BadRequest, "A value in ?top=many is not of its parameter's type; /openapi.json has the types.")]
    public async Task So_is_what_no_endpoint_takes(string method, string path, HttpStatusCode status, string detail)
    {
        await using var service = await Service.StartAsync();

        using var response = await service.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        await CheckAsync(response, status, detail);
    }

    [Theory]
    [InlineData("\"\"", "unnamed")]
    [InlineData("\"C:\\pictures\\\"", "unnamed")]
    [InlineData("\"../../a.png\"", "a.png")]
    [InlineData("b.png", "b.png")]
    public async Task A_file_is_named_without_folders_or_called_unnamed(string filename, string name)
    {
        await using var service = await Service.StartAsync();
        using var form = WithType(Multipart, $"--x\r\nContent-Disposition: form-data; name=\"file\"; filename={filename}\r\n\r\nno image\r\n--x--\r\n");

        using var response = await service.Client.PostAsync("/classify", form);

        await CheckAsync(response, HttpStatusCode.UnsupportedMediaType, $"{name}: Not a usable image: *");
    }

    [Fact]
    public async Task Without_a_network_requests_are_told_to_come_back()
    {
        var file = _folder.Write("no-checkpoint.pth", "not a checkpoint"u8.ToArray());
        await using var service = await Service.StartUnreadyAsync($"DenseNet:File={file}");
        foreach (var path in new[] { "/classify", "/explain" })
        {
            using var response = await service.PostAsync(path, ("a.png", Shipped.Bag));
            await CheckAsync(response, HttpStatusCode.ServiceUnavailable);
            response.Headers.RetryAfter!.ToString().Should().Be("1");
        }

        using var model = await service.Client.GetAsync("/model");
        await CheckAsync(model, HttpStatusCode.ServiceUnavailable);
        using var ready = await service.Client.GetAsync("/health/ready");
        (ready.StatusCode, await ready.Content.ReadAsStringAsync()).Should().Be((HttpStatusCode.ServiceUnavailable, """{"status":"Unhealthy"}"""));
        using var live = await service.Client.GetAsync("/health/live");
        (live.StatusCode, await live.Content.ReadAsStringAsync()).Should().Be((HttpStatusCode.OK, """{"status":"Healthy"}"""));
    }

    [Fact]
    public async Task More_requests_than_an_address_may_send_are_rejected_and_others_than_uploads_are_not()
    {
        await using var service = await Service.StartAsync("Serve:RequestsPerSecond=1", "Serve:Burst=3");
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 10; i++)
        {
            using var response = await service.PostAsync("/classify", ("a.png", Shipped.Bag));
            statuses.Add(response.StatusCode);
            if (response.StatusCode == HttpStatusCode.TooManyRequests)
            {
                await CheckAsync(response, HttpStatusCode.TooManyRequests, "Too many requests came from this address; try again in a second.");
                response.Headers.RetryAfter!.ToString().Should().Be("1");
            }
        }

        statuses.Take(3).Should().AllBeEquivalentTo(HttpStatusCode.OK);
        statuses.Should().Contain(HttpStatusCode.TooManyRequests);
        using var ready = await service.Client.GetAsync("/health/ready");
        ready.StatusCode.Should().Be(HttpStatusCode.OK);
        await Task.Delay(TimeSpan.FromSeconds(1.5));
        using var later = await service.PostAsync("/classify", ("a.png", Shipped.Bag));
        later.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_full_queue_rejects_and_a_slow_upload_ends_in_time()
    {
        await using var service = await Service.StartAsync(
            "DenseNet:MaxConcurrency=1", "DenseNet:MaxQueue=0", "Serve:RequestTimeout=00:00:03");
        using var slow = await service.BeginAsync("/classify");
        await slow.SendHeaderAsync("slow.png");
        // Read by now, and in its place a moment later.
        await Task.Delay(500);

        using var response = await service.PostAsync("/classify", ("a.png", Shipped.Bag));

        await CheckAsync(response, HttpStatusCode.TooManyRequests, "a.png: 1 requests are under way and 0 wait, as many as may.");
        response.Headers.RetryAfter!.ToString().Should().Be("1");
        (await slow.ReadLineAsync()).Should().Be("HTTP/1.1 408 Request Timeout");
        (await slow.ReadUntilAsync("{")).Should().Contain("The request took longer than 3 s.");
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Checks that an answer is problem details.</summary>
    internal static async Task CheckAsync(HttpResponseMessage response, HttpStatusCode status, string? detail = null, string because = "")
    {
        response.StatusCode.Should().Be(status, because);
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
        response.Headers.GetValues("X-Content-Type-Options").Should().Equal("nosniff");
        var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        problem.GetProperty("status").GetInt32().Should().Be((int)status);
        problem.GetProperty("title").GetString().Should().NotBeNullOrEmpty();
        if (detail is not null)
        {
            problem.GetProperty("detail").GetString().Should().Match(detail, because);
        }
    }

    private static byte[] Bytes(string image) => image switch
    {
        "text" => "What is neither a picture nor empty."u8.ToArray(),
        "nothing" => [],
        "half" => Shipped.Bag[..300],
        "many bytes" => Noise(5000),
        "many pixels" => Black(200, 100),
        _ => Shipped.Bag,
    };

    /// <summary>A PNG of at least so many bytes.</summary>
    internal static byte[] Noise(int bytes)
    {
        var pixels = new byte[3 * bytes];
        new Random(1).NextBytes(pixels);
        using var file = new MemoryStream();
        new RgbImage(bytes, 1, pixels).SavePng(file);
        return file.ToArray();
    }

    private static byte[] Black(int width, int height)
    {
        using var file = new MemoryStream();
        new RgbImage(width, height, new byte[3 * width * height]).SavePng(file);
        return file.ToArray();
    }

    private static ByteArrayContent WithType(string type, string text = "") =>
        new(Encoding.ASCII.GetBytes(text)) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } };

    private static MultipartFormDataContent Form(HttpContent content, string name = "file") =>
        content is StringContent ? new() { { content, name } } : new() { { content, name, "a.png" } };

    private static MultipartFormDataContent Files(int count)
    {
        var form = new MultipartFormDataContent();
        for (var i = 0; i < count; i++)
        {
            form.Add(new ByteArrayContent(Shipped.Bag), "file", $"{i}.png");
        }

        return form;
    }
}
