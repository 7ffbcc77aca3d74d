using DenseNetSharp.Inference.Kernels;
using DenseNetSharp.Inference.Packing;
using DenseNetSharp.Inference.Running;

namespace DenseNetSharp.Inference.Tests.Running;

public sealed class LanePoolTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly PackedNetwork _network;
    private readonly LanePool _pool;

    public LanePoolTests()
    {
        var spec = NaiveParityTests.Specs["one block"];
        using var checkpoint = RandomNetwork.Create(spec);
        var kernels = KernelSet.Best;
        _network = new PackedNetwork(spec, new NetworkTensors(spec, checkpoint), kernels.Lanes, threads: 1);
        _pool = new LanePool([.. Enumerable.Range(0, 4).Select(_ => new Lane(_network, kernels, 4))]);
    }

    public void Dispose()
    {
        _pool.Dispose();
        _network.Dispose();
    }

    [Fact]
    public void A_caller_who_comes_alone_gets_all_lanes()
    {
        var claim = _pool.Acquire(default);

        claim.Count.Should().Be(4);
        claim.Lanes.Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task Those_who_wait_share()
    {
        var all = _pool.Acquire(default);
        var waiting = await Waiting(2);

        _pool.Release(all);

        var claims = await Task.WhenAll(waiting).WaitAsync(Patience);
        claims.Select(claim => claim.Count).Should().Equal(2, 2);
        claims.SelectMany(claim => claim.Lanes.Take(claim.Count)).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task Those_who_wait_are_served_in_the_order_they_came()
    {
        var all = _pool.Acquire(default);
        var waiting = await Waiting(6);

        _pool.Release(all);

        await Task.WhenAll(waiting[..4]).WaitAsync(Patience);
        waiting[4..].Should().OnlyContain(task => !task.IsCompleted);
        for (var i = 0; i < 2; i++)
        {
            _pool.Release(await waiting[i]);
            (await waiting[4 + i].WaitAsync(Patience)).Count.Should().Be(1);
        }
    }

    [Fact]
    public async Task Who_stops_waiting_takes_nothing_with_them()
    {
        var all = _pool.Acquire(default);
        using var source = new CancellationTokenSource();
        var impatient = Task.Run(() => _pool.Acquire(source.Token));
        await _pool.ShouldHaveWaiting(1);
        var patient = (await Waiting(1, already: 1))[0];
        source.Cancel();
        await FluentActions.Awaiting(() => impatient.WaitAsync(Patience)).Should().ThrowAsync<OperationCanceledException>();

        _pool.Release(all);

        (await patient.WaitAsync(Patience)).Count.Should().Be(4);
    }

    [Fact]
    public async Task A_disposed_pool_turns_away_those_who_wait_and_those_who_come()
    {
        var all = _pool.Acquire(default);
        var waiting = await Waiting(2);

        _pool.Dispose();

        foreach (var task in waiting)
        {
            await FluentActions.Awaiting(() => task.WaitAsync(Patience)).Should().ThrowAsync<ObjectDisposedException>();
        }

        FluentActions.Invoking(() => _pool.Acquire(default)).Should().Throw<ObjectDisposedException>();
        _pool.Release(all);
    }

    [Fact]
    public async Task Who_stops_waiting_just_as_they_are_served_takes_nothing_with_them()
    {
        using var barrier = new Barrier(2);
        for (var i = 0; i < 3000; i++)
        {
            using var patience = new CancellationTokenSource(Patience);
            var all = _pool.Acquire(patience.Token);
            all.Count.Should().Be(4);
            using var source = new CancellationTokenSource();
            var waiting = Task.Factory.StartNew(
                () => _pool.Acquire(source.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            await _pool.ShouldHaveWaiting(1);
            var cancelling = Task.Run(() =>
            {
                barrier.SignalAndWait();
                source.Cancel();
            });
            barrier.SignalAndWait();
            Thread.SpinWait(i % 300);
            _pool.Release(all);
            await cancelling;
            try
            {
                _pool.Release(await waiting.WaitAsync(Patience));
            }
            catch (OperationCanceledException)
            {
            }
        }
    }

    /// <summary>Callers who wait, in this order.</summary>
    private async Task<Task<Claim>[]> Waiting(int count, int already = 0)
    {
        var tasks = new Task<Claim>[count];
        for (var i = 0; i < count; i++)
        {
            // Threads of their own: a pool that is slow to add threads must not decide the order.
            tasks[i] = Task.Factory.StartNew(
                () => _pool.Acquire(default), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            await _pool.ShouldHaveWaiting(already + i + 1);
        }

        return tasks;
    }
}

file static class LanePoolExtensions
{
    public static async Task ShouldHaveWaiting(this LanePool pool, int count)
    {
        var deadline = DateTime.UtcNow.AddSeconds(30);
        while (pool.WaitingCount < count)
        {
            DateTime.UtcNow.Should().BeBefore(deadline);
            await Task.Delay(1);
        }
    }
}
