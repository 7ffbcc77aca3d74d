using DenseNetSharp.Training;

namespace DenseNetSharp.Tests.Training;

public sealed class AheadTests
{
    [Fact]
    public void One_is_made_ahead_on_another_thread_and_all_come_in_order()
    {
        var things = new List<Thing>();
        using var taking = Ahead.Of(Make(things, 5)).GetEnumerator();
        for (var i = 0; i < 5; i++)
        {
            taking.MoveNext().Should().BeTrue();
            taking.Current.Number.Should().Be(i);
            taking.Current.Thread.Should().NotBe(Environment.CurrentManagedThreadId);
            SpinWait.SpinUntil(() => Count(things) == Math.Min(i + 2, 5), TimeSpan.FromSeconds(10)).Should().BeTrue("the next is made meanwhile");
            Thread.Sleep(20);
            Count(things).Should().Be(Math.Min(i + 2, 5), "no more than one is made ahead");
        }

        taking.MoveNext().Should().BeFalse();
        things.Should().OnlyContain(thing => !thing.IsDisposed, "they are the caller's");
    }

    [Fact]
    public void What_goes_wrong_is_thrown_after_what_was_made_before()
    {
        var taken = new List<int>();

        var act = () =>
        {
            foreach (var thing in Ahead.Of(Make([], 2).Append(null!).Select(thing => thing ?? throw new IOException("the disk is gone"))))
            {
                taken.Add(thing.Number);
            }
        };

        act.Should().Throw<IOException>().WithMessage("the disk is gone");
        taken.Should().Equal(0, 1);
    }

    [Fact]
    public void Whoever_leaves_early_leaves_nothing_behind()
    {
        var things = new List<Thing>();
        var isEnded = false;

        Ahead.Of(Source()).First().Number.Should().Be(0);

        isEnded.Should().BeTrue("the source is disposed of before the caller goes on");
        things.Skip(1).Should().OnlyContain(thing => thing.IsDisposed);

        IEnumerable<Thing> Source()
        {
            try
            {
                foreach (var thing in Make(things, int.MaxValue))
                {
                    yield return thing;
                }
            }
            finally
            {
                isEnded = true;
            }
        }
    }

    private static IEnumerable<Thing> Make(List<Thing> things, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var thing = new Thing(i, Environment.CurrentManagedThreadId);
            lock (things)
            {
                things.Add(thing);
            }

            yield return thing;
        }
    }

    private static int Count(List<Thing> things)
    {
        lock (things)
        {
            return things.Count;
        }
    }

    private sealed class Thing(int number, int thread) : IDisposable
    {
        public int Number => number;

        public int Thread => thread;

        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }
}
