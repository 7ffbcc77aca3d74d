using DenseNetSharp.Images;

namespace DenseNetSharp.Datasets;

/// <summary>A folder of images that is divided already: <c>train</c> with one sub-folder a class, and others beside it.</summary>
/// <param name="Training">Its images to learn from.</param>
/// <param name="HeldOut">Its images to validate with; null where there are none by class.</param>
/// <param name="LeftAlone">What else is in it: test images, by which nothing is chosen or they would test no more, and any further
/// folder.</param>
internal sealed record DividedFolder(string Training, string? HeldOut, IReadOnlyList<string> LeftAlone)
{
    /// <summary>Recognises such a folder, whatever the case of the names; null where the sub-folders are classes, one of which may be
    /// called train.</summary>
    /// <exception cref="InvalidDataException">Two of its folders could be meant, or there is none to learn from among its parts.</exception>
    public static DividedFolder? Find(string folder)
    {
        var parts = ImageFiles.Folders(folder).Where(HasFolders).ToArray();
        if (OneOf(folder, parts, PartNames.Training) is not { } training)
        {
            var all = ImageFiles.Folders(folder);
            RequireClasses(folder, all);
            return null;
        }

        var heldOut = OneOf(folder, parts, PartNames.Validation);
        return new DividedFolder(training, heldOut, [.. ImageFiles.Folders(folder).Where(part => part != training && part != heldOut)]);
    }

    /// <summary>Parts alone, without one by class to learn from, are no classes; nor are classes that are divided each by itself to be
    /// mixed.</summary>
    private static void RequireClasses(string folder, IReadOnlyList<string> all)
    {
        if (all.Count > 1 && all.All(part => PartNames.OfFolder(part) is not null))
        {
            throw new InvalidDataException(
                $"{folder} is divided into {string.Join(" and ", all.Select(Path.GetFileName))}, but has no train with a sub-folder for each class; name "
                + "the folder to learn from, or a table of its images' classes (--classes-csv).");
        }

        if (all.Count > 1 && all.All(one => ImageFiles.Folders(one) is [_, _, ..] parts && parts.All(part => PartNames.OfFolder(part) is not null)))
        {
            var parts = ImageFiles.Folders(all[0]).Select(Path.GetFileName);
            throw new InvalidDataException(
                $"{folder} has classes that are divided each by itself, {Path.GetFileName(all[0])} into {string.Join(" and ", parts)}; put the classes into "
                + "train and val instead, or name the images and their parts in a table (--classes-csv).");
        }
    }

    private static bool HasFolders(string folder) => ImageFiles.Folders(folder).Count > 0;

    private static string? OneOf(string folder, string[] parts, string wanted)
    {
        string[] found = [.. parts.Where(part => PartNames.OfFolder(part) == wanted)];
        return found.Length <= 1
            ? found.FirstOrDefault()
            : throw new InvalidDataException(
                $"{folder} has {string.Join(" and ", found.Select(part => Path.GetFileName(part)))}; name the one to learn from, and the other with --val.");
    }
}
