using DenseNetSharp.Images;
using Spectre.Console;

namespace DenseNetSharp.Cli.Output;

/// <summary>What went wrong, in a line for whoever uses the command.</summary>
internal static class Failure
{
    /// <summary>What an exception says, in one line and without the name of a parameter that nobody here has passed.</summary>
    public static string MessageOf(Exception exception)
    {
        var message = exception.Message.ReplaceLineEndings(" ");
        return exception is ArgumentException { ParamName: { } name } ? message.Replace($" (Parameter '{name}')", "") : message;
    }

    /// <summary>What is wrong with a file, without its name, which goes before it.</summary>
    public static string ReasonOf(string file, Exception error) => error switch
    {
        _ when Directory.Exists(file) => ReasonOfFolder(file),
        ImageFormatException { Reason: var reason } => $"{reason}.",
        FileNotFoundException or DirectoryNotFoundException => "there is no such file.",
        _ => MessageOf(error),
    };

    /// <summary>Says on standard error what is wrong with a file.</summary>
    public static void Report(string file, string reason) =>
        // Above a progress bar, where there is one.
        Terminal.Error.WriteLine($"densenet: {Terminal.Printable(file)}: {reason}");

    /// <summary>Says on standard error of work that has ended how many images it did without; each has been named before.</summary>
    /// <param name="count">How many.</param>
    /// <param name="consequence">What was done without them.</param>
    public static void ReportUnreadable(int count, string consequence)
    {
        if (count > 0)
        {
            Terminal.Error.WriteLine($"densenet: {count} {(count == 1 ? "image" : "images")} could not be read, named above; {consequence}.");
        }
    }

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
