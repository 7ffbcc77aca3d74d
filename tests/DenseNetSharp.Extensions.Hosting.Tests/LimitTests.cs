using DenseNetSharp.Images;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DenseNetSharp.Extensions.Hosting.Tests;

public sealed class LimitTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private GatedNetwork? _network;

    public static TheoryData<string, string, RejectionReason, int, string> Unusable => new()
    {
        { "too many bytes", "png of 200x100", RejectionReason.TooManyBytes, 413, "*4000*" },
        { "too many pixels", "gray png of 200x100", RejectionReason.TooManyPixels, 413, "*its header says 200x100 pixels, more than the limit of 10000*" },
        { "no image", "text", RejectionReason.UnsupportedFormat, 415, "*it is none of JPEG, PNG, *" },
        { "nothing", "nothing", RejectionReason.UnusableImage, 422, "*it is empty.*" },
        { "half an image", "half a png", RejectionReason.UnusableImage, 422, "Not a usable image: *" },
    };

    [Theory]
    [MemberData(nameof(Unusable))]
    public async Task An_image_that_is_not_taken_is_rejected_with_its_reason(string what, string image, RejectionReason reason, int status, string sentence)
    {
        var bytes = Bytes(image);
        await using var service = await StartAsync(options => (options.MaxBytes, options.MaxPixels) = (4000, 10_000));
        Func<Task>[] ways =
        [
            () => service.Classifier.ClassifyAsync(bytes),
            () => service.Classifier.ClassifyAsync(new MemoryStream(bytes)),
            () => service.Classifier.ClassifyAsync(new Trickle(bytes)),
            () => service.Classifier.ExplainAsync(new MemoryStream(bytes)),
        ];

        foreach (var ask in ways)
        {
            var exception = (await ask.Should().ThrowAsync<ImageRejectedException>(what)).WithMessage(sentence).Which;
            (exception.Reason, exception.HttpStatus).Should().Be((reason, status));
        }

        (await service.Classifier.ClassifyAsync(Networks.Png(Networks.Image(width: 20, height: 20)))).Logits.Should().HaveCount(3);
    }

    [Fact]
    public async Task An_upload_that_breaks_off_is_the_callers_matter_and_no_error_in_the_log()
    {
        await using var service = await StartAsync(_ => { });
        var ask = () => service.Classifier.ClassifyAsync(new BrokenStream());

        (await ask.Should().ThrowAsync<IOException>()).WithMessage("the client is gone");
        service.Log.Should().NotContain(line => line.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task An_image_too_small_for_the_network_is_unusable()
    {
        var preset = _folder.Write("own.json", """{"name": "own", "mean": [0, 0, 0], "std": [1, 1, 1]}"""u8.ToArray());
        await using var service = await StartAsync(options => (options.Preset, options.WarmUp) = (preset, false));

        var ask = () => service.Classifier.ClassifyAsync(Networks.Image(width: 2, height: 2));

        (await ask.Should().ThrowAsync<ImageRejectedException>()).Which.Reason.Should().Be(RejectionReason.UnusableImage);
    }

    [Fact]
    public async Task Requests_beyond_those_that_may_wait_are_rejected_at_once_and_the_others_answered()
    {
        await using var service = await StartGatedAsync(options => (options.MaxConcurrency, options.MaxQueue) = (2, 3));
        var image = Networks.Image();
        var taken = Enumerable.Range(0, 5).Select(_ => service.Classifier.ClassifyAsync(image)).ToList();
        await Service.UntilAsync(() => _network!.Calls.Count == 2, "two compute");

        var ask = () => service.Classifier.ClassifyAsync(image);
        var exception = (await ask.Should().ThrowAsync<ImageRejectedException>()).WithMessage("2 requests are under way and 3 wait, as many as may.").Which;
        (exception.Reason, exception.HttpStatus).Should().Be((RejectionReason.QueueFull, 429));
        taken.Should().OnlyContain(task => !task.IsCompleted);
        _network!.Calls.Should().HaveCount(2);

        _network.Gate.Set();
        foreach (var result in await Task.WhenAll(taken))
        {
            result.Logits.Should().Equal(Networks.Logits(_folder.File("a.pth"), image));
        }

        await ask.Should().NotThrowAsync();
    }

    [Fact]
    public async Task A_request_that_is_cancelled_while_it_waits_gives_its_place_to_another()
    {
        await using var service = await StartGatedAsync(options => (options.MaxConcurrency, options.MaxQueue) = (1, 1));
        var image = Networks.Image();
        var first = service.Classifier.ClassifyAsync(image);
        await Service.UntilAsync(() => _network!.Calls.Count == 1, "one computes");
        using var cancellation = new CancellationTokenSource();
        var waiting = service.Classifier.ClassifyAsync(image, cancellation.Token);

        await cancellation.CancelAsync();
        await ((Func<Task>)(() => waiting)).Should().ThrowAsync<OperationCanceledException>();
        var next = service.Classifier.ClassifyAsync(image);
        _network!.Gate.Set();

        (await Task.WhenAll(first, next)).Should().HaveCount(2);
        _network.Calls.Should().HaveCount(2);
    }

    [Fact]
    public async Task A_stream_that_is_slow_holds_a_place_and_no_turn()
    {
        await using var service = await StartAsync(options => (options.MaxConcurrency, options.MaxQueue) = (1, 1));
        var image = Networks.Image();
        using var pipe = new SlowStream();
        var slow = service.Classifier.ClassifyAsync(pipe);
        await Service.UntilAsync(() => pipe.IsRead, "it is read");

        (await service.Classifier.ClassifyAsync(image)).Logits.Should().HaveCount(3);

        pipe.Bytes.SetResult(Networks.Png(image));
        (await slow).Logits.Should().Equal(Networks.Logits(_folder.File("a.pth"), image));
    }

    [Fact]
    public async Task After_the_services_end_requests_are_rejected()
    {
        var service = await StartAsync(_ => { });
        var classifier = service.Classifier;
        await service.DisposeAsync();

        var ask = () => classifier.ClassifyAsync(Networks.Image());

        (await ask.Should().ThrowAsync<ImageRejectedException>()).WithMessage("The classifier default is no longer in service.").Which
            .HttpStatus.Should().Be(503);
    }

    public void Dispose() => _folder.Dispose();

    private static byte[] Bytes(string image) => image switch
    {
        "png of 200x100" => Networks.Png(Networks.Image(width: 200, height: 100)),
        "gray png of 200x100" => Networks.Png(new RgbImage(200, 100, new byte[60_000])),
        "text" => "What is neither a picture nor empty."u8.ToArray(),
        "nothing" => [],
        _ => Networks.Png(Networks.Image(width: 20, height: 20))[..600],
    };

    private Task<Service> StartAsync(Action<DenseNetClassifierOptions> configure)
    {
        var file = _folder.Write("a.pth", seed: 1);
        return Service.StartAsync(services => services.AddDenseNet(options =>
        {
            (options.File, options.Preset) = (file, Networks.Preset);
            configure(options);
        }));
    }

    private Task<Service> StartGatedAsync(Action<DenseNetClassifierOptions> configure)
    {
        var file = _folder.Write("a.pth", seed: 1);
        return Service.StartAsync(services => services
            .AddDenseNet(options =>
            {
                (options.File, options.Preset, options.WarmUp) = (file, Networks.Preset, false);
                configure(options);
            })
            .UseEngine("gated", load => _network = new GatedNetwork(load)));
    }

    /// <summary>A stream of unknown length in small pieces.</summary>
    private sealed class Trickle(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(100, buffer.Length)], cancellationToken);
    }

    /// <summary>A stream whose bytes come when a test says.</summary>
    private sealed class SlowStream : MemoryStream
    {
        private MemoryStream? _bytes;

        public TaskCompletionSource<byte[]> Bytes { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsRead { get; private set; }

        public override bool CanSeek => false;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            IsRead = true;
            _bytes ??= new MemoryStream(await Bytes.Task);
            return await _bytes.ReadAsync(buffer, cancellationToken);
        }
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new IOException("the client is gone");
    }
}
