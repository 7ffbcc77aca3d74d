using System.Buffers.Binary;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace DenseNetSharp.Cli.Options;

/// <summary>One of the parts that images are divided into, for as many processes or machines. Which part an image belongs to is told by its
/// name alone: not by the other images, nor by the order in which a file system lists them.</summary>
/// <param name="Index">Which part, from 0 on, as Kubernetes counts the pods of an Indexed Job.</param>
/// <param name="Count">The number of parts.</param>
internal sealed record Shard(int Index, int Count)
{
    public const string Name = "--shard";

    /// <summary>All images.</summary>
    public static Shard All { get; } = new(0, 1);

    private const int MostParts = 1_000_000;

    /// <summary>The option.</summary>
    public static Option<Shard?> Create() => new(Name)
    {
        Description = "the part of the images to work on, i of n from 0 on: 0/3, 1/3 and 2/3 are all of them. A file's part is told by its name below "
            + "the folder, and does not change when files are added",
        HelpName = "i/n",
        CustomParser = Parse,
    };

    /// <summary>What a file is called, wherever its folder lies: its path below the folder, with forward slashes.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="path">The file.</param>
    public static string NameOf(string folder, string path) => WithSlashes(Path.GetRelativePath(folder, path));

    /// <summary>A path with forward slashes.</summary>
    public static string WithSlashes(string path) => path.Replace(Path.DirectorySeparatorChar, '/');

    /// <summary>The part of so many that a name belongs to: the first eight bytes of the SHA-256 of its UTF-8, the highest first, modulo
    /// the number of parts.</summary>
    /// <remarks>Names are taken as they are. Unicode's normal forms would need tables that not every installation has, and two machines
    /// would divide the same folder differently.</remarks>
    /// <param name="name">The name.</param>
    /// <param name="count">The number of parts.</param>
    public static int Of(string name, int count) =>
        (int)(BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(name))) % (ulong)count);

    /// <summary>The part that a text names; null where it names none.</summary>
    /// <param name="text">i/n. Whether i is less than n is not asked.</param>
    public static Shard? Read(string? text) =>
        text?.Split('/') is [var first, var second] && IsCount(first, out var index) && IsCount(second, out var count) && count is > 0 and <= MostParts
            ? new Shard(index, count)
            : null;

    /// <summary>Whether a name belongs to this part.</summary>
    public bool Has(string name) => Of(name, Count) == Index;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Index}/{Count}");

    private static Shard? Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (Read(text) is not { } shard)
        {
            result.AddError($"{Name} is {text}; it must be i/n, such as 0/8 for the first of eight parts and 7/8 for the last.");
            return null;
        }

        if (shard.Index >= shard.Count)
        {
            result.AddError($"{Name} is {text}; parts are counted from 0, and the last of {shard.Count} is {shard with { Index = shard.Count - 1 }}.");
        }

        return shard;
    }

    private static bool IsCount(string text, out int value) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
