using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using DenseNetSharp.Images;

namespace DenseNetSharp.Cli.Options;

/// <summary>The images that a command line names.</summary>
internal static class InputFiles
{
    /// <summary>What names standard input.</summary>
    public const string StandardInput = "-";

    // A message quotes folders, in letters.
    private static readonly JsonSerializerOptions _listOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Refuses inputs that are no names: empty ones, and options that do not exist.</summary>
    public static void RequireNames(Argument argument)
    {
        RequireText(argument);
        argument.Validators.Add(result =>
        {
            if (result.Tokens.Count(token => token.Value == StandardInput) is var count && (count > 1 || (count == 1 && !Console.IsInputRedirected)))
            {
                result.AddError(count > 1 ? "- is standard input, which can be read once." : "- is standard input, which is a terminal here; name a file.");
            }
        });
    }

    /// <summary>Refuses the same for a folder, and standard input, which is none.</summary>
    public static void RequireFolder(Argument argument)
    {
        RequireText(argument);
        argument.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: StandardInput }])
            {
                result.AddError("- is standard input, one image of which classify, features and preprocess read; name a folder of labelled images.");
            }
        });
    }

    /// <summary>Files as named, folders as the images under them in the order of their names; a folder without images, or
    /// one that cannot be read, as it was named, so that its failure is reported like a file's.</summary>
    /// <param name="inputs">Files and folders.</param>
    /// <param name="onLeftOut">Told of each folder's files that are left out for their endings.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public static IReadOnlyList<string> Find(IEnumerable<string> inputs, Action<string, string> onLeftOut, CancellationToken cancellationToken)
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
                found = ImageFiles.Find(input, file => onLeftOut(input, file), (folder, _) => unreadable.Add(folder), cancellationToken);
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

    /// <summary>The files of one part, or of all, each once and by a path that does not depend on how an input is spelled: <c>dir</c>,
    /// <c>dir/</c> and <c>./dir</c> give the same. Of a file that several inputs have, the first counts. Here nothing is passed over: a folder
    /// that is not there, is empty or cannot be read may be one that is not mounted, and other machines would take what they have for all
    /// there is.</summary>
    /// <param name="inputs">Files and folders.</param>
    /// <param name="shard">The part; null for all.</param>
    /// <param name="onLeftOut">Told of each folder's files that are left out for their endings.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="UsageException">Standard input is among them.</exception>
    /// <exception cref="IOException">A file or folder is not there, or a folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder may not be read.</exception>
    /// <exception cref="InvalidDataException">A folder has no images.</exception>
    public static IReadOnlyList<string> FindPart(
        IEnumerable<string> inputs, Shard? shard, Action<string, string> onLeftOut, CancellationToken cancellationToken)
    {
        var files = new List<(string Path, string Name)>();
        foreach (var input in WithoutSpellings(inputs))
        {
            if (input == StandardInput)
            {
                throw new UsageException($"- is standard input, which is read once; with {Shard.Name} or {LinesOption.Name} name files and folders.");
            }

            if (!Directory.Exists(input))
            {
                files.Add(File.Exists(input)
                    ? (input, Shard.WithSlashes(input))
                    : throw new FileNotFoundException($"{input}: there is no such file or folder."));
                continue;
            }

            var found = ImageFiles.Find(input, file => onLeftOut(input, file), cancellationToken: cancellationToken);
            files.AddRange(found.Count > 0
                ? found.Select(file => (WithoutSpelling(file), Shard.NameOf(input, file)))
                : throw new InvalidDataException($"{input}: the folder has no images ({string.Join(", ", ImageFiles.Extensions)})."));
        }

        return [.. files.DistinctBy(file => Path.GetFullPath(file.Path)).Where(file => shard?.Has(file.Name) != false).Select(file => file.Path)];
    }

    /// <summary>The folders among inputs, as a list in JSON: what the images in them are named by in <see cref="FindPart"/>.</summary>
    public static string FoldersOf(IEnumerable<string> inputs) =>
        JsonSerializer.Serialize(WithoutSpellings(inputs).Where(Directory.Exists), _listOptions);

    private static IEnumerable<string> WithoutSpellings(IEnumerable<string> inputs) =>
        inputs.Select(WithoutSpelling).DistinctBy(Path.GetFullPath);

    /// <summary>A path without what may be written otherwise: <c>./</c>, <c>..</c> after a name, doubled separators and one at the end. One
    /// that is relative stays so, for the same work may go on where its folder lies elsewhere.</summary>
    private static string WithoutSpelling(string path)
    {
        var simple = Path.TrimEndingDirectorySeparator(Path.IsPathRooted(path) ? Path.GetFullPath(path) : Path.GetRelativePath(".", path));
        // A file of the name that standard input has.
        return simple == StandardInput ? path : simple;
    }

    private static void RequireText(Argument argument) => argument.Validators.Add(result =>
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
}
