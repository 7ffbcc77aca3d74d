using System.CommandLine;
using DenseNetSharp.Files;

namespace DenseNetSharp.Cli.Options;

/// <summary>The option for a file of results, a line of JSON each.</summary>
internal static class LinesOption
{
    public const string Name = "--out";
    public const string Ending = ".jsonl";

    /// <summary>The option, of a command that writes no other files by it.</summary>
    public static Option<string?> Create()
    {
        var option = new Option<string?>(Name)
        {
            Description = $"a file that gets the results, a line of JSON an image, each as soon as it is known; it must end in {Ending}. The same command "
                + "goes on where it was killed: images that have a line are left out",
            HelpName = $"FILE{Ending}",
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var path }] && !Names(path))
            {
                result.AddError($"{Name} is {(path.Length == 0 ? "empty" : path)}; it must end in {Ending}.");
            }
        });
        return option;
    }

    /// <summary>Whether a path names such a file.</summary>
    public static bool Names(string path) => path.EndsWith(Ending, StringComparison.OrdinalIgnoreCase);

    /// <summary>Refuses a file that cannot be written, and changes nothing.</summary>
    /// <exception cref="UsageException">It cannot be; the message says why.</exception>
    public static void RequireWritable(string path)
    {
        if (Directory.Exists(path))
        {
            throw new UsageException($"{Name} {path} is a folder; name a file.");
        }

        if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))))
        {
            throw new UsageException($"{Name} {path} cannot be written: its folder does not exist.");
        }

        try
        {
            var target = LinkedFile.Resolve(path);
            if (!target.Exists && target.FullName != Path.GetFullPath(path))
            {
                throw new UsageException($"{Name} {path} is a link to {target.FullName}, which does not exist; name another file.");
            }

            if (target.Exists)
            {
                // What goes on with a file reads it too.
                File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete).Dispose();
            }

            // Its folder gets more files than this one, the lock first; another process may hold that.
            FileLock.TryAcquire($"{path}.lock")?.Dispose();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{Name} {path} cannot be written: {exception.Message}");
        }
    }
}
