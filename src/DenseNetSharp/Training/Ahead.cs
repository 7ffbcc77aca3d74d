using System.Collections.Concurrent;

namespace DenseNetSharp.Training;

/// <summary>Lets a thread of its own make things one ahead of whoever uses them.</summary>
internal static class Ahead
{
    /// <summary>Enumerates on another thread. What it makes is the caller's to dispose, but for what is never taken.</summary>
    /// <param name="source">Enumerated once; what it throws is thrown after what it made before.</param>
    public static IEnumerable<T> Of<T>(IEnumerable<T> source)
        where T : IDisposable
    {
        using var stop = new CancellationTokenSource();
        using var room = new SemaphoreSlim(1);
        using var made = new BlockingCollection<T>();
        var maker = Task.Factory.StartNew(Make, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            foreach (var item in made.GetConsumingEnumerable())
            {
                room.Release();
                yield return item;
            }

            maker.GetAwaiter().GetResult();
        }
        finally
        {
            stop.Cancel();
            Task.WaitAny(maker);
            while (made.TryTake(out var item))
            {
                item.Dispose();
            }
        }

        void Make()
        {
            try
            {
                using var items = source.GetEnumerator();
                while (HasRoom() && items.MoveNext())
                {
                    made.Add(items.Current);
                }
            }
            finally
            {
                made.CompleteAdding();
            }
        }

        bool HasRoom()
        {
            try
            {
                room.Wait(stop.Token);
                return true;
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }
    }
}
