using System.Numerics.Tensors;

namespace SimilarImages;

/// <summary>One of an index's pictures, and how like the query it is: 1 for the same direction of features.</summary>
internal readonly record struct Neighbour(int Picture, float Cosine);

/// <summary>The features of pictures as vectors of length 1, searched exactly: everything is compared with everything.</summary>
/// <remarks>
/// The vectors are one array, 4 bytes a feature: 400 MB for 100,000 pictures of 1024 features. To compare all with all takes time that
/// grows with the square of their number, on two busy cores 45 s for 20,000 and about twenty minutes for 100,000, which is as far as
/// this is sensible; to look up one picture takes milliseconds. For more, give the vectors to an approximate index (HNSW, as in
/// hnswlib, Faiss, or a database that has one).
/// </remarks>
internal sealed class FeatureIndex(int capacity, int length)
{
    /// <summary>Pictures that are compared with as many others while both lie in the processor's cache.</summary>
    private const int Block = 64;

    private readonly float[] _vectors = new float[(long)capacity * length];
    private readonly List<Picture> _pictures = [];

    public int Count => _pictures.Count;

    public IReadOnlyList<Picture> Pictures => _pictures;

    /// <summary>Adds pictures and their features, <c>[pictures, length]</c>.</summary>
    public void Add(IReadOnlyList<Picture> pictures, ReadOnlySpan<float> features)
    {
        foreach (var picture in pictures)
        {
            var norm = TensorPrimitives.Norm(features[..length]);
            if (!float.IsFinite(norm))
            {
                throw new InvalidDataException($"The network gives {picture.Path} features that are no finite numbers.");
            }

            // Features that are all 0 have no direction; such a picture stays like no other.
            TensorPrimitives.Divide(features[..length], norm == 0 ? 1 : norm, _vectors.AsSpan(Count * length, length));
            _pictures.Add(picture);
            features = features[length..];
        }
    }

    /// <summary>Finds the pictures here that are most like each of the queries, most alike first.</summary>
    /// <param name="queries">Other pictures, or this index itself, whose pictures are no neighbours of themselves.</param>
    /// <param name="count">How many a query; fewer where there are no more.</param>
    /// <param name="threads">Threads to use.</param>
    public Neighbour[][] Nearest(FeatureIndex queries, int count, int threads)
    {
        var isSelf = ReferenceEquals(queries, this);
        count = Math.Min(count, isSelf ? Count - 1 : Count);
        var nearest = new Neighbour[queries.Count][];
        Parallel.For(0, (queries.Count + Block - 1) / Block, new ParallelOptions { MaxDegreeOfParallelism = threads }, block =>
        {
            var (first, end) = (block * Block, Math.Min(queries.Count, (block + 1) * Block));
            for (var query = first; query < end; query++)
            {
                nearest[query] = new Neighbour[count];
                Array.Fill(nearest[query], new Neighbour(-1, float.NegativeInfinity));
            }

            for (var start = 0; start < Count; start += Block)
            {
                for (var query = first; query < end; query++)
                {
                    var vector = queries.Vector(query);
                    for (var i = start; i < Math.Min(Count, start + Block); i++)
                    {
                        if (!isSelf || i != query)
                        {
                            // Of vectors of length 1 the dot product is the cosine.
                            Keep(nearest[query], new Neighbour(i, TensorPrimitives.Dot(vector, Vector(i))));
                        }
                    }
                }
            }
        });
        return nearest;
    }

    private static void Keep(Span<Neighbour> nearest, Neighbour candidate)
    {
        if (candidate.Cosine <= nearest[^1].Cosine)
        {
            return;
        }

        var place = nearest.Length - 1;
        for (; place > 0 && nearest[place - 1].Cosine < candidate.Cosine; place--)
        {
            nearest[place] = nearest[place - 1];
        }

        nearest[place] = candidate;
    }

    private ReadOnlySpan<float> Vector(int picture) => _vectors.AsSpan(picture * length, length);
}
