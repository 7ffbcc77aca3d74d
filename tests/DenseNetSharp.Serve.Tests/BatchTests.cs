using System.Net;
using System.Text;
using System.Text.Json;

namespace DenseNetSharp.Serve.Tests;

public sealed class BatchTests
{
    [Fact]
    public async Task A_line_is_there_as_soon_as_its_file_is_done_and_before_the_next_is_sent()
    {
        await using var service = await Service.StartAsync();
        using var request = await service.BeginAsync("/classify/batch?top=2");

        foreach (var (position, file) in Shipped.Sneakers.Take(4).Index())
        {
            await request.SendFileAsync($"{position}.png", await File.ReadAllBytesAsync(file), isLast: position == 3);

            var answer = JsonDocument.Parse(await request.ReadUntilAsync("{")).RootElement;
            ClassifyTests.PropertiesOf(answer).Should().Equal("image", "position", "predictions");
            answer.GetProperty("image").GetString().Should().Be($"{position}.png");
            answer.GetProperty("position").GetInt32().Should().Be(position);
            ClassifyTests.PredictionsOf(answer).Should().Equal(Shipped.Classify(file).Top(2));
        }

        await request.ReadUntilAsync("0");
    }

    [Fact]
    public async Task A_file_that_is_rejected_is_a_line_with_its_error_and_the_others_are_answered()
    {
        await using var service = await Service.StartAsync("DenseNet:MaxBytes=4000");
        var files = Enumerable.Range(0, 30).Select(i => ($"{i}.png", Bytes(i))).ToArray();

        using var response = await service.PostAsync("/classify/batch", files);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/x-ndjson");
        var lines = (await response.Content.ReadAsStringAsync()).TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement)
            .OrderBy(line => line.GetProperty("position").GetInt32()).ToArray();
        lines.Should().HaveCount(30);
        foreach (var (i, line) in lines.Index())
        {
            line.GetProperty("image").GetString().Should().Be($"{i}.png");
            var status = line.TryGetProperty("status", out var value) ? value.GetInt32() : 200;
            status.Should().Be((i % 5) switch { 1 => 415, 2 => 422, 3 => 413, _ => 200 });
            ClassifyTests.PredictionsOf(line).Any().Should().Be(status == 200);
            line.TryGetProperty("error", out var error).Should().Be(status != 200);
            (status == 200 || error.GetString()!.Length > 10).Should().BeTrue();
        }

        static byte[] Bytes(int i) => (i % 5) switch
        {
            1 => "no image"u8.ToArray(),
            2 => Shipped.Bag[..200],
            3 => ProblemTests.Noise(5000),
            _ => File.ReadAllBytes(Shipped.Sneakers[i]),
        };
    }

    [Fact]
    public async Task What_is_wrong_with_the_form_is_the_status_before_any_line_and_the_last_line_after_one()
    {
        await using var service = await Service.StartAsync("Serve:MaxBatchFiles=2", "Serve:MaxBatchBytes=20000", "DenseNet:MaxBytes=10000");
        using var none = await service.Client.PostAsync("/classify/batch", new MultipartFormDataContent());
        none.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        using var large = await service.PostAsync("/classify/batch", ("a.png", new byte[30_000]));
        large.StatusCode.Should().Be(HttpStatusCode.RequestEntityTooLarge);

        using var response = await service.PostAsync("/classify/batch", ("a.png", Shipped.Bag), ("b.png", Shipped.Bag), ("c.png", Shipped.Bag));

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        var lines = (await response.Content.ReadAsStringAsync()).TrimEnd('\n').Split('\n');
        lines.Should().HaveCount(3);
        lines[2].Should().Be("""{"image":"","predictions":[],"error":"The form has more than 2 files.","status":413}""");
    }

    [Fact]
    public async Task A_form_that_ends_early_is_told_on_the_last_line()
    {
        await using var service = await Service.StartAsync();
        using var request = await service.BeginAsync("/classify/batch");
        await request.SendFileAsync("a.png", Shipped.Bag);
        await request.SendHeaderAsync("b.png");
        await request.SendChunkAsync(Encoding.ASCII.GetBytes("the beginning of a file"));

        await request.SendAsync(SlowRequest.End);

        (await request.ReadUntilAsync("{")).Should().StartWith("""{"image":"a.png","position":0,""");
        (await request.ReadUntilAsync("{")).Should().Be("""{"image":"","predictions":[],"error":"The form is damaged or ends early.","status":400}""");
    }
}
