using DenseNetSharp.Inference.Packing;

namespace DenseNetSharp.Inference.Running;

/// <summary>
/// Threads that go through the same steps together. Each step's items are divided among them; who is done early takes from
/// the others', and at the end of the step all meet.
/// </summary>
/// <remarks>
/// Meeting costs about a microsecond, for the waiting threads spin before they yield; a network has over a hundred steps.
/// </remarks>
internal sealed class Team(int capacity)
{
    // A cache line, and the next one that the processor fetches with it.
    private const int Spacing = 32;

    private readonly int[] _taken = new int[capacity * Spacing];
    private readonly int[] _processors = new int[capacity];
    private CancellationToken _cancellation;
    private int _arrived;
    private int _meetings;

    /// <summary>Threads in the team now.</summary>
    public int Size { get; private set; } = 1;

    /// <summary>Whether the last meeting found the work cancelled.</summary>
    public bool IsCancelled { get; private set; }

    /// <summary>Begins work with so many threads. All of them must be outside.</summary>
    public void Begin(int size, CancellationToken cancellationToken)
    {
        (Size, _cancellation, IsCancelled) = (size, cancellationToken, false);
        if (size > 1)
        {
            Array.Fill(_processors, Processors.Unknown, 0, size);
            _processors[0] = Processors.Current;
        }
    }

    /// <summary>Begins a helper's part, on a processor that no other member is on.</summary>
    /// <param name="member">The thread, from 1.</param>
    public void Join(int member)
    {
        var others = _processors.AsSpan(0, Size);
        var own = Processors.Current;
        if (own != Processors.Unknown && others.Contains(own))
        {
            Processors.Leave(others);
            own = Processors.Current;
        }

        Volatile.Write(ref _processors[member], own);
    }

    /// <summary>Lets go of what the work referred to.</summary>
    public void End() => _cancellation = default;

    /// <summary>Takes one of the step's items, a thread's own first.</summary>
    /// <param name="member">The thread, from 0.</param>
    /// <param name="count">Items of the step; the same for all.</param>
    /// <param name="item">The item.</param>
    /// <returns>False when none is left.</returns>
    public bool TryTake(int member, int count, out int item)
    {
        for (var i = 0; i < Size; i++)
        {
            var owner = member + i < Size ? member + i : member + i - Size;
            var start = Division.Start(count, Size, owner);
            ref var taken = ref _taken[owner * Spacing];
            var length = Division.Start(count, Size, owner + 1) - start;
            if (Volatile.Read(ref taken) < length)
            {
                var next = Size == 1 ? taken++ : Interlocked.Increment(ref taken) - 1;
                if (next < length)
                {
                    item = start + next;
                    return true;
                }
            }
        }

        item = -1;
        return false;
    }

    /// <summary>Waits until all have come to the end of the step.</summary>
    /// <returns>False if the work has been cancelled, to all alike.</returns>
    public bool Meet()
    {
        if (Size == 1)
        {
            _taken[0] = 0;
            return !(IsCancelled = _cancellation.IsCancellationRequested);
        }

        var meeting = Volatile.Read(ref _meetings);
        if (Interlocked.Increment(ref _arrived) == Size)
        {
            // The last one prepares the next step, while nobody else is looking.
            for (var i = 0; i < Size; i++)
            {
                _taken[i * Spacing] = 0;
            }

            IsCancelled = _cancellation.IsCancellationRequested;
            _arrived = 0;
            Volatile.Write(ref _meetings, meeting + 1);
            return !IsCancelled;
        }

        var wait = new ActiveWait();
        while (Volatile.Read(ref _meetings) == meeting)
        {
            wait.Once();
        }

        return !IsCancelled;
    }
}
