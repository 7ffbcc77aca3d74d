using System.Text.RegularExpressions;

namespace DenseNetSharp.Docs.Tests;

public sealed partial class LinkTests
{
    public static TheoryData<string> Paths => [.. Documents.Paths];

    [Theory]
    [MemberData(nameof(Paths))]
    public void Every_relative_link_points_to_a_file_and_a_heading_that_are_there(string path) =>
        Broken(path, Documents.Lines(path)).Should().BeEmpty();

    [Fact]
    public void Links_to_nowhere_are_found()
    {
        string[] lines =
        [
            "[a](docs/none.md) [b](#none) [c](README.md#licence) [d](https://example.org) `[e](none.md)`",
            "```", "[f](none.md)", "```",
        ];

        Broken("README.md", lines).Should().Equal("docs/none.md", "#none");
    }

    [Fact]
    public void The_list_of_articles_names_each_and_the_readme_stays_short()
    {
        var list = string.Join('\n', Documents.Lines("docs/README.md"));

        Documents.Paths.Where(path => path.StartsWith("docs/", StringComparison.Ordinal) && path != "docs/README.md")
            .Where(path => !list.Contains($"({Path.GetFileName(path)})", StringComparison.Ordinal))
            .Should().BeEmpty();
        new FileInfo(Path.Combine(Documents.Root, "README.md")).Length.Should().BeLessThanOrEqualTo(9000);
    }

    private static IEnumerable<string> Broken(string path, string[] lines)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Documents.Root, path))!;
        foreach (var target in Text(lines).SelectMany(line => Link().Matches(line)).Select(match => match.Groups[1].Value))
        {
            if (target.Contains("://", StringComparison.Ordinal))
            {
                continue;
            }

            var (file, heading) = target.Split('#') is [var first, var second] ? (first, second) : (target, null);
            var full = Path.GetFullPath(Path.Combine(folder, file.Length == 0 ? Path.GetFileName(path) : file));
            if (!(File.Exists(full) || Directory.Exists(full)) || (heading is not null && !Headings(full).Contains(heading)))
            {
                yield return target;
            }
        }
    }

    /// <summary>The lines outside blocks, without what stands in backquotes in them.</summary>
    private static IEnumerable<string> Text(string[] lines)
    {
        var inBlock = false;
        foreach (var line in lines)
        {
            if (line.TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                inBlock = !inBlock;
            }
            else if (!inBlock)
            {
                yield return line.StartsWith('#') ? line : Code().Replace(line, "");
            }
        }
    }

    /// <summary>The headings' anchors as GitHub makes them.</summary>
    private static IEnumerable<string> Headings(string path) => Text(File.ReadAllLines(path))
        .Where(line => line.StartsWith('#'))
        .Select(heading => NotInAnchors().Replace(heading.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex Code();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors();
}
