using DenseNetSharp.Classification;
using DenseNetSharp.Cli.Models;
using DenseNetSharp.Cli.Options;
using DenseNetSharp.Cli.Output;
using DenseNetSharp.Datasets;
using DenseNetSharp.Images;

namespace DenseNetSharp.Cli.Data;

/// <summary>The images that <c>evaluate</c> measures a network on.</summary>
internal static class EvaluationData
{
    /// <summary>Finds the images, with those of the network's classes that they can be measured for.</summary>
    /// <param name="folder">Where they are.</param>
    /// <param name="table">The table of their classes; null for sub-folders.</param>
    /// <param name="part">The part of them: of the table's, or of the run's that trained the network; null for all.</param>
    /// <param name="found">The network.</param>
    /// <param name="classes">Its classes.</param>
    public static ImageDataset Load(string folder, TableChoice? table, string? part, FoundCheckpoint found, IReadOnlyList<string> classes)
    {
        if (part is not null && table is null)
        {
            return OfRun(folder, part, found, classes);
        }

        if (table is null)
        {
            return WithTask(OfFolders(folder, classes), found);
        }

        if (!File.Exists(table.File))
        {
            throw new FileNotFoundException($"--classes-csv {table.File}: there is no such file.");
        }

        return OfTable(folder, table, part, found, classes);
    }

    /// <summary>What the run that trained the network held out, or learned from.</summary>
    private static ImageDataset OfRun(string folder, string part, FoundCheckpoint found, IReadOnlyList<string> classes)
    {
        var split = SplitBeside(found);
        // What is to test with is no part of a run, but may lie beside what it learned from.
        if (part == PartNames.Test && ImageFiles.Folders(folder).FirstOrDefault(IsTest) is { } test)
        {
            Console.Error.WriteLine($"densenet: the images in {Terminal.Printable(test)}");
            return WithTask(OfFolders(test, classes), found);
        }

        if (!File.Exists(split))
        {
            throw new FileNotFoundException(
                $"--on {part}: there is no {split}, which says what the run learned from and what it held out; finetune leaves it beside its weights.");
        }

        var dataset = SplitTable.Load(split, part, classes, found.Task, folder);
        Console.Error.WriteLine($"densenet: the {dataset.Images.Count} images that {Terminal.Printable(split)} gives to {part}");
        return dataset;

        static bool IsTest(string path) => PartNames.OfFolder(path) == PartNames.Test && ImageFiles.Folders(path).Count > 0;
    }

    /// <summary>How many images the run that trained the network learned from, as far as the table beside its weights says.</summary>
    public static int CountLearned(ImageDataset dataset, string folder, FoundCheckpoint found, IReadOnlyList<string> classes)
    {
        try
        {
            var split = SplitBeside(found);
            var learned = File.Exists(split) ? SplitTable.Load(split, PartNames.Training, classes, found.Task, folder).Images : [];
            return dataset.Images.Select(Path).Intersect(learned.Select(Path)).Count();
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            // A table of other images: it says nothing of these.
            return 0;
        }

        static string Path(LabelledImage image) => System.IO.Path.GetFullPath(image.Path);
    }

    private static ImageDataset OfFolders(string folder, IReadOnlyList<string> classes)
    {
        var leftOut = new LeftOutFiles();
        var others = new List<string>();
        var dataset = ImageFolder.Load(folder, classes, requireAll: false, file => leftOut.Add(folder, file), others.Add);
        leftOut.Report();
        var counts = dataset.CountPerClass();
        string[] without = [.. classes.Where((_, i) => counts[i] == 0)];
        if (without.Length > 0)
        {
            Console.Error.WriteLine(Terminal.Printable(
                $"densenet: no images of {without.Length} of the network's {classes.Count} classes in {folder}: {ClassNamesText.Of(without)}"));
        }

        if (others.Count > 0)
        {
            Console.Error.WriteLine(Terminal.Printable($"densenet: left out of {folder}, as none of the network's classes: {string.Join(", ", others)}"));
        }

        return dataset;
    }

    private static ImageDataset OfTable(string folder, TableChoice table, string? part, FoundCheckpoint found, IReadOnlyList<string> classes)
    {
        RequireClasses(found);
        var dataset = table.Load(folder, classes, found.TaskSource is null ? null : found.Task, requireAll: false);
        if (part is not null && File.Exists(SplitBeside(found)))
        {
            Console.Error.WriteLine(
                $"densenet: --on {part} is what {Terminal.Printable(table.File)} gives to it; what the run learned from and held out is in "
                + $"{SplitTable.FileName} beside the weights, which is taken without --classes-csv");
        }

        if (part is not null)
        {
            dataset = dataset.Images.Any(image => image.Part is not null)
                ? new ImageDataset(dataset.ClassNames, dataset.Images.Where(image => image.Part == part), dataset.Task)
                : throw new InvalidDataException(
                    $"--on {part}: {table.File} has no column that says which part of the data an image was given to; without --classes-csv it is the "
                    + $"{SplitTable.FileName} beside the weights that says so.");
            if (dataset.Images.Count == 0)
            {
                throw new InvalidDataException($"--on {part}: {table.File} gives no image to {part}.");
            }
        }
        else if (dataset.Images.Any(image => image.Part is not null))
        {
            Console.Error.WriteLine($"densenet: {Terminal.Printable(table.File)} is divided, and all of its parts are measured; --on measures one");
        }

        if (found.TaskSource is null && dataset.Task != found.Task)
        {
            Console.Error.WriteLine(
                $"densenet: measured as {CheckpointReport.NameOf(dataset.Task)}, as {Terminal.Printable(table.File)} looks; nothing says what the network's "
                + $"outputs mean, and classify takes them for {CheckpointReport.NameOf(found.Task)} (--task)");
        }

        return dataset;
    }

    /// <summary>The images of folders under what the network's outputs mean, where that is known; else as classes that exclude each
    /// other.</summary>
    private static ImageDataset WithTask(ImageDataset dataset, FoundCheckpoint found)
    {
        RequireClasses(found);
        if (found.TaskSource is null || found.Task == dataset.Task)
        {
            return dataset;
        }

        Console.Error.WriteLine($"densenet: measured as {CheckpointReport.NameOf(found.Task)}, as {found.TaskSource} says");
        return dataset.WithTask(found.Task);
    }

    private static string SplitBeside(FoundCheckpoint found) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(found.Path))!, SplitTable.FileName);

    private static void RequireClasses(FoundCheckpoint found)
    {
        if (found.Task == ClassificationTask.None)
        {
            throw new UsageException("--task none gives raw values, and evaluate measures classes; name multiclass or multilabel.");
        }
    }
}
