using DenseNetSharp.Classification;

namespace DenseNetSharp.Datasets;

/// <summary>What a table says of classes.</summary>
/// <param name="ClassNames">Their names.</param>
/// <param name="Task">Whether they exclude each other.</param>
/// <param name="Of">A row's classes, and those that are not known; by the row and its index. Null where it says nothing of these
/// classes, so that its image is left out.</param>
internal sealed record TableLabels(
    IReadOnlyList<string> ClassNames, ClassificationTask Task, Func<TableRow, int, (int[] Classes, int[] Unknown)?> Of)
{
    // Tables of findings have up to so many.
    private const int MostNames = 20;

    /// <summary>The classes: the table's own, those that were asked for, or those of them that the table has.</summary>
    /// <param name="table">The table.</param>
    /// <param name="own">The classes that it has.</param>
    /// <param name="areColumns">Whether a column stands for a class.</param>
    /// <param name="task">Whether they exclude each other.</param>
    /// <param name="options">How it is read.</param>
    /// <exception cref="InvalidDataException">It lacks one that is required, or has none of them.</exception>
    public static IReadOnlyList<string> ClassesOf(
        TableRows table, string[] own, bool areColumns, ClassificationTask task, LabelTableOptions options)
    {
        if (options.ClassNames is not { } wanted)
        {
            return own.Length > 0 ? own : throw new InvalidDataException($"{table.Path} has no image of any class.");
        }

        string[] shared = [.. wanted.Intersect(own)], absent = [.. wanted.Except(own)], others = [.. own.Except(wanted)];
        if (options.RequireAll)
        {
            // A class that no cell names is no fault: it has no images.
            return areColumns && absent.FirstOrDefault() is { } missing
                ? throw new InvalidDataException(
                    $"{table.Path} has no column for the class '{missing}'; it has {string.Join(", ", table.Columns.Where(name => name.Length > 0))}.")
                : wanted;
        }

        if (shared.Length == 0)
        {
            throw new InvalidDataException(
                $"{table.Path} has the classes {ClassNamesText.Of(own, MostNames)}, and none of {ClassNamesText.Of([.. wanted], MostNames)}.");
        }

        Say("are left out, which the images may have besides", others);
        if (task == ClassificationTask.Multiclass && absent.Length > 0)
        {
            options.OnRemark?.Invoke($"no images of {absent.Length} of the network's {wanted.Count} classes: {ClassNamesText.Of(absent, MostNames)}");
        }
        else
        {
            Say("are left out, of which the table says nothing", absent);
        }

        return task == ClassificationTask.Multiclass ? wanted : shared;

        void Say(string what, string[] names)
        {
            if (names.Length > 0)
            {
                options.OnRemark?.Invoke($"classes {what}: {ClassNamesText.Of(names, MostNames)}");
            }
        }
    }
}
