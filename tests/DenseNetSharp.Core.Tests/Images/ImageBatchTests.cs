using System.Collections.Concurrent;
using DenseNetSharp.Images;

namespace DenseNetSharp.Core.Tests.Images;

public class ImageBatchTests
{
    private static readonly ImagePreset Small = ImagePreset.TorchvisionImageNet with { Name = "small", ResizeSize = 12, CropSize = 9 };

    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(7, 2, 1)]
    [InlineData(32, 4, 2)]
    [InlineData(200, 3, 5)]
    public void Batches_hold_every_image_in_order_as_the_preset_prepares_it(int batchSize, int workers, int ahead)
    {
        var seeds = Enumerable.Range(0, 100).ToArray();
        var options = new ImageBatchOptions { BatchSize = batchSize, Workers = workers, BatchesAhead = ahead };
        var seen = new List<int>();

        foreach (var batch in ImageBatch.Load(seeds, Image, Small, options))
        {
            using (batch)
            {
                batch.Count.Should().Be(Math.Min(batchSize, seeds.Length - seen.Count));
                (batch.Channels, batch.Size).Should().Be((3, new ImageSize(9, 9)));
                var expected = batch.Items.SelectMany(item => Small.Apply(Image(item.Source))).ToArray();
                batch.Pixels.SequenceEqual(expected).Should().BeTrue();
                batch.Items.Select(item => item.Row).Should().Equal(Enumerable.Range(0, batch.Count).Cast<int?>());
                seen.AddRange(batch.Items.Select(item => item.Source));
            }
        }

        seen.Should().Equal(seeds);
    }

    [Fact]
    public void A_bad_image_is_reported_in_its_place_and_the_others_close_up()
    {
        int[] bad = [0, 3, 4, 9, 19];
        RgbImage Read(int seed) => bad.Contains(seed) ? throw new ImageFormatException($"number {seed} is bad") : Image(seed);

        var batches = ImageBatch.Load(Enumerable.Range(0, 20), Read, Small, new ImageBatchOptions { BatchSize = 10 }).ToArray();

        batches.Select(batch => batch.Count).Should().Equal(6, 9);
        foreach (var batch in batches)
        {
            batch.Items.Where(item => item.Error is not null).Select(item => item.Source).Should().BeSubsetOf(bad);
            batch.Items.Where(item => item.Row is null).Should().OnlyContain(item => item.Error!.Message.Contains($"number {item.Source} is bad"));
            var good = batch.Items.Where(item => item.Row is not null).ToArray();
            good.Select(item => item.Row!.Value).Should().Equal(Enumerable.Range(0, good.Length));
            batch.Pixels.SequenceEqual(good.SelectMany(item => Small.Apply(Image(item.Source))).ToArray()).Should().BeTrue();
        }
    }

    [Fact]
    public void A_batch_of_bad_images_has_none()
    {
        var batch = ImageBatch.Load(["/nowhere/a.png", "/nowhere/b.png"], Small).Single();

        batch.Count.Should().Be(0);
        batch.Pixels.Length.Should().Be(0);
        batch.Items.Should().OnlyContain(item => item.Error is DirectoryNotFoundException);
    }

    [Fact]
    public void Images_that_keep_their_own_sizes_come_one_by_one()
    {
        var preset = Small with { CropSize = null };

        var batches = ImageBatch.Load(
            [1, 2, 3], seed => TestImages.Noise(20 + seed, 20, seed), preset, new ImageBatchOptions { BatchSize = 16 }).ToArray();

        batches.Select(batch => (batch.Count, batch.Size)).Should().Equal(
            (1, new ImageSize(12, 12)), (1, new ImageSize(12, 13)), (1, new ImageSize(12, 13)));
        batches[2].Pixels.SequenceEqual(preset.Apply(TestImages.Noise(23, 20, 3))).Should().BeTrue();
    }

    [Fact]
    public void A_preparation_of_the_callers_own_gets_the_source_and_its_image()
    {
        void Prepare(int seed, RgbImage image, Span<float> destination)
        {
            destination.Fill(seed);
            destination[0] = image.Pixels[0];
        }

        var batch = ImageBatch.Load([5, 6], Image, channels: 2, size: new ImageSize(3, 4), Prepare).Single();

        (batch.Channels, batch.Size, batch.Pixels.Length).Should().Be((2, new ImageSize(3, 4), 48));
        batch.Pixels[0].Should().Be(Image(5).Pixels[0]);
        batch.Pixels[24].Should().Be(Image(6).Pixels[0]);
        batch.Pixels[47].Should().Be(6);
    }

    [Fact]
    public void No_more_images_are_read_at_once_than_there_are_workers_nor_further_ahead_than_allowed()
    {
        const int workers = 3, batchSize = 4, ahead = 2;
        int now = 0, most = 0, read = 0;
        var atOnce = new ConcurrentBag<int>();
        RgbImage Read(int seed)
        {
            atOnce.Add(Interlocked.Increment(ref now));
            Thread.Sleep(1);
            Interlocked.Increment(ref read);
            Interlocked.Decrement(ref now);
            return Image(seed);
        }

        var consumed = 0;
        foreach (var batch in ImageBatch.Load(
            Enumerable.Range(0, 100), Read, Small, new ImageBatchOptions { BatchSize = batchSize, Workers = workers, BatchesAhead = ahead }))
        {
            consumed += batch.Items.Count;
            most = Math.Max(most, Volatile.Read(ref read) - consumed);
            Thread.Sleep(5);
            batch.Dispose();
        }

        atOnce.Max().Should().BeLessThanOrEqualTo(workers);
        most.Should().BeLessThanOrEqualTo(ahead * batchSize);
    }

    [Fact]
    public void A_disposed_batchs_memory_serves_a_later_one_and_its_own_pixels_are_gone()
    {
        var options = new ImageBatchOptions { BatchSize = 5, BatchesAhead = 1, Workers = 1 };
        var fresh = 0;
        ImageBatch<int>? first = null;
        var image = Image(1);
        void Prepare(int source, RgbImage _, Span<float> destination)
        {
            // Memory that was not used before holds zeros.
            fresh += destination[0] == 0 ? 1 : 0;
            destination.Fill(1);
        }

        foreach (var batch in ImageBatch.Load(Enumerable.Range(0, 500), _ => image, 3, new ImageSize(10, 10), Prepare, options))
        {
            first ??= batch;
            batch.Dispose();
        }

        fresh.Should().BeInRange(5, 15, "three batches at the most exist at once");
        first.Invoking(batch => batch!.Pixels.Length).Should().Throw<ObjectDisposedException>();
        first!.Dispose();
    }

    [Fact]
    public void Cancelling_ends_the_work()
    {
        using var cancellationToken = new CancellationTokenSource();
        var read = 0;
        RgbImage Read(int seed)
        {
            if (Interlocked.Increment(ref read) == 10)
            {
                cancellationToken.Cancel();
            }

            return Image(seed);
        }

        Action enumerate = () => ImageBatch.Load(
            Enumerable.Range(0, 10_000), Read, Small, new ImageBatchOptions { BatchSize = 8, Workers = 2 }, cancellationToken.Token).ToArray();

        enumerate.Should().Throw<OperationCanceledException>().Which.CancellationToken.Should().Be(cancellationToken.Token);
        var readWhenItEnded = Volatile.Read(ref read);
        readWhenItEnded.Should().BeLessThan(50);
        Thread.Sleep(50);
        Volatile.Read(ref read).Should().Be(readWhenItEnded);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task A_reader_may_wait_for_what_it_awaits(int workers)
    {
        static async Task<RgbImage> Read(int seed)
        {
            await Task.Delay(2);
            await Task.Yield();
            return Image(seed);
        }

        var count = Task.Run(() => ImageBatch.Load(
            Enumerable.Range(0, 20), seed => Read(seed).Result, Small, new ImageBatchOptions { Workers = workers }).Sum(batch => batch.Count));

        (await count.WaitAsync(TimeSpan.FromSeconds(60))).Should().Be(20);
    }

    [Fact]
    public void A_readers_own_cancellation_is_that_images_error()
    {
        var batch = ImageBatch.Load(
            [1, 2, 3], seed => seed == 2 ? throw new TaskCanceledException("timed out") : Image(seed), Small).Single();

        batch.Count.Should().Be(2);
        batch.Items[1].Error.Should().BeOfType<TaskCanceledException>();
    }

    [Fact]
    public void Cancelled_while_the_last_batch_is_read_it_ends_with_that()
    {
        using var cancellationToken = new CancellationTokenSource();
        Action enumerate = () => ImageBatch.Load(
            [1, 2], seed => { cancellationToken.Cancel(); return Image(seed); }, Small, cancellationToken: cancellationToken.Token).ToArray();
        Action nothing = () => ImageBatch.Load(Array.Empty<int>(), Image, Small, cancellationToken: cancellationToken.Token).ToArray();

        enumerate.Should().Throw<OperationCanceledException>();
        nothing.Should().Throw<OperationCanceledException>();
    }

    [Fact]
    public void Leaving_the_enumeration_ends_the_work()
    {
        var read = 0;
        foreach (var batch in ImageBatch.Load(
            Enumerable.Range(0, 10_000), seed => { Interlocked.Increment(ref read); return Image(seed); }, Small))
        {
            break;
        }

        var readWhenItEnded = Volatile.Read(ref read);
        Thread.Sleep(50);
        Volatile.Read(ref read).Should().Be(readWhenItEnded).And.BeLessThan(200);
    }

    [Fact]
    public void What_cannot_work_is_refused_before_anything_is_read()
    {
        Action Load(ImageBatchOptions options, ImagePreset? preset = null) => () => ImageBatch.Load(["a.png"], preset ?? Small, options);

        Load(new() { BatchSize = 0 }).Should().Throw<ArgumentException>().WithMessage("*BatchSize*");
        Load(new() { Workers = 0 }).Should().Throw<ArgumentException>().WithMessage("*Workers*");
        Load(new() { BatchesAhead = -1 }).Should().Throw<ArgumentException>().WithMessage("*BatchesAhead*");
        Load(new() { BatchSize = 1_000_000 }, Small with { CropSize = 1000 }).Should().Throw<ArgumentException>().WithMessage("*1000000, 3, 1000, 1000*");
        Load(new(), Small with { FixedSize = 3 }).Should().Throw<InvalidOperationException>().WithMessage("*resizes twice, to a shorter side (resizeSize) and to a whole size (fixedSize)*");
    }

    private static RgbImage Image(int seed) => TestImages.Noise(10 + seed % 7, 10 + seed % 5, seed);
}
