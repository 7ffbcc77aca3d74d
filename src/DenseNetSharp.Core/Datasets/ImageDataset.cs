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

    /// <summary>The images' classes as ones and zeros, what binary cross entropy is computed with; NaN for those that are
    /// <see cref="LabelledImage.Unknown"/>.</summary>
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

            foreach (var index in images[i].Unknown)
            {
                indicators[i * ClassNames.Count + index] = float.NaN;
            }
        }

        return indicators;
    }

    /// <summary>The same images under another task.</summary>
    /// <param name="task">Whether the classes exclude each other.</param>
    /// <returns>This set where that is its task already, else another.</returns>
    /// <exception cref="ArgumentException">Classes are to exclude each other, but an image has several or none.</exception>
    public ImageDataset WithTask(ClassificationTask task) => task == Task ? this : new ImageDataset(ClassNames, Images, task);

    /// <summary>Divides the images in two, so that each class has about its share on both sides.</summary>
    /// <param name="fraction">The share held out, more than 0 and less than 1.</param>
    /// <param name="seed">Chooses which; the same seed always chooses the same.</param>
    /// <param name="group">What must not be divided, such as an image's patient (<see cref="LabelledImage.Group"/>); images for which it
    /// gives null are on their own. Null for nothing.</param>
    /// <returns>
    /// Both parts in this set's order. Where classes exclude each other and nothing is grouped, of two or more images of a class at
    /// least one stays on each side, and a single one is trained on. Else the images, or groups, are divided by iterative
    /// stratification (Sechidis and others, 2011), which gives both sides about their share of every class's images, as far as groups
    /// allow.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is not between 0 and 1.</exception>
    public (ImageDataset Training, ImageDataset HeldOut) Split(double fraction, long seed, Func<LabelledImage, string?>? group = null)
    {
        if (!(fraction > 0 && fraction < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(fraction), fraction, "The share held out must be between 0 and 1.");
        }

        var random = new TorchRandom(seed);
        var heldOut = Task == ClassificationTask.Multiclass && group is null
            ? OfEachClass(fraction, random)
            : BothSides([.. Parts([1 - fraction, fraction], group, random)[1]], fraction, group);
        return (Only(i => !heldOut.Contains(i)), Only(heldOut.Contains));
    }

    /// <summary>Divides the images into so many parts, each of which is held out once: cross-validation.</summary>
    /// <param name="count">The number of parts, 2 or more.</param>
    /// <param name="seed">Chooses which; the same seed always chooses the same.</param>
    /// <param name="group">As in <see cref="Split"/>.</param>
    /// <returns>As many pairs, of the others and the part that is held out; by iterative stratification.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than 2 parts, or more than images or groups.</exception>
    public IReadOnlyList<(ImageDataset Training, ImageDataset HeldOut)> Folds(int count, long seed, Func<LabelledImage, string?>? group = null)
    {
        var units = group is null ? Images.Count : Units(group).Length;
        if (count < 2 || count > units)
        {
            throw new ArgumentOutOfRangeException(nameof(count), count, $"There must be from 2 to {units} folds, the number of images or groups.");
        }

        var parts = Parts([.. Enumerable.Repeat(1.0 / count, count)], group, new TorchRandom(seed));
        return [.. parts.Select(part => (Only(i => !part.Contains(i)), Only(part.Contains)))];
    }

    /// <summary>Leaves no side without images where there is more than one group: the group that fits best changes over.</summary>
    private HashSet<int> BothSides(HashSet<int> heldOut, double fraction, Func<LabelledImage, string?>? group)
    {
        var units = Units(group);
        if (units.Length < 2 || (heldOut.Count > 0 && heldOut.Count < Images.Count))
        {
            return heldOut;
        }

        var wanted = (heldOut.Count == 0 ? fraction : 1 - fraction) * Images.Count;
        heldOut.SymmetricExceptWith(units.MinBy(unit => Math.Abs(unit.Length - wanted))!);
        return heldOut;
    }

    private HashSet<int> OfEachClass(double fraction, TorchRandom random)
    {
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

        return heldOut;
    }

    /// <summary>The images of each part.</summary>
    private HashSet<int>[] Parts(double[] shares, Func<LabelledImage, string?>? group, TorchRandom random)
    {
        var units = Units(group);
        var assigned = IterativeStratification.Assign(units, Images, ClassNames.Count, shares, random);
        return [.. Enumerable.Range(0, shares.Length).Select(part => units.Where((_, i) => assigned[i] == part).SelectMany(unit => unit).ToHashSet())];
    }

    private int[][] Units(Func<LabelledImage, string?>? group)
    {
        var all = Enumerable.Range(0, Images.Count);
        return group is null
            ? [.. all.Select(i => new[] { i })]
            // A name of its own for an image that belongs to nothing.
            : [.. all.GroupBy(i => group(Images[i]) is { } name ? (name, -1) : ("", i)).Select(unit => unit.ToArray())];
    }

    private static bool IsAscending(IReadOnlyList<int> indices) => !indices.Zip(indices.Skip(1)).Any(pair => pair.First >= pair.Second);

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

        if (!IsAscending(image.Classes) || !IsAscending(image.Unknown))
        {
            throw new ArgumentException($"{image.Path} names its classes out of order or twice.");
        }

        if (image.Unknown.Count > 0 && (Task == ClassificationTask.Multiclass || image.Unknown.Any(index => index < 0 || index >= ClassNames.Count)
            || image.Unknown.Intersect(image.Classes).Any()))
        {
            throw new ArgumentException($"{image.Path} is unknown of classes that it has, that there are not, or that exclude each other.");
        }
    }
}
