using DenseNetSharp.Classification;
using DenseNetSharp.Core.Tests.Images;
using DenseNetSharp.Images;

namespace DenseNetSharp.Core.Tests.Classification;

public sealed class AsynchronousClassificationTests : IDisposable
{
    private static readonly ImagePreset Small = new() { Name = "small", FixedSize = 8, Mean = [0, 0, 0], Std = [1, 1, 1] };

    private readonly ChannelMeans _network = new();
    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _png;

    public AsynchronousClassificationTests()
    {
        using var png = new MemoryStream();
        TestImages.Photo(100, 80).SavePng(png);
        _png = png.ToArray();
        File.WriteAllBytes(_folder.File("photo.png"), _png);
    }

    private ImageClassifier Classifier => new(_network, Small, ["red", "green", "blue"]);

    public void Dispose()
    {
        _network.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_stream_that_may_only_be_read_asynchronously_gives_what_its_bytes_give()
    {
        using var body = new RequestBody(_png);

        var result = await Classifier.ClassifyAsync(body);

        result.Logits.Should().Equal(Classifier.Classify(_png).Logits);
        (await Classifier.ClassifyAsync(_folder.File("photo.png"))).Logits.Should().Equal(result.Logits);
        ((Action)(() => Classifier.Classify(body))).Should().Throw<InvalidOperationException>().WithMessage("Synchronous*");
    }

    [Fact]
    public async Task What_is_no_image_is_named_as_it_is_synchronously()
    {
        File.WriteAllText(_folder.File("note.png"), "no image");

        Func<Task> file = () => Classifier.ClassifyAsync(_folder.File("note.png"));
        Func<Task> folder = () => Classifier.ClassifyAsync(_folder.Path);
        Func<Task> stream = () => Classifier.ClassifyAsync(new RequestBody("no image"u8.ToArray()));

        (await file.Should().ThrowAsync<ImageFormatException>()).WithMessage("*note.png*");
        await folder.Should().ThrowAsync<UnauthorizedAccessException>().WithMessage("*is a folder*");
        await stream.Should().ThrowAsync<ImageFormatException>();
    }

    [Fact]
    public async Task A_body_beyond_the_byte_limit_is_refused_before_it_is_all_read()
    {
        using var body = new RequestBody(_png) { IsEndless = true };
        var classifier = new ImageClassifier(_network, Small) { DecodeOptions = new ImageDecodeOptions { MaxFileBytes = 30_000 } };

        Func<Task> classify = () => classifier.ClassifyAsync(body);

        await classify.Should().ThrowAsync<ImageFormatException>().WithMessage("*more than 30000 bytes*MaxFileBytes*");
        body.BytesRead.Should().BeLessThan(200_000);
    }

    [Fact]
    public async Task A_token_cancelled_before_leaves_the_stream_alone()
    {
        using var body = new RequestBody(_png);

        Func<Task> classify = () => Classifier.ClassifyAsync(body, new CancellationToken(canceled: true));

        await classify.Should().ThrowAsync<OperationCanceledException>();
        body.BytesRead.Should().Be(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_token_cancelled_during_the_reading_ends_it_even_where_the_stream_ignores_it(bool ignoresToken)
    {
        using var cancellationToken = new CancellationTokenSource();
        using var body = new RequestBody(_png) { IsEndless = true, IgnoresToken = ignoresToken };
        body.Reading = read => { if (read > 5_000_000) { cancellationToken.Cancel(); } };

        Func<Task> classify = () => Classifier.ClassifyAsync(body, cancellationToken.Token);

        await classify.Should().ThrowAsync<OperationCanceledException>();
        body.BytesRead.Should().BeLessThan(6_000_000);
    }

    [Fact]
    public async Task The_token_reaches_the_network_whatever_is_classified()
    {
        using var cancellationToken = new CancellationTokenSource();
        var image = TestImages.Photo(9, 9);
        Action[] calls =
        [
            () => Classifier.Classify(_folder.File("photo.png"), cancellationToken.Token),
            () => Classifier.Classify(new MemoryStream(_png), cancellationToken.Token),
            () => Classifier.Classify(_png, cancellationToken.Token),
            () => Classifier.Classify(image, cancellationToken.Token),
            () => Classifier.Classify([image, image], cancellationToken.Token),
        ];
        foreach (var call in calls)
        {
            _network.Forget();
            call();
            _network.Token.Should().Be(cancellationToken.Token);
        }

        _network.Forget();
        await Classifier.ClassifyAsync(new MemoryStream(_png), cancellationToken.Token);
        _network.Token.Should().Be(cancellationToken.Token);

        await cancellationToken.CancelAsync();
        _network.Forget();
        foreach (var call in calls)
        {
            call.Should().Throw<OperationCanceledException>();
        }

        _network.Token.Should().Be(CancellationToken.None, "nothing was computed");
    }

    /// <summary>As ASP.NET's body of a request: no length, and synchronous reads are refused.</summary>
    private sealed class RequestBody(byte[] content) : Stream
    {
        public long BytesRead { get; private set; }

        /// <summary>Whether noise follows the content for ever.</summary>
        public bool IsEndless { get; init; }

        public bool IgnoresToken { get; init; }

        /// <summary>Told before each read how many bytes were read.</summary>
        public Action<long> Reading { get; set; } = _ => { };

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            Reading(BytesRead);
            if (!IgnoresToken)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            var rest = content.Length - (int)Math.Min(BytesRead, content.Length);
            var count = Math.Min(buffer.Length, rest > 0 ? rest : IsEndless ? int.MaxValue : 0);
            if (rest > 0)
            {
                content.AsMemory((int)BytesRead, count).CopyTo(buffer);
            }

            BytesRead += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) =>
            throw new InvalidOperationException("Synchronous operations are disallowed.");

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
