using System.Text;
using DenseNetSharp.Files;

namespace DenseNetSharp.Classification;

/// <summary>Class names in a text file, one a line in the order of their indices, UTF-8.</summary>
public static class LabelFile
{
    /// <summary>Reads the names.</summary>
    /// <param name="path">The file.</param>
    /// <returns>One name a line, blanks around it removed; blank lines at the file's end do not count.</returns>
    /// <exception cref="InvalidDataException">The file has no names, or a blank line between them.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<string> Read(string path)
    {
        var labels = File.ReadLines(path).Select(line => line.Trim()).ToList();
        while (labels.Count > 0 && labels[^1].Length == 0)
        {
            labels.RemoveAt(labels.Count - 1);
        }

        if (labels.Count == 0)
        {
            throw new InvalidDataException($"{path} has no labels.");
        }

        var blank = labels.IndexOf("");
        if (blank >= 0)
        {
            throw new InvalidDataException($"{path} has no label on line {blank + 1}.");
        }

        return labels;
    }

    /// <summary>Writes names, one a line; the file is complete or as it was before.</summary>
    /// <param name="path">The file.</param>
    /// <param name="names">The names in the order of their indices.</param>
    /// <exception cref="ArgumentException">A name is not one line of text that <see cref="Read"/> would give back.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<string> names)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(names);
        if (names.FirstOrDefault(name => name.Length == 0 || name != name.Trim() || name.AsSpan().IndexOfAny('\r', '\n') >= 0) is { } odd)
        {
            throw new ArgumentException($"'{odd}' cannot stand on a line of its own as a class's name.", nameof(names));
        }

        var bytes = Encoding.UTF8.GetBytes(string.Concat(names.Select(name => $"{name}\n")));
        AtomicFile.Write(path, stream => stream.Write(bytes));
    }
}
