using System.CommandLine;
using DenseNetSharp.Images;

namespace DenseNetSharp.Cli.Options;

/// <summary>The images that a command line names.</summary>
internal static class InputFiles
{
    /// <summary>Refuses inputs that are no names: empty ones, and options that do not exist.</summary>
    public static void RequireNames(Argument argument) => argument.Validators.Add(result =>
    {
        foreach (var text in result.Tokens.Select(token => token.Value))
        {
            if (text.Length == 0)
            {
                result.AddError($"{argument.Name} is empty; name a file.");
            }
            else if (text.StartsWith("--", StringComparison.Ordinal) && !Path.Exists(text))
            {
                result.AddError($"{text} is neither an option nor a file.");
            }
        }
    });

    /// <summary>Files as named, folders as the images under them in the order of their names; a folder without images, or
    /// one that cannot be read, as it was named, so that its failure is reported like a file's.</summary>
    public static IReadOnlyList<string> Find(IEnumerable<string> inputs, CancellationToken cancellationToken)
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
                found = ImageFiles.Find(input, (folder, _) => unreadable.Add(folder), cancellationToken);
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
}
