using DenseNetSharp.Images;

namespace DenseNetSharp.Cli.Output;

/// <summary>The files of folders that were not taken for images, counted by ending.</summary>
internal sealed class LeftOutFiles
{
    private readonly List<(string Folder, string File)> _files = [];

    /// <summary>Takes note of a file that was found in a folder that the command line names.</summary>
    public void Add(string folder, string file) => _files.Add((folder, file));

    /// <summary>Says on standard error what was left out, a line a folder.</summary>
    public void Report()
    {
        foreach (var folder in _files.GroupBy(entry => entry.Folder))
        {
            var counted = LeftOutText.Counted(folder.Select(entry => entry.File));
            Console.Error.WriteLine($"densenet: left out of {Terminal.Printable(folder.Key)}: {Terminal.Printable(counted)}");
        }
    }
}
