using System.Security.Cryptography;
using System.Text.Json;
using DenseNetSharp.Files;

namespace DenseNetSharp.Cli.Output;

/// <summary>What made the lines of a file of results, by name and as text: it lies beside them, so that lines of other settings are never
/// added to them.</summary>
/// <param name="values">The settings.</param>
internal sealed class ResultSettings(IReadOnlyDictionary<string, string> values)
{
    /// <summary>The part of the images that the lines are of: what alone differs among files that belong together.</summary>
    public const string Shard = "shard";

    private const string Version = "version";
    private const string None = "none";

    /// <summary>Many names as one: their number and a hash of them.</summary>
    /// <param name="names">The names; null for none.</param>
    public static string TextOf(IReadOnlyList<string>? names) => names is null or []
        ? None
        : $"{names.Count}, SHA-256 {Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(names)))}";

    /// <summary>The names of each member of an ensemble: another member's are another text.</summary>
    /// <param name="members">The members' names, in their order; null for none.</param>
    public static string TextOfEach(IEnumerable<IReadOnlyList<string>?> members) => string.Join("; ", members.Select(TextOf));

    /// <summary>A setting; null where there is none of that name.</summary>
    public string? this[string name] => values.GetValueOrDefault(name);

    /// <summary>The file of settings beside a file of lines.</summary>
    public static string FileBeside(string path) => $"{path}.about.json";

    /// <summary>Reads the settings beside a file of lines.</summary>
    /// <exception cref="InvalidDataException">They are not there, or are no settings.</exception>
    public static ResultSettings LoadBeside(string path)
    {
        var file = FileBeside(path);
        if (!File.Exists(file))
        {
            throw new InvalidDataException($"{path} has no {Path.GetFileName(file)} beside it, which says what made its lines; {Advice(path)}");
        }

        try
        {
            return new ResultSettings(JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllBytes(file)) ?? []);
        }
        catch (JsonException)
        {
            throw new InvalidDataException($"{file} does not say what made the lines of {path}: it is no list of settings in JSON; {Advice(path)}");
        }
    }

    /// <summary>Writes them beside a file of lines, with the version of what is to write those.</summary>
    public void SaveBeside(string path) => AtomicFile.Write(FileBeside(path), stream => stream.Write(JsonOutput.File(
        new Dictionary<string, string>(values) { [Version] = typeof(AtomicFile).Assembly.GetName().Version!.ToString(3) })));

    /// <summary>Refuses lines that others made.</summary>
    /// <param name="path">The file of lines.</param>
    /// <param name="found">What made its lines.</param>
    /// <param name="otherShards">Whether they may be of another part of the images.</param>
    /// <exception cref="InvalidDataException">The settings differ; the message names the first that does.</exception>
    public void RequireSame(string path, ResultSettings found, bool otherShards = false)
    {
        foreach (var name in values.Keys.Union(found.Values.Keys).Where(name => name != Version && !(otherShards && name == Shard)))
        {
            if (this[name] != found[name])
            {
                throw new InvalidDataException(
                    $"The lines of {path} were made with {name} {found[name] ?? None}, and this is {name} {this[name] ?? None}; name another file.");
            }
        }
    }

    private IReadOnlyDictionary<string, string> Values => values;

    private static string Advice(string path) => $"delete {path} or name another file.";
}
