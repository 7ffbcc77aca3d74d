using System.Text.Json;

namespace DenseNetSharp.Cli.Tests.Commands;

public sealed class ShardTests(ShardFiles files) : IClassFixture<ShardFiles>
{
    [SkippableFact]
    public async Task Parts_are_those_of_the_names_hashes_whatever_the_order_of_the_files_and_the_others_beside_them()
    {
        PythonReference.Require();
        string[] folders = [files.Images, files.More()], shards = ["0/2", "1/2", "0/3", "1/3", "2/3"];
        // The document's own function.
        var expected = JsonDocument.Parse(PythonReference.RunCode($"""
            {ScalingTests.Block("def part(").ReplaceLineEndings("\n").TrimEnd()}

            import json, os
            print(json.dumps([[
                [name for at, _, found in os.walk(root) for file in found
                    if part(name := os.path.relpath(os.path.join(at, file), root).replace(os.sep, "/"), int(shard[2])) == int(shard[0])]
                for shard in {JsonSerializer.Serialize(shards)}] for root in {JsonSerializer.Serialize(folders)}]))
            """)).RootElement;

        await Task.WhenAll(folders.Index().SelectMany(folder => shards.Index().Select(shard => Task.Run(() =>
        {
            var run = Densenet.Run(["classify", folder.Item, "--shard", shard.Item, "--json", .. files.Options, "--threads", "1"]);

            run.Status.Should().Be(0, run.Errors);
            run.Json.EnumerateArray().Select(result => Path.GetRelativePath(folder.Item, result.GetProperty("image").GetString()!).Replace('\\', '/'))
                .Should().BeEquivalentTo(
                    expected[folder.Index][shard.Index].EnumerateArray().Select(name => name.GetString()), $"{shard.Item} of {folder.Item}")
                .And.NotBeEmpty().And.BeInAscendingOrder(StringComparer.Ordinal);
        }))));
    }

    [Fact]
    public async Task Parts_that_are_killed_at_any_moment_go_on_and_give_every_image_once_as_one_run_does()
    {
        var (folder, random) = (files.New(), new Random(7));
        var whole = Densenet.Run(["classify", files.Images, "--out", Path.Combine(folder, "whole.jsonl"), .. files.Slow]);
        whole.Status.Should().Be(0, whole.Errors);
        string[] outputs = [Path.Combine(folder, "part-0.jsonl"), Path.Combine(folder, "part-1.jsonl")];
        var killedAtWork = 0;
        for (var kill = 0; kill < 4; kill++)
        {
            await Task.WhenAll(outputs.Index().Select(part => Task.Run(() =>
            {
                using var run = Start(part.Index, part.Item);
                var before = Lines(part.Item).Length;
                for (var wait = 0; wait < 2000 && !run.HasExited && Lines(part.Item).Length == before; wait++)
                {
                    Thread.Sleep(5);
                }

                int pause;
                lock (random)
                {
                    pause = random.Next(60);
                }

                Thread.Sleep(pause);
                Interlocked.Add(ref killedAtWork, run.HasExited ? 0 : 1);
                run.Kill();
                run.WaitForExit();
            })));
        }

        killedAtWork.Should().BeGreaterThan(3, "else nothing was tried");
        foreach (var (i, output) in outputs.Index())
        {
            // What is left of a line whose process, or machine, has gone.
            File.AppendAllText(output, """{"image":"half""");
            using var rest = Start(i, output);
            var errors = rest.StandardError.ReadToEndAsync();
            await rest.StandardOutput.ReadToEndAsync();
            rest.WaitForExit();
            rest.ExitCode.Should().Be(0, await errors);
        }

        Lines(outputs).Should().BeEquivalentTo(Lines(Path.Combine(folder, "whole.jsonl")), "each line is the same, to the digit, and there once")
            .And.HaveCount(files.Count);
        Directory.GetFiles(folder).Select(Path.GetFileName).Should().BeEquivalentTo(
            "part-0.jsonl", "part-0.jsonl.about.json", "part-1.jsonl", "part-1.jsonl.about.json", "whole.jsonl", "whole.jsonl.about.json");

        System.Diagnostics.Process Start(int i, string output) =>
            Densenet.Start([], ["classify", files.Images, "--shard", $"{i}/2", "--out", output, .. files.Slow]);
    }

    [Fact]
    public void The_merged_parts_give_the_figures_of_one_run_to_the_last_digit_and_a_missing_or_doubled_part_is_named()
    {
        var folder = files.New();
        string[] parts = [.. Enumerable.Range(0, 3).Select(i => Path.Combine(folder, $"part-{i}.jsonl"))];
        foreach (var (i, part) in parts.Index())
        {
            var run = Densenet.Run(["evaluate", files.Images, "--shard", $"{i}/3", "--out", part, "--batch-size", $"{i + 1}", "--json", .. files.Options]);
            run.Status.Should().Be(0, run.Errors);
            run.Json.GetProperty("images").GetInt32().Should().Be(Lines(part).Length);
        }

        var broken = files.Broken();
        var whole = Evaluate("--predictions", Path.Combine(folder, "whole.csv"));
        var kept = Evaluate("--out", Path.Combine(folder, "all.jsonl"));
        var again = Evaluate("--out", Path.Combine(folder, "all.jsonl"));
        // Part by part again, for the file that is no image.
        foreach (var (i, part) in parts.Index())
        {
            Densenet.Run(["evaluate", files.Images, "--shard", $"{i}/3", "--out", part, .. files.Options]).Status.Should().Be(0);
        }

        var merged = Evaluate(["--predictions", Path.Combine(folder, "merged.csv"), "--merge", .. parts.Reverse()]);
        var missing = Evaluate("--merge", parts[0], parts[2]);
        var doubled = Evaluate("--merge", parts[0], parts[1], parts[2], parts[1]);
        File.Delete(broken);

        whole.Json.GetProperty("images").GetInt32().Should().Be(files.Count);
        merged.Output.Should().Be(whole.Output);
        merged.ErrorLines.Should().Equal(whole.ErrorLines).And.Contain(line => line.Contains("broken.png"));
        kept.Output.Should().Be(whole.Output);
        again.Output.Should().Be(whole.Output);
        again.ErrorLines.Should().Contain($"densenet: going on with {Path.Combine(folder, "all.jsonl")} after {files.Count} images");
        File.ReadAllText(Path.Combine(folder, "merged.csv")).Should().Be(File.ReadAllText(Path.Combine(folder, "whole.csv")));
        missing.Status.Should().Be(1);
        missing.ErrorLines[^1].Should().MatchRegex(
            $"^densenet: {Lines(parts[1]).Length} of {files.Count + 1} images have no line in any of the files, .+ for one: they are of part 1/3, ");
        doubled.ErrorLines[^1].Should().Contain($"has a line in {parts[1]} and one in {parts[1]}");

        Densenet Evaluate(params string[] options) => Densenet.Run(["evaluate", files.Images, "--json", .. files.Options, .. options]);
    }

    [Fact]
    public void Lines_of_features_are_the_tensors_rows_and_an_image_that_failed_is_tried_again()
    {
        var folder = files.New();
        var (output, tensor, broken) = (Path.Combine(folder, "part.jsonl"), Path.Combine(folder, "part.csv"), files.Broken());
        string[] command = ["features", files.Images, broken, "--shard", "0/1", .. files.Options, "--out"];

        var first = Densenet.Run([.. command, output]);
        File.Copy(Directory.GetFiles(files.Images, "*.png", SearchOption.AllDirectories).First(file => file != broken), broken, overwrite: true);
        var second = Densenet.Run([.. command, output, "--json"]);
        var rows = Densenet.Run([.. command, tensor]);
        File.Delete(broken);

        first.Status.Should().Be(1);
        first.ErrorLines.Should().Contain(line => line.Contains("broken.png"));
        first.Output.Trim().Should().Be($"{output}: {files.Count + 1} images, 1 without a result");
        second.Status.Should().Be(0, second.Errors);
        second.Json.GetProperty("before").GetInt32().Should().Be(files.Count);
        rows.ErrorLines.Should().Contain(line => line.Contains("after a kill all is done again"));
        Lines(output).Select(line => JsonDocument.Parse(line).RootElement)
            .Select(line => line.GetProperty("features").EnumerateArray().Select(value => value.GetRawText()).Prepend($"{line.GetProperty("image")}"))
            .Select(fields => string.Join(',', fields))
            .Should().BeEquivalentTo(File.ReadAllLines(tensor).Skip(1), "a float has one shortest text").And.HaveCount(files.Count + 1);
    }

    [Fact]
    public void Lines_of_other_settings_of_another_process_or_of_nobody_are_refused_in_a_sentence_and_stay()
    {
        var output = Path.Combine(files.New(), "part.jsonl");
        string[] command = ["classify", files.Few, .. files.Options];
        Densenet.Run([.. command, "--out", output, "--shard", "1/2"]).Status.Should().Be(0);
        var before = File.ReadAllText(output);

        ShouldBeRefused($"The lines of {output} were made with top 5, and this is top 3; name another file.", "--shard", "1/2", "--top", "3");
        ShouldBeRefused($"The lines of {output} were made with shard 1/2, and this is shard 0/1; name another file.");
        ShouldBeRefused($"The lines of {output} were made with tta none, and this is tta flip; name another file.", "--shard", "1/2", "--tta", "flip");
        using (new FileStream($"{output}.lock", FileMode.Create, FileAccess.ReadWrite, FileShare.None))
        {
            ShouldBeRefused($"{output} is being written by another process.", "--shard", "1/2");
        }

        File.AppendAllText(output, "no result\n");
        before += "no result\n";
        ShouldBeRefused($"{output}: line {before.Count(c => c == '\n')} is no result of an image.", "--shard", "1/2");
        File.Delete($"{output}.about.json");
        ShouldBeRefused($"{output} has no part.jsonl.about.json beside it, which says what made its lines.", "--shard", "1/2");

        void ShouldBeRefused(string message, params string[] options)
        {
            var run = Densenet.Run([.. command, "--out", output, .. options]);
            run.Status.Should().Be(1);
            run.ErrorLines[^1].Should().Be($"densenet: {message}");
            File.ReadAllText(output).Should().Be(before);
        }
    }

    [Theory]
    [InlineData("--shard is 3/3; parts are counted from 0, and the last of 3 is 2/3.", "classify", "IMAGES", "--shard", "3/3")]
    [InlineData("--shard is /8; it must be i/n, such as 0/8 for the first of eight parts and 7/8 for the last.",
        "features", "IMAGES", "--out", "a.npy", "--shard", "/8")]
    [InlineData("--shard is 0/0; it must be i/n, such as 0/8 for the first of eight parts and 7/8 for the last.", "classify", "IMAGES", "--shard", "0/0")]
    [InlineData("--out is a.csv; it must end in .jsonl.", "classify", "IMAGES", "--out", "a.csv")]
    [InlineData("--shard is a part of the images, and figures are of all: --out FILE.jsonl keeps the part's scores for --merge.",
        "evaluate", "IMAGES", "--weights", "a.pth", "--shard", "0/2")]
    [InlineData("--merge reads what --shard and --out have written; give it without them.",
        "evaluate", "IMAGES", "--weights", "a.pth", "--out", "a.jsonl", "--merge", "b.jsonl")]
    [InlineData("--calibrate is for all images, and --shard is a part of them; give it with --merge.",
        "evaluate", "IMAGES", "--weights", "a.pth", "--shard", "0/2", "--out", "a.jsonl", "--calibrate")]
    public void What_cannot_be_meant_is_said_before_anything_begins(string message, params string[] arguments)
    {
        var run = Densenet.Run([.. arguments.Select(argument => argument == "IMAGES" ? files.Few : argument)]);

        run.Status.Should().Be(2);
        run.ErrorLines.Should().Equal($"densenet: {message}");
    }

    [Fact]
    public void A_folder_that_may_not_be_mounted_ends_every_part_and_leaves_no_file()
    {
        var output = Path.Combine(files.New(), "part.jsonl");
        var (absent, empty) = (Path.Combine(files.New(), "absent"), files.New());

        foreach (var (folder, message) in new[] { (absent, "there is no such file or folder"), (empty, "the folder has no images") })
        {
            foreach (var shard in new[] { "0/2", "1/2" })
            {
                var run = Densenet.Run(["classify", folder, "--shard", shard, "--out", output, .. files.Options]);
                run.Status.Should().Be(1);
                run.ErrorLines.Should().ContainSingle().Which.Should().StartWith($"densenet: {folder}: {message}");
            }
        }

        File.Exists(output).Should().BeFalse();
    }

    private static string[] Lines(params string[] paths) => [.. paths.Where(File.Exists).SelectMany(path =>
    {
        // Shared, for its process is at work.
        using var text = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return text.ReadToEnd().Split('\n')[..^1];
    })];
}
