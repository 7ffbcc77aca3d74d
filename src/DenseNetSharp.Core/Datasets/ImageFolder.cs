using DenseNetSharp.Images;

namespace DenseNetSharp.Datasets;

/// <summary>One sub-folder a class, as torchvision's <c>datasets.ImageFolder</c> reads them.</summary>
public static class ImageFolder
{
    /// <summary>Finds the images of every class. No image is opened. Folders that systems and archives make (<c>__MACOSX</c>,
    /// <c>@eaDir</c>, <c>$RECYCLE.BIN</c>, names that begin with a dot) are no classes.</summary>
    /// <param name="folder">The folder with one sub-folder a class; images may lie deeper in those.</param>
    /// <param name="classNames">
    /// The classes in the order of their indices, from the run that trained a network. Null for the sub-folders' names in
    /// ordinal order, torchvision's.
    /// </param>
    /// <param name="requireAll">Whether each of <paramref name="classNames"/> needs a sub-folder; false to evaluate on some of the
    /// classes.</param>
    /// <param name="onLeftOut">Told of each file that is left out: for its ending, or because it lies in no class's folder; null if
    /// nobody wants to know. Hidden files are not told (<see cref="ImageFiles.IsHidden"/>).</param>
    /// <param name="onOtherClass">Told of each sub-folder that is none of <paramref name="classNames"/>, by its name, and its images are
    /// left out, as long as another one is; null to refuse it.</param>
    /// <returns>The images, class by class, within a class in the order of their paths.</returns>
    /// <exception cref="InvalidDataException">
    /// There are no sub-folders, or they are <c>train</c> and others with sub-folders of their own; one has no images; or the
    /// sub-folders are not those of <paramref name="classNames"/>. The message names them, and counts the other files of one without
    /// images by ending.
    /// </exception>
    /// <exception cref="IOException">The folder is not there or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
    public static ImageDataset Load(
        string folder,
        IReadOnlyList<string>? classNames = null,
        bool requireAll = true,
        Action<string>? onLeftOut = null,
        Action<string>? onOtherClass = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var found = ImageFiles.Folders(folder).Select(path => Path.GetFileName(path)).ToArray();
        if (found.Length == 0)
        {
            throw new InvalidDataException($"{folder} has no sub-folders; there must be one for each class.");
        }

        if (classNames is null && DividedFolder.Find(folder) is { } divided)
        {
            throw new InvalidDataException(
                $"{folder} is divided into {Path.GetFileName(divided.Training)} and others, which are no classes; load {divided.Training}.");
        }

        if (classNames is not null)
        {
            string[] others = onOtherClass is not null && found.Any(classNames.Contains) ? [.. found.Except(classNames)] : [];
            RequireSame(folder, [.. found.Except(others)], classNames, requireAll);
            RequireOnce(folder, found, classNames);
            foreach (var other in others)
            {
                onOtherClass!(other);
            }
        }

        classNames ??= found;
        foreach (var file in Directory.EnumerateFiles(folder).Where(file => !ImageFiles.IsHidden(file)).Order(StringComparer.Ordinal))
        {
            onLeftOut?.Invoke(file);
        }

        var images = new List<LabelledImage>();
        for (var i = 0; i < classNames.Count; i++)
        {
            var own = Path.Combine(folder, classNames[i]);
            if (!requireAll && !Directory.Exists(own))
            {
                continue;
            }

            var others = new List<string>();
            var files = ImageFiles.Find(own, onLeftOut: others.Add);
            if (files.Count == 0)
            {
                throw new InvalidDataException(
                    $"{own} has no images ({string.Join(", ", ImageFiles.Extensions)})"
                    + $"{(others.Count == 0 ? "" : $", but {LeftOutText.Counted(others)}")}; every class needs some.");
            }

            others.ForEach(file => onLeftOut?.Invoke(file));

            int[] index = [i];
            images.AddRange(files.Select(file => new LabelledImage(file, index)));
        }

        return new ImageDataset(classNames, images);
    }

    private static void RequireSame(string folder, string[] found, IReadOnlyList<string> wanted, bool requireAll)
    {
        string[] missing = requireAll ? wanted.Except(found).ToArray() : [], unknown = found.Except(wanted).ToArray();
        if (missing.Length > 0 || unknown.Length > 0)
        {
            throw new InvalidDataException(
                $"The sub-folders of {folder} are not the classes"
                + (missing.Length > 0 ? $"; missing: {ClassNamesText.Of(missing)}" : "")
                + (unknown.Length > 0 ? $"; unknown: {ClassNamesText.Of(unknown)}" : "")
                + (unknown.Length == found.Length && DividedFolder.Find(folder) is not null ? ", which it is divided into; name one of them" : "") + ".");
        }
    }

    /// <summary>Names may stand twice, as two of ImageNet's do, but not where a folder's name is to say which is meant.</summary>
    private static void RequireOnce(string folder, string[] found, IReadOnlyList<string> wanted)
    {
        if (wanted.Index().Where(entry => found.Contains(entry.Item)).GroupBy(entry => entry.Item).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw new InvalidDataException(
                $"{folder}: the sub-folder {twice.Key} may be any of the classes {string.Join(" and ", twice.Select(entry => entry.Index))}, "
                + "which have the same name; give them names of their own.");
        }
    }
}
