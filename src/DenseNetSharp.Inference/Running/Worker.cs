using DenseNetSharp.Inference.Packing;

namespace DenseNetSharp.Inference.Running;

/// <summary>One thread's part in a team, with the memory that it works in.</summary>
/// <param name="Team">The team.</param>
/// <param name="Member">The thread's number in it, from 0.</param>
/// <param name="Scratch">The thread's own memory.</param>
internal readonly record struct Worker(Team Team, int Member, Scratch Scratch)
{
    // A thread with so many groups makes little of one more.
    private const int ManyGroups = 8;

    /// <inheritdoc cref="Team.TryTake"/>
    public bool TryTake(int count, out int item) => Team.TryTake(Member, count, out item);

    /// <inheritdoc cref="Team.Meet"/>
    public bool Meet() => Team.Meet();

    /// <summary>
    /// Into how many groups of at most <paramref name="most"/> neighbours items are divided, so that the groups are nearly
    /// equal and, unless there are many, as many for each thread.
    /// </summary>
    public int Groups(int items, int most)
    {
        var groups = Division.Up(items, most);
        return groups < ManyGroups * Team.Size ? Math.Min(items, Division.ToMultiple(groups, Team.Size)) : groups;
    }
}
