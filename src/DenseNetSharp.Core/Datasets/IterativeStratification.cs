using DenseNetSharp.Randomness;

namespace DenseNetSharp.Datasets;

/// <summary>
/// Divides images that may belong to several classes so that each part gets about its share of every class's: K. Sechidis, G. Tsoumakas
/// and I. Vlahavas, On the Stratification of Multi-Label Data, 2011. What belongs together, a patient's images for example, is divided
/// as one.
/// </summary>
internal static class IterativeStratification
{
    // What rounding leaves of a part that is full.
    private const double Enough = 1e-9;

    /// <summary>Assigns every unit to a part.</summary>
    /// <param name="units">The images that are divided as one, as indices into <paramref name="images"/>.</param>
    /// <param name="images">The images.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="shares">Each part's share; together 1.</param>
    /// <param name="random">Decides between equals.</param>
    /// <returns>The part of each unit.</returns>
    public static int[] Assign(
        IReadOnlyList<IReadOnlyList<int>> units, IReadOnlyList<LabelledImage> images, int classes, IReadOnlyList<double> shares, TorchRandom random)
    {
        var counts = units.Select(unit => CountsOf(unit, images)).ToArray();
        var withClass = new List<int>[classes];
        for (var i = 0; i < classes; i++)
        {
            withClass[i] = [];
        }

        foreach (var unit in random.Permutation(units.Count))
        {
            foreach (var index in counts[unit].Keys)
            {
                withClass[index].Add(unit);
            }
        }

        var remaining = withClass.Select((with, index) => with.Sum(unit => counts[unit][index])).ToArray();
        // How many more images, and of each class, a part should get.
        var wanted = shares.Select(share => share * images.Count).ToArray();
        var wantedOf = remaining.Select(count => shares.Select(share => share * count).ToArray()).ToArray();
        var parts = Enumerable.Repeat(-1, units.Count).ToArray();
        while (RarestOf(remaining) is >= 0 and var rarest)
        {
            // Large units first, for small ones even out what they leave.
            foreach (var unit in withClass[rarest].Where(unit => parts[unit] < 0).OrderByDescending(unit => counts[unit][rarest]))
            {
                Give(unit, NeediestOf(wantedOf[rarest], wanted, random));
            }
        }

        foreach (var unit in random.Permutation(units.Count).Where(unit => parts[unit] < 0).OrderByDescending(unit => units[unit].Count))
        {
            Give(unit, NeediestOf(wanted, wanted, random));
        }

        return parts;

        void Give(int unit, int part)
        {
            parts[unit] = part;
            wanted[part] -= units[unit].Count;
            foreach (var (index, count) in counts[unit])
            {
                remaining[index] -= count;
                wantedOf[index][part] -= count;
            }
        }
    }

    private static Dictionary<int, int> CountsOf(IReadOnlyList<int> unit, IReadOnlyList<LabelledImage> images)
    {
        var counts = new Dictionary<int, int>();
        foreach (var index in unit.SelectMany(image => images[image].Classes))
        {
            counts[index] = counts.GetValueOrDefault(index) + 1;
        }

        return counts;
    }

    /// <summary>The class with the fewest images that are not given away yet; -1 for none.</summary>
    private static int RarestOf(int[] remaining)
    {
        var rarest = -1;
        for (var i = 0; i < remaining.Length; i++)
        {
            if (remaining[i] > 0 && (rarest < 0 || remaining[i] < remaining[rarest]))
            {
                rarest = i;
            }
        }

        return rarest;
    }

    /// <summary>Of the parts that lack images the one that lacks most of a class; of equals the one that lacks most images, else any.
    /// </summary>
    private static int NeediestOf(double[] wantedOfClass, double[] wanted, TorchRandom random)
    {
        var areFull = wanted.All(lack => lack <= Enough);
        var best = Enumerable.Range(0, wanted.Length).Where(part => areFull || wanted[part] > Enough)
            .GroupBy(part => (wantedOfClass[part], wanted[part])).MaxBy(group => group.Key)!.ToArray();
        return best.Length == 1 ? best[0] : best[(int)(random.NextUInt32() % (uint)best.Length)];
    }
}
