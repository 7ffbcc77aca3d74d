using System.CommandLine;

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
}
