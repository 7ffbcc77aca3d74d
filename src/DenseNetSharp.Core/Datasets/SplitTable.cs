using System.Text;
using DenseNetSharp.Classification;
using DenseNetSharp.Files;

namespace DenseNetSharp.Datasets;

/// <summary>A run's <c>split.csv</c>: which image was learned from and which validated with, and their classes.</summary>
/// <remarks>
/// UTF-8, RFC 4180. The columns are <c>image</c>, <c>split</c> (<c>train</c> or <c>validation</c>) and, where classes exclude each
/// other, <c>class</c> with its name, else one a class with 1, 0, or nothing for what is not known. Paths are relative to a folder
/// where they lie in it, with slashes on every system.
/// </remarks>
public static class SplitTable
{
    /// <summary>The file's name in a run's folder.</summary>
    public const string FileName = "split.csv";

    private const int FixedColumns = 2;

    /// <summary>Writes the table; the file is complete or as it was before.</summary>
    /// <param name="path">The file.</param>
    /// <param name="training">The images that are learned from.</param>
    /// <param name="validation">The images that are validated with, of the same classes; null for none.</param>
    /// <param name="folder">What paths are relative to; null for whole paths.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Write(string path, ImageDataset training, ImageDataset? validation, string? folder = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(training);
        var excludes = training.Task == ClassificationTask.Multiclass;
        var text = new StringBuilder(CsvText.Line(["image", "split", .. excludes ? ["class"] : training.ClassNames]));
        foreach (var (part, images) in new[] { (PartNames.Training, training.Images), (PartNames.Validation, validation?.Images ?? []) })
        {
            foreach (var image in images)
            {
                text.Append(CsvText.Line([PathIn(folder, image.Path), part, .. excludes ? [training.ClassNames[image.Class]] : Cells(image, training)]));
            }
        }

        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        AtomicFile.Write(path, stream => stream.Write(bytes));
    }

    /// <summary>Reads one part of the images. None is opened, but each must be there.</summary>
    /// <param name="path">The file.</param>
    /// <param name="part"><c>train</c> or <c>validation</c>.</param>
    /// <param name="classNames">The run's classes in the order of their indices.</param>
    /// <param name="task">Whether they exclude each other.</param>
    /// <param name="folder">What relative paths are relative to.</param>
    /// <returns>The images in the table's order.</returns>
    /// <exception cref="InvalidDataException">The table is no such table or of other classes, has no image of the part, or one is not
    /// there; the message names the line.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ImageDataset Load(string path, string part, IReadOnlyList<string> classNames, ClassificationTask task, string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(classNames);
        ArgumentNullException.ThrowIfNull(folder);
        var table = TableRows.Read(path, ',', isImage: _ => false, onRemark: null);
        var excludes = task == ClassificationTask.Multiclass;
        var columns = new[] { "image", "split" }.Concat(excludes ? ["class"] : classNames.Select(name => name.Trim())).ToArray();
        if (!table.Columns.SequenceEqual(columns))
        {
            throw new InvalidDataException(
                $"{path} has the columns {string.Join(", ", table.Columns)}, not {string.Join(", ", columns)}: it is of other classes or no run's.");
        }

        var wanted = PartNames.Of(part);
        var images = table.Rows.Where(row => PartNames.Of(row.Fields[1]) == wanted).Select(row =>
        {
            var file = Path.Combine(folder, row.Fields[0]);
            return File.Exists(file)
                ? ImageOf(table, row, file, classNames, excludes) with { Part = wanted }
                : throw new InvalidDataException($"{path}, line {row.Line}: there is no file {file}; name the folder that the run learned from.");
        }).ToArray();
        return images.Length > 0
            ? new ImageDataset(classNames, images, task)
            : throw new InvalidDataException($"{path} has no image of the part {part}.");
    }

    private static LabelledImage ImageOf(TableRows table, TableRow row, string file, IReadOnlyList<string> classNames, bool excludes)
    {
        var cells = row.Fields[FixedColumns..];
        if (!excludes)
        {
            return new LabelledImage(file, Where(LabelValue.One)) { Unknown = Where(LabelValue.Blank) };
        }

        var index = Array.FindIndex([.. classNames], name => name.Trim() == cells[0]);
        return index >= 0
            ? new LabelledImage(file, [index])
            : throw new InvalidDataException($"{table.Path}, line {row.Line}: there is no class '{cells[0]}'.");

        int[] Where(LabelValue value) => [.. cells.Index().Where(cell => LabelValues.Of(cell.Item) == value).Select(cell => cell.Index)];
    }

    private static IEnumerable<string> Cells(LabelledImage image, ImageDataset dataset) =>
        dataset.ClassNames.Select((_, i) => image.Unknown.Contains(i) ? "" : image.Classes.Contains(i) ? "1" : "0");

    private static string PathIn(string? folder, string path)
    {
        var relative = folder is null ? ".." : Path.GetRelativePath(folder, path);
        var isInside = !Path.IsPathRooted(relative) && relative.Split(Path.DirectorySeparatorChar)[0] != "..";
        return (isInside ? relative : Path.GetFullPath(path)).Replace(Path.DirectorySeparatorChar, '/');
    }
}
