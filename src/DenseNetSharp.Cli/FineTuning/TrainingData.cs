using System.Globalization;
using DenseNetSharp.Classification;
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

        return choice.Table is null ? FromFolders(choice, seed) : FromTable(choice, choice.Table, seed);
    }

    private static TrainingData FromFolders(DataChoice choice, long seed)
    {
        var split = SplitFolder.Find(choice.Folder);
        var layoutsHeldOut = choice is { HeldOutFrom: null, HeldOutShare: null } ? split?.HeldOut : null;
        if (split is not null)
        {
            Console.Error.WriteLine($"densenet: learning from {split.Training}"
                + (layoutsHeldOut is null ? "" : $", validating with {layoutsHeldOut}")
                + (split.Test is null ? "" : $"; {split.Test} is left for densenet evaluate"));
        }

        var leftOut = new LeftOutFiles();
        var all = WithTask(Load(split?.Training ?? choice.Folder), choice.Task);
        if ((choice.HeldOutFrom ?? layoutsHeldOut) is not { } heldOut)
        {
            leftOut.Report();
            return Split(all, choice.HeldOutShare, seed);
        }

        var data = Directory.Exists(heldOut)
            ? new TrainingData(all, WithTask(Load(heldOut, all.ClassNames), choice.Task), choice.HeldOutFrom)
            : throw new DirectoryNotFoundException($"--val {heldOut}: there is no such folder.");
        leftOut.Report();
        return data;

        ImageDataset Load(string folder, IReadOnlyList<string>? classNames = null) =>
            ImageFolder.Load(folder, classNames, requireAll: classNames is null, file => leftOut.Add(folder, file));
    }

    private static TrainingData FromTable(DataChoice choice, string table, long seed)
    {
        RequireFile("--classes-csv", table);
        var all = WithTask(LabelTable.Load(table, choice.Folder), choice.Task);
        if (choice.HeldOutFrom is not { } heldOut)
        {
            return Split(all, choice.HeldOutShare, seed);
        }

        RequireFile("--val", heldOut);
        return new TrainingData(all, WithTask(LabelTable.Load(heldOut, choice.Folder, all.ClassNames), choice.Task), heldOut);
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

    private static TrainingData Split(ImageDataset all, double? wanted, long seed)
    {
        var share = wanted ?? DefaultShare;
        var (training, heldOut) = share == 0 ? (all, null) : all.Split(share, seed);
        return new TrainingData(training, heldOut, share.ToString(CultureInfo.InvariantCulture));
    }

    private static ImageDataset WithTask(ImageDataset images, ClassificationTask task) =>
        images.Task == task ? images : new ImageDataset(images.ClassNames, images.Images, task);
}
