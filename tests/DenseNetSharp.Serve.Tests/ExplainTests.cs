using System.Net;
using System.Text.Json;
using DenseNetSharp.Images;

namespace DenseNetSharp.Serve.Tests;

public sealed class ExplainTests
{
    [Theory]
    [InlineData("/explain", "*/*", null)]
    [InlineData("/explain?class=Dress", "image/*", 3)]
    [InlineData("/explain?class=7", "application/json;q=0, */*;q=0.1", 7)]
    public async Task A_picture_is_the_librarys_own(string path, string accept, int? index)
    {
        await using var service = await Service.StartAsync();

        using var response = await service.PostAsync(path, accept, "bag.png", Shipped.Bag);

        response.Content.Headers.ContentType!.MediaType.Should().Be("image/png");
        var picture = RgbImage.Decode(await response.Content.ReadAsByteArrayAsync());
        picture.Pixels.Should().Equal(Shipped.Explain(Shipped.Example("bag"), index).Overlay().Pixels);
    }

    [Fact]
    public async Task A_second_file_is_refused_before_anything_is_answered()
    {
        await using var service = await Service.StartAsync();

        using var response = await service.PostAsync("/explain", ("bag.png", Shipped.Bag), ("again.png", Shipped.Bag));

        response.StatusCode.Should().Be(HttpStatusCode.RequestEntityTooLarge);
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("image/png;q=0.5, application/json")]
    [InlineData("image/png;q=0, */*")]
    [InlineData("image/*;q=0.2, application/*;q=0.3")]
    [InlineData("*/*;q=0.1, application/json;q=0.2")]
    public async Task Numbers_are_the_librarys_own(string accept)
    {
        await using var service = await Service.StartAsync();

        using var response = await service.PostAsync("/explain?class=Coat", accept, "bag.png", Shipped.Bag);

        var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        var own = Shipped.Explain(Shipped.Example("bag"), classIndex: 4);
        (answer.GetProperty("index").GetInt32(), answer.GetProperty("label").GetString()).Should().Be((4, "Coat"));
        (answer.GetProperty("width").GetInt32(), answer.GetProperty("height").GetInt32()).Should().Be((28, 28));
        var area = answer.GetProperty("area");
        new ImageArea(Side("left"), Side("top"), Side("width"), Side("height")).Should().Be(own.Area);
        var map = answer.GetProperty("map");
        (map.GetProperty("height").GetInt32(), map.GetProperty("width").GetInt32()).Should().Be((own.Map.Height, own.Map.Width));
        map.GetProperty("values").EnumerateArray().Select(value => value.GetSingle()).Should().Equal(own.Map.Normalized());

        double Side(string name) => area.GetProperty(name).GetDouble();
    }

    [Theory]
    [InlineData("/explain?class=Hat", "*/*", HttpStatusCode.BadRequest, "There is no class 'Hat'.")]
    [InlineData("/explain?class=10", "*/*", HttpStatusCode.BadRequest, "There is no class '10'.")]
    [InlineData("/explain", "text/html", HttpStatusCode.NotAcceptable, "An explanation is image/png or application/json.")]
    [InlineData("/explain", "image/png;q=0", HttpStatusCode.NotAcceptable, "An explanation is image/png or application/json.")]
    public async Task What_cannot_be_is_told(string path, string accept, HttpStatusCode status, string detail)
    {
        await using var service = await Service.StartAsync();

        using var response = await service.PostAsync(path, accept, "bag.png", Shipped.Bag);

        await ProblemTests.CheckAsync(response, status, detail);
    }

    [Fact]
    public async Task More_heat_maps_than_may_be_made_are_rejected()
    {
        await using var service = await Service.StartAsync("Serve:MaxExplanations=1", "Serve:MaxExplanationQueue=0");
        using var slow = await service.BeginAsync("/explain");
        await slow.SendHeaderAsync("bag.png");

        using var response = await service.PostAsync("/explain", ("bag.png", Shipped.Bag));

        await ProblemTests.CheckAsync(response, HttpStatusCode.TooManyRequests, "As many requests for heat maps are under way or wait as may.");
        await slow.SendRestAsync(Shipped.Bag, isLast: true);
        (await slow.ReadLineAsync()).Should().Be("HTTP/1.1 200 OK");
    }

    [Fact]
    public async Task A_slow_client_takes_nobodys_turn()
    {
        await using var service = await Service.StartAsync("Serve:MaxExplanations=1", "Serve:MaxExplanationQueue=2");
        using var slow = await service.BeginAsync("/explain");
        await slow.SendHeaderAsync("bag.png");
        using var slower = await service.BeginAsync("/explain");

        using var response = await service.PostAsync("/explain", ("bag.png", Shipped.Bag));

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        await slow.SendRestAsync(Shipped.Bag, isLast: true);
        (await slow.ReadLineAsync()).Should().Be("HTTP/1.1 200 OK");
        await slower.SendFileAsync("bag.png", Shipped.Bag, isLast: true);
        (await slower.ReadLineAsync()).Should().Be("HTTP/1.1 200 OK");
    }
}
