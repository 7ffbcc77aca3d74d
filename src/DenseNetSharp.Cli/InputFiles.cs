using DenseNetSharp.Images;
using Spectre.Console;

namespace DenseNetSharp.Cli;

/// <summary>The images that a command line names.</summary>
internal static class InputFiles
{
    /// <summary>Files as named, folders as the images under them in the order of their names; a folder without images, or
    /// one that cannot be read, as it was named, so that its failure is reported like a file's.</summary>
    public static IReadOnlyList<string> Find(IEnumerable<string> inputs, CancellationToken cancellation)
    {
        var files = new List<string>();
        foreach (var input in inputs)
        {
            if (!Directory.Exists(input))
            {
                files.Add(input);
                continue;
            }

            var unreadable = new List<string>();
            IReadOnlyList<string> found;
            try
            {
                found = ImageFiles.Find(input, (folder, _) => unreadable.Add(folder), cancellation);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                found = [];
            }

            string[] all = [.. found, .. unreadable];
            files.AddRange(all.Length == 0 ? [input] : all.Order(StringComparer.Ordinal));
        }

        return files;
    }

    /// <summary>Says on standard error what is wrong with a file.</summary>
    public static void Report(string file, string reason) =>
        // Above a progress bar, where there is one.
        Terminal.Error.WriteLine($"densenet: {Terminal.Printable(file)}: {reason}");

    /// <summary>What is wrong with a file, without its name, which goes before it.</summary>
    public static string Reason(string file, Exception error) => error switch
    {
        _ when Directory.Exists(file) => ReasonOfFolder(file),
        ImageFormatException { Reason: var reason } => $"{reason}.",
        FileNotFoundException or DirectoryNotFoundException => "there is no such file.",
        _ => Program.MessageOf(error),
    };

    private static string ReasonOfFolder(string folder)
    {
        try
        {
            _ = Directory.EnumerateFileSystemEntries(folder).Any();
            return $"the folder has no images ({string.Join(", ", ImageFiles.Extensions)}).";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "the folder cannot be read.";
        }
    }
}
