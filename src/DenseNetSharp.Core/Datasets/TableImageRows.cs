namespace DenseNetSharp.Datasets;

/// <summary>Gathers a table's images, each once: tables of boxes name an image on a line each.</summary>
internal sealed class TableImageRows(TableRows table)
{
    // An image twice could be learned from and validated with.
    private readonly Dictionary<string, (int Line, LabelledImage Image)> _byPath = new(StringComparer.Ordinal);

    /// <summary>The images in the table's order.</summary>
    public List<LabelledImage> Images { get; } = [];

    /// <summary>The rows that said nothing new.</summary>
    public int Repeated { get; private set; }

    /// <summary>Adds a row's image.</summary>
    /// <exception cref="InvalidDataException">It is there already, with something else said of it.</exception>
    public void Add(TableRow row, LabelledImage image)
    {
        if (_byPath.TryAdd(Path.GetFullPath(image.Path), (row.Line, image)))
        {
            Images.Add(image);
            return;
        }

        var (line, first) = _byPath[Path.GetFullPath(image.Path)];
        Repeated += first.Classes.SequenceEqual(image.Classes) && first.Unknown.SequenceEqual(image.Unknown)
            && (first.Group, first.Part) == (image.Group, image.Part)
            ? 1
            : throw new InvalidDataException(
                $"{table.Path}, line {row.Line}: {image.Path} stands on line {line} already, with other classes, another group or part of the data.");
    }
}
