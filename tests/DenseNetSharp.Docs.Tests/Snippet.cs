using System.Text.RegularExpressions;

namespace DenseNetSharp.Docs.Tests;

/// <summary>A block of C# in a document.</summary>
/// <param name="Name">The document and the line of the block's first line, such as <c>README.md:23</c>.</param>
/// <param name="Code">The block.</param>
/// <param name="CompiledOnly">Why it is not run; null where it is.</param>
internal sealed partial record Snippet(string Name, string Code, string? CompiledOnly)
{
    /// <summary>The blocks of all documents.</summary>
    public static IReadOnlyList<Snippet> All { get; } = [.. Documents.Paths.SelectMany(path => Read(path, Documents.Lines(path)))];

    /// <summary>The blocks of one document, without the indentation of the list that they stand in.</summary>
    public static IEnumerable<Snippet> Read(string document, string[] lines)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].TrimStart() != "```csharp")
            {
                continue;
            }

            var indentation = lines[i].Length - lines[i].TrimStart().Length;
            var end = Array.FindIndex(lines, i + 1, line => line.TrimStart().StartsWith("```", StringComparison.Ordinal));
            var code = lines[(i + 1)..end].Select(line => line.Length > indentation ? line[indentation..] : "");
            var before = lines[..i].LastOrDefault(line => line.Trim().Length > 0) ?? "";
            var reason = CompiledOnlyComment().Match(before);
            yield return new Snippet($"{document}:{i + 2}", string.Join('\n', code), reason.Success ? reason.Groups[1].Value : null);
            i = end;
        }
    }

    public override string ToString() => Name;

    [GeneratedRegex(@"<!-- compiled only: (.+) -->")]
    private static partial Regex CompiledOnlyComment();
}
