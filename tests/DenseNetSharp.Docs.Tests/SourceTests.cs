namespace DenseNetSharp.Docs.Tests;

/// <summary>What no compiler holds sources to.</summary>
public sealed class SourceTests
{
    /// <summary><c>max_line_length</c> of .editorconfig, which the compiler does not read.</summary>
    [Fact]
    public void Lines_are_no_longer_than_the_editor_is_told() => Directory
        .EnumerateFiles(Path.Combine(Documents.Root, "src"), "*.cs", SearchOption.AllDirectories)
        .SelectMany(path => File.ReadLines(path).Index().Where(line => line.Item.Length > 160)
            .Select(line => $"{Path.GetRelativePath(Documents.Root, path)}:{line.Index + 1}"))
        .Should().BeEmpty();

    [Fact]
    public void A_file_of_more_than_300_lines_says_why_in_its_first_ones() => Directory
        .EnumerateFiles(Path.Combine(Documents.Root, "src"), "*.cs", SearchOption.AllDirectories)
        .Where(path => File.ReadLines(path).Count() > 300 && !File.ReadLines(path).Take(12).Any(line => line.StartsWith("//", StringComparison.Ordinal)))
        .Select(path => Path.GetRelativePath(Documents.Root, path))
        .Should().BeEmpty();
}
