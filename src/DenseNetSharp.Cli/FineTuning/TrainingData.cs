using System.Globalization;
using DenseNetSharp.Classification;
using DenseNetSharp.Cli.Data;
using DenseNetSharp.Cli.Options;
using DenseNetSharp.Cli.Output;
using DenseNetSharp.Datasets;

namespace DenseNetSharp.Cli.FineTuning;

/// <summary>The images to learn from and those held out, if any.</summary>
/// <param name="Training">The images to learn from.</param>
/// <param name="HeldOut">The images to validate with, or null.</param>
/// <param name="HeldOutText">What --val is to say for the same; null where the folder's layout decided.</param>
internal sealed record TrainingData(ImageDataset Training, ImageDataset? HeldOut, string? HeldOutText)
{
    private const double DefaultShare = 0.2;

    /// <summary>Finds the images; says on standard error where the folder's layout decides.</summary>
    public static TrainingData Load(DataChoice choice, long seed)
    {
        if (!Directory.Exists(choice.Folder))
        {
            throw new DirectoryNotFoundException($"{choice.Folder}: there is no such folder.");
        }

        var data = choice.Table is null ? FromFolders(choice, seed) : FromTable(choice, choice.Table, seed);
        if (choice.Grouping is { } grouping)
        {
            data.WarnOfSharedGroups(grouping.Name);
        }

        return data;
    }

    private static TrainingData FromFolders(DataChoice choice, long seed)
    {
        var split = DividedFolder.Find(choice.Folder);
        var layoutsHeldOut = choice is { HeldOutFrom: null, HeldOutShare: null, Folds: null } ? split?.HeldOut : null;
        if (split is not null)
        {
            Console.Error.WriteLine($"densenet: learning from {split.Training}"
                + (layoutsHeldOut is null ? "" : $", validating with {layoutsHeldOut}")
                + (split.LeftAlone.Count == 0 ? "" : $"; left alone: {string.Join(", ", split.LeftAlone)}"));
        }

        var leftOut = new LeftOutFiles();
        var all = Grouped(Load(split?.Training ?? choice.Folder).WithTask(choice.Task ?? ClassificationTask.Multiclass), choice);
        if ((choice.HeldOutFrom ?? layoutsHeldOut) is not { } heldOut)
        {
            leftOut.Report();
            return Split(all, choice, seed);
        }

        var data = Directory.Exists(heldOut)
            ? new TrainingData(all, Grouped(Load(heldOut, all.ClassNames).WithTask(all.Task), choice), choice.HeldOutFrom)
            : throw new DirectoryNotFoundException($"--val {heldOut}: there is no such folder.");
        leftOut.Report();
        return data;

        ImageDataset Load(string folder, IReadOnlyList<string>? classNames = null) =>
            ImageFolder.Load(folder, classNames, requireAll: classNames is null, file => leftOut.Add(folder, file));
    }

    private static TrainingData FromTable(DataChoice choice, TableChoice table, long seed)
    {
        RequireFile("--classes-csv", table.File);
        var all = Grouped(table.Load(choice.Folder, task: choice.Task), choice);
        if (choice.HeldOutFrom is { } heldOut)
        {
            RequireFile("--val", heldOut);
            return new TrainingData(all, Grouped((table with { File = heldOut }).Load(choice.Folder, all.ClassNames, all.Task), choice), heldOut);
        }

        return all.Images.Any(image => image.Part is not null) ? FromParts(choice, table, all, seed) : Split(all, choice, seed);
    }

    /// <summary>A table that is divided already is used as it is divided.</summary>
    private static TrainingData FromParts(DataChoice choice, TableChoice table, ImageDataset all, long seed)
    {
        var (training, validation) = (Only(PartNames.Training), Only(PartNames.Validation));
        if (training.Images.Count == 0)
        {
            throw new InvalidDataException($"{table.File} is divided already, and has no image to learn from (train).");
        }

        var isHeldOut = validation.Images.Count > 0 && choice is { HeldOutShare: null, Folds: null };
        var leftAlone = all.Images.Count - training.Images.Count - (isHeldOut ? validation.Images.Count : 0);
        Console.Error.WriteLine($"densenet: learning from the {training.Images.Count} images that {table.File} gives to train"
            + (isHeldOut ? $", validating with the {validation.Images.Count} given to validation" : "")
            + (leftAlone > 0 ? $"; left alone: {leftAlone} others" : ""));
        return isHeldOut ? new TrainingData(training, validation, null) : Split(training, choice, seed);

        ImageDataset Only(string part) => new(all.ClassNames, all.Images.Where(image => image.Part == part), all.Task);
    }

    private static ImageDataset Grouped(ImageDataset images, DataChoice choice) => choice.Grouping?.Apply(images, choice.Folder) ?? images;

    private void WarnOfSharedGroups(string column)
    {
        var shared = HeldOut?.Images.Select(image => image.Group).OfType<string>().Intersect(Training.Images.Select(image => image.Group)).Count() ?? 0;
        if (shared > 0)
        {
            var which = shared == 1 ? $"1 value of {column} is" : $"{shared} values of {column} are";
            Console.Error.WriteLine($"densenet: {which} on both sides, among the images to learn from and those to validate with, as they were given");
        }
    }

    private static void RequireFile(string option, string path)
    {
        if (Directory.Exists(path))
        {
            throw new UsageException($"{option} {path} is a folder; with --classes-csv it must be a CSV file.");
        }

        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"{option} {path}: there is no such file.");
        }
    }

    private static TrainingData Split(ImageDataset all, DataChoice choice, long seed)
    {
        Func<LabelledImage, string?>? group = choice.Grouping is null ? null : image => image.Group;
        if (choice.HeldOutShare != 0)
        {
            choice.Grouping?.RequireSeveral(all);
        }

        if (choice.Folds is var (count, fold))
        {
            var units = group is null ? all.Images.Count : all.Images.Select((image, i) => group(image) ?? $"\0{i}").Distinct().Count();
            var (others, held) = count <= units
                ? all.Folds(count, seed, group)[fold]
                : throw new InvalidDataException($"--folds is {count}, but there are {units} images or groups to divide.");
            return new TrainingData(others, held, null);
        }

        var share = choice.HeldOutShare ?? DefaultShare;
        var (training, heldOut) = share == 0 ? (all, null) : all.Split(share, seed, group);
        return new TrainingData(training, heldOut, share.ToString(CultureInfo.InvariantCulture));
    }
}
