using DenseNetSharp.Classification;
using DenseNetSharp.Randomness;

namespace DenseNetSharp.Datasets;

/// <summary>Labelled image files: what is trained on or evaluated with. Immutable; no image is opened.</summary>
public sealed class ImageDataset
{
    /// <summary>Puts labelled images together.</summary>
    /// <param name="classNames">The classes' names; an image's class is an index into them.</param>
    /// <param name="images">The images, in the order that their indices have everywhere.</param>
    /// <param name="task">Whether the classes exclude each other.</param>
    /// <exception cref="ArgumentException">The task is <see cref="ClassificationTask.None"/>, there are no classes, two
    /// have the same name, an image names a class that there is not, or, where classes exclude each other, an image has
    /// not exactly one.</exception>
    public ImageDataset(
        IEnumerable<string> classNames, IEnumerable<LabelledImage> images, ClassificationTask task = ClassificationTask.Multiclass)
    {
        ArgumentNullException.ThrowIfNull(classNames);
        ArgumentNullException.ThrowIfNull(images);
        if (task == ClassificationTask.None)
        {
            throw new ArgumentException("A data set has classes, and the task none is for outputs that are none.", nameof(task));
        }

        ClassNames = [.. classNames];
        Images = [.. images];
        Task = task;
        if (ClassNames.Count == 0)
        {
            throw new ArgumentException("A data set needs at least one class.", nameof(classNames));
        }

        if (ClassNames.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"Two classes are named '{twice.Key}'.", nameof(classNames));
        }

        foreach (var image in Images)
        {
            Check(image);
        }
    }

    /// <summary>The classes' names, in the order of their indices.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The images.</summary>
    public IReadOnlyList<LabelledImage> Images { get; }

    /// <summary>Whether the classes exclude each other.</summary>
    public ClassificationTask Task { get; }

    /// <summary>How many images each class has, in the order of the classes.</summary>
    public IReadOnlyList<int> CountPerClass()
    {
        var counts = new int[ClassNames.Count];
        foreach (var index in Images.SelectMany(image => image.Classes))
        {
            counts[index]++;
        }

        return counts;
    }

    /// <summary>The images' classes as ones and zeros, what binary cross entropy is computed with.</summary>
    /// <param name="images">Images with classes of this data set, N of them.</param>
    /// <returns><c>[N, ClassNames.Count]</c>.</returns>
    public float[] Indicators(IReadOnlyList<LabelledImage> images)
    {
        ArgumentNullException.ThrowIfNull(images);
        var indicators = new float[images.Count * ClassNames.Count];
        for (var i = 0; i < images.Count; i++)
        {
            foreach (var index in images[i].Classes)
            {
                indicators[i * ClassNames.Count + index] = 1;
            }
        }

        return indicators;
    }

    /// <summary>Divides the images in two, so that each class has about its share on both sides.</summary>
    /// <param name="fraction">The share held out, more than 0 and less than 1.</param>
    /// <param name="seed">Chooses which; the same seed always chooses the same.</param>
    /// <returns>
    /// Both parts in this set's order. Images with the same classes are divided together; of two or more such images at
    /// least one stays on each side, and a single one is trained on.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is not between 0 and 1.</exception>
    public (ImageDataset Training, ImageDataset HeldOut) Split(double fraction, long seed)
    {
        if (!(fraction > 0 && fraction < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(fraction), fraction, "The share held out must be between 0 and 1.");
        }

        var random = new TorchRandom(seed);
        var heldOut = new HashSet<int>();
        var strata = Enumerable.Range(0, Images.Count)
            .GroupBy(i => string.Join(' ', Images[i].Classes))
            .OrderBy(stratum => stratum.Key, StringComparer.Ordinal)
            .Select(stratum => stratum.ToArray());
        foreach (var stratum in strata)
        {
            var count = (int)Math.Round(fraction * stratum.Length, MidpointRounding.AwayFromZero);
            count = stratum.Length < 2 ? 0 : Math.Clamp(count, 1, stratum.Length - 1);
            heldOut.UnionWith(random.Permutation(stratum.Length).Take(count).Select(place => stratum[place]));
        }

        return (Only(i => !heldOut.Contains(i)), Only(heldOut.Contains));
    }

    private ImageDataset Only(Func<int, bool> isWanted) => new(ClassNames, Images.Where((_, i) => isWanted(i)), Task);

    private void Check(LabelledImage image)
    {
        if (Task == ClassificationTask.Multiclass && image.Classes.Count != 1)
        {
            throw new ArgumentException($"{image.Path} belongs to {image.Classes.Count} classes, where exactly one is right.");
        }

        foreach (var index in image.Classes)
        {
            if (index < 0 || index >= ClassNames.Count)
            {
                throw new ArgumentException($"{image.Path} belongs to class {index}, but there are {ClassNames.Count} classes.");
            }
        }

        if (image.Classes.Zip(image.Classes.Skip(1)).Any(pair => pair.First >= pair.Second))
        {
            throw new ArgumentException($"{image.Path} names its classes out of order or twice.");
        }
    }
}
