using DenseNetSharp.Architectures;

namespace DenseNetSharp.Inference.Tests;

public sealed class PredictionTests
{
    private static readonly DenseNetSpec Spec = NaiveParityTests.Specs["growth 5"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_prediction_allocates_nothing_once_its_memory_is_there(int threads) =>
        ChildProcess.Run(typeof(Program).Assembly.Location, ["allocations", threads.ToString()]).Should().Be("0");

    [SkippableTheory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public void An_engine_that_may_use_one_thread_starts_none(int threads, bool starts)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "finds threads in /proc");

        ChildProcess.Run(typeof(Program).Assembly.Location, ["threads", threads.ToString()]).Should().Be(starts.ToString());
    }

    [Fact]
    public void An_image_has_the_same_bits_whatever_the_threads_and_the_batch()
    {
        // More images than are taken on at once.
        const int many = 35;
        const int length = 3 * 32 * 48;
        var spec = NaiveParityTests.Specs["like densenet121"];
        using var checkpoint = RandomNetwork.Create(spec);
        var images = RandomNetwork.Images(spec, many, 32, 48);
        using var one = Engines.Load(checkpoint, threads: 1);
        var expected = Enumerable.Range(0, many).Select(i => Both(one, images[(i * length)..((i + 1) * length)], 1)).ToArray();
        for (var threads = 1; threads <= 5; threads++)
        {
            using var engine = Engines.Load(checkpoint, threads: threads);
            foreach (var n in new[] { 1, 2, 5, 16, 17, many })
            {
                var (logits, features) = Both(engine, images[..(n * length)], n);

                logits.Should().Equal(expected.Take(n).SelectMany(both => both.Logits));
                features.Should().Equal(expected.Take(n).SelectMany(both => both.Features));
            }
        }

        static (float[] Logits, float[] Features) Both(FusedDenseNet engine, float[] images, int n)
        {
            var features = new float[n * engine.FeatureCount];
            engine.PredictFeatures(images, n, (32, 48), features);
            return (Logits.Of(engine, images, n, 32, 48), features);
        }
    }

    [SkippableTheory]
    [InlineData("dispose")]
    [InlineData("forget")]
    public void Threads_and_weights_go_with_the_engine(string how)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "looks in /proc");

        ChildProcess.Run(typeof(Program).Assembly.Location, ["end", how]).Should().Be("no threads, no weights");
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(1, 8)]
    [InlineData(2, 8)]
    public void Interrupted_callers_harm_nobody(int threads, int count)
    {
        using var checkpoint = RandomNetwork.Create(Spec);
        using var engine = Engines.Load(checkpoint, threads: threads);
        var images = RandomNetwork.Images(Spec, 2, 61, 61);
        var expected = Logits.Of(engine, images, 2, 61, 61);
        var wrong = 0;
        using var over = new CancellationTokenSource();
        var callers = Enumerable.Range(0, count).Select(_ => new Thread(() =>
        {
            while (!over.IsCancellationRequested)
            {
                try
                {
                    if (!Logits.Of(engine, images, 2, 61, 61).AsSpan().SequenceEqual(expected))
                    {
                        Interlocked.Increment(ref wrong);
                    }
                }
                catch (ThreadInterruptedException)
                {
                }
            }
        })).ToArray();
        Array.ForEach(callers, caller => caller.Start());
        var random = new Random(1);
        for (var clock = System.Diagnostics.Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(2);)
        {
            callers[random.Next(callers.Length)].Interrupt();
            Thread.Sleep(TimeSpan.FromMilliseconds(2 * random.NextDouble()));
        }

        over.Cancel();

        callers.Should().OnlyContain(caller => caller.Join(TimeSpan.FromSeconds(30)));
        wrong.Should().Be(0);
        Logits.Of(engine, images, 2, 61, 61).Should().Equal(expected);
    }

    [Fact]
    public void What_flows_with_the_first_caller_does_not_stay()
    {
        using var checkpoint = RandomNetwork.Create(Spec);
        using var engine = Engines.Load(checkpoint, threads: 2);
        var images = RandomNetwork.Images(Spec, 1, 61, 61);
        WeakReference<object>? state = null;
        var caller = new Thread(() =>
        {
            var local = new AsyncLocal<object?> { Value = new object() };
            state = new(local.Value!);
            Logits.Of(engine, images, 1, 61, 61);
            local.Value = null;
        });
        caller.Start();
        caller.Join();

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        state!.TryGetTarget(out _).Should().BeFalse();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Callers_at_the_same_time_get_their_own_answers(int threads)
    {
        using var checkpoint = RandomNetwork.Create(Spec);
        using var engine = Engines.Load(checkpoint, threads: threads);
        var jobs = Enumerable.Range(0, 12).Select(i =>
        {
            var (n, height, width) = (1 + (i % 3), 61 + i, 70 - i);
            var images = RandomNetwork.Images(Spec, n, height, width, seed: i);
            return (images, n, height, width, Expected: Logits.Of(engine, images, n, height, width));
        }).ToArray();

        Parallel.ForEach(Enumerable.Repeat(jobs, 10).SelectMany(job => job), new() { MaxDegreeOfParallelism = 12 }, job =>
            Logits.Of(engine, job.images, job.n, job.height, job.width).Should().Equal(job.Expected));
    }

    [Fact]
    public void Images_of_changing_sizes_do_not_disturb_each_other()
    {
        using var checkpoint = RandomNetwork.Create(Spec);
        using var engine = Engines.Load(checkpoint);
        foreach (var (height, width) in new[] { (200, 64), (61, 61), (64, 200), (90, 90), (61, 300) })
        {
            using var fresh = Engines.Load(checkpoint);
            var images = RandomNetwork.Images(Spec, 2, height, width);

            Logits.Of(engine, images, 2, height, width).Should().Equal(Logits.Of(fresh, images, 2, height, width));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_prediction_is_cancelled_between_two_layers_and_the_engine_goes_on(int threads)
    {
        using var checkpoint = RandomNetwork.Create(DenseNetSpec.Densenet121);
        using var engine = Engines.Load(checkpoint, threads: threads);
        var images = RandomNetwork.Images(DenseNetSpec.Densenet121, 1, 224, 224);
        var expected = Logits.Of(engine, images, 1, 224, 224);
        // One image, so that there is no looking at the token between images; it takes seconds.
        var large = new float[3 * 2048 * 2048];
        var logits = new float[1000];
        using var source = new CancellationTokenSource(50);

        var predict = () => engine.Predict(large, 1, 2048, logits, source.Token);

        predict.Should().Throw<OperationCanceledException>().Which.CancellationToken.Should().Be(source.Token);
        Logits.Of(engine, images, 1, 224, 224).Should().Equal(expected);
    }

    [Fact]
    public async Task A_large_batch_gives_way_to_those_who_wait()
    {
        using var checkpoint = RandomNetwork.Create(DenseNetSpec.Densenet121);
        using var engine = Engines.Load(checkpoint, threads: 1);
        const int many = 320;
        var images = RandomNetwork.Images(DenseNetSpec.Densenet121, many, 64, 64);
        var one = images[..(3 * 64 * 64)];
        var expected = Logits.Of(engine, one, 1, 64, 64);
        using var begun = new ManualResetEventSlim();
        // Threads of their own, for those of the pool may be busy with other tests.
        var batch = Task.Factory.StartNew(
            () =>
            {
                begun.Set();
                return Logits.Of(engine, images, many, 64, 64);
            },
            TaskCreationOptions.LongRunning);
        begun.Wait();
        Thread.Sleep(30);

        var single = Logits.Of(engine, one, 1, 64, 64);

        batch.IsCompleted.Should().BeFalse("it takes a second, and a twentieth of it was waited for");
        single.Should().Equal(expected);
        (await batch)[..1000].Should().Equal(expected);
    }

    [SkippableFact]
    public void An_engine_that_gets_no_thread_or_memory_says_so_and_works_once_there_is_some()
    {
        Skip.IfNot(OperatingSystem.IsLinux() && Environment.Is64BitProcess, "takes memory from the process as Linux does");

        ChildProcess.Run(typeof(Program).Assembly.Location, ["starve"]).Should().Be("OutOfMemoryException, OutOfMemoryException, then right");
    }

    [Theory]
    [InlineData(FusedDenseNetOptions.MostThreads)]
    [InlineData(7)]
    public void More_threads_than_processors_work_too(int threads)
    {
        using var checkpoint = RandomNetwork.Create(Spec);
        using var engine = Engines.Load(checkpoint, threads: threads);
        using var one = Engines.Load(checkpoint, threads: 1);
        var images = RandomNetwork.Images(Spec, 3, 61, 61);

        Logits.Of(engine, images, 3, 61, 61).Should().Equal(Logits.Of(one, images, 3, 61, 61));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Callers_who_give_up_at_any_moment_leave_the_engine_to_the_others(int threads)
    {
        using var checkpoint = RandomNetwork.Create(Spec);
        using var engine = Engines.Load(checkpoint, threads: threads);
        var images = RandomNetwork.Images(Spec, 1, 100, 100);
        var expected = Logits.Of(engine, images, 1, 100, 100);
        var impatient = Enumerable.Range(0, 6).Select(caller => Task.Run(() =>
        {
            var random = new Random(caller);
            var logits = new float[Spec.NumClasses];
            for (var i = 0; i < 100; i++)
            {
                using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(5 * random.NextDouble()));
                try
                {
                    engine.Predict(images, 1, 100, logits, source.Token);
                    logits.Should().Equal(expected);
                }
                catch (OperationCanceledException)
                {
                }
            }
        }));
        await Task.WhenAll(impatient).WaitAsync(TimeSpan.FromSeconds(60));

        var patient = Enumerable.Range(0, 12).Select(_ => Task.Run(() => Logits.Of(engine, images, 1, 100, 100)));

        (await Task.WhenAll(patient).WaitAsync(TimeSpan.FromSeconds(60))).Should().AllSatisfy(logits => logits.Should().Equal(expected));
    }

    [Fact]
    public void A_cancelled_token_is_refused_at_once()
    {
        using var checkpoint = RandomNetwork.Create(Spec);
        using var engine = Engines.Load(checkpoint);
        var logits = Enumerable.Repeat(42f, Spec.NumClasses).ToArray();

        var predict = () => engine.Predict(
            RandomNetwork.Images(Spec, 1, 61, 61), 1, 61, logits, new CancellationToken(canceled: true));

        predict.Should().Throw<OperationCanceledException>();
        logits.Should().OnlyContain(value => value == 42);
    }

    [Fact]
    public void A_disposed_engine_refuses_to_predict()
    {
        using var checkpoint = RandomNetwork.Create(Spec);
        var engine = Engines.Load(checkpoint);
        var images = RandomNetwork.Images(Spec, 1, 61, 61);
        Logits.Of(engine, images, 1, 61, 61);
        engine.Dispose();
        engine.Dispose();

        var predict = () => Logits.Of(engine, images, 1, 61, 61);

        predict.Should().Throw<ObjectDisposedException>().WithMessage("*FusedDenseNet*");
    }

    [Fact]
    public async Task Predictions_under_way_outlive_a_disposal()
    {
        using var checkpoint = RandomNetwork.Create(DenseNetSpec.Densenet121);
        var images = RandomNetwork.Images(DenseNetSpec.Densenet121, 2, 96, 96);
        using var kept = Engines.Load(checkpoint);
        var expected = Logits.Of(kept, images, 2, 96, 96);
        var engine = Engines.Load(checkpoint);
        var callers = Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            try
            {
                while (true)
                {
                    Logits.Of(engine, images, 2, 96, 96).Should().Equal(expected);
                }
            }
            catch (ObjectDisposedException)
            {
            }
        })).ToArray();
        await Task.Delay(100);

        engine.Dispose();

        await Task.WhenAll(callers).WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void The_checkpoint_is_not_needed_any_more_after_loading()
    {
        var folder = Directory.CreateTempSubdirectory("densenetsharp-").FullName;
        try
        {
            var file = Path.Combine(folder, "network.safetensors");
            using var checkpoint = RandomNetwork.Create(Spec);
            checkpoint.Save(file);
            var images = RandomNetwork.Images(Spec, 1, 61, 61);
            using var engine = FusedDenseNet.Load(file);
            using var fromMemory = FusedDenseNet.Load(checkpoint);
            File.Delete(file);

            Logits.Of(engine, images, 1, 61, 61).Should().Equal(Logits.Of(fromMemory, images, 1, 61, 61));
            engine.Spec.Should().Be(Spec);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
