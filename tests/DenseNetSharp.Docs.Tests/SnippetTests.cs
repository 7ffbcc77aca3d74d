using DenseNetSharp.Classification;

namespace DenseNetSharp.Docs.Tests;

public sealed class SnippetTests(ReaderFiles files) : IClassFixture<ReaderFiles>
{
    public static TheoryData<string> Names => [.. Snippet.All.Select(snippet => snippet.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_block_of_CSharp_compiles_and_runs(string name) => Check(Snippet.All.Single(snippet => snippet.Name == name));

    [Theory]
    [InlineData("Console.WriteLine(missing);")]
    [InlineData("string text = null; Console.WriteLine(text);")]
    [InlineData("throw new InvalidOperationException();")]
    [InlineData("await Task.Yield(); throw new InvalidOperationException();")]
    [InlineData("Console.WriteLine(DenseNetSharp.Images.RgbImage.Load(\"no-such.png\"));")]
    public void A_block_that_does_not_compile_or_ends_badly_fails(string code)
    {
        var check = () => Check(new Snippet("nowhere:1", code, null));

        check.Should().Throw<Exception>();
    }

    [Fact]
    public void Blocks_are_found_in_lists_too_and_so_is_why_one_is_not_run()
    {
        string[] lines =
        [
            "```csharp", "Console.WriteLine(1);", "```",
            "- A list:", "", "  <!-- compiled only: a reason -->",
            "  ```csharp", "  if (true)", "", "      Console.WriteLine(2);", "  ```",
            "```sh", "dotnet test", "```",
        ];

        Snippet.Read("a.md", lines).Should().Equal(
            new Snippet("a.md:2", "Console.WriteLine(1);", null),
            new Snippet("a.md:8", "if (true)\n\n    Console.WriteLine(2);", "a reason"));
    }

    [Fact]
    public void Blocks_have_no_other_name_for_their_language() => Documents.Paths
        .SelectMany(Documents.Lines)
        .Select(line => line.Trim())
        .Where(line => line.StartsWith("```", StringComparison.Ordinal) && line is not ("```" or "```csharp" or "```sh" or "```json" or "```python" or "```yaml"))
        .Should().BeEmpty();

    [Fact]
    public void Blocks_of_JSON_are_descriptions_that_the_reader_and_the_schema_take()
    {
        string[] blocks =
        [
            .. Documents.Paths.SelectMany(path => File.ReadAllText(Path.Combine(Documents.Root, path)).ReplaceLineEndings("\n").Split("```json\n")[1..])
                .Select(text => text[..text.IndexOf("```", StringComparison.Ordinal)]),
        ];

        blocks.Should().NotBeEmpty();
        foreach (var block in blocks)
        {
            RunSchema.FaultsOf(block).Should().BeEmpty();
            RunDescription.Parse(block, "a document").Preset.Name.Should().NotBeEmpty();
        }
    }

    [Fact]
    public void Most_blocks_are_run()
    {
        Snippet.All.Should().NotBeEmpty();
        Snippet.All.Count(snippet => snippet.CompiledOnly is not null).Should().BeLessThan(Snippet.All.Count / 4);
    }

    private void Check(Snippet snippet)
    {
        using var folder = new TemporaryFolder();
        SnippetCompiler.Compile(snippet.Code, folder.File("Snippet.dll")).Should().BeEmpty("{0} is to compile", snippet.Name);
        if (snippet.CompiledOnly is not null)
        {
            return;
        }

        var code = ReaderFiles.WithoutPretrainedWeights(snippet.Code);
        if (code != snippet.Code)
        {
            SnippetCompiler.Compile(code, folder.File("Snippet.dll")).Should().BeEmpty();
        }

        files.CopyNamed(code, folder.Path);
        ChildProcess.Run(
            typeof(SnippetTests).Assembly.Location,
            [folder.File("Snippet.dll")],
            ("TORCH_HOME", files.Cache),
            ("DENSENETSHARP_OFFLINE", "1"),
            ("OMP_WAIT_POLICY", "passive"));
    }
}
