using System.Text.Json;

namespace DenseNetSharp.Cli.Tests.Commands;

public sealed class ShardTests(ShardFiles files) : IClassFixture<ShardFiles>
{
    private const int Kills = 3;

    [SkippableFact]
    public async Task Parts_are_those_of_the_names_hashes_whatever_the_order_of_the_files_and_the_others_beside_them()
    {
        PythonReference.Require();
        var more = files.More();
        (string Folder, string Part)[] parts = [(more, "0/3"), (more, "1/3"), (more, "2/3"), (files.Images, "1/3")];
        // The document's own function.
        var expected = JsonDocument.Parse(PythonReference.RunCode($"""
            {ScalingTests.Block("def part(").ReplaceLineEndings("\n").TrimEnd()}

            import json, os
            print(json.dumps([[
                name for at, _, found in os.walk(root) for file in found
                if part(name := os.path.relpath(os.path.join(at, file), root).replace(os.sep, "/"), int(shard[2])) == int(shard[0])]
                for root, shard in {JsonSerializer.Serialize(parts.Select(part => new[] { part.Folder, part.Part }))}]))
            """)).RootElement;

        await Task.WhenAll(parts.Index().Select(entry => Task.Run(() =>
        {
            var (folder, part) = entry.Item;
            var run = Densenet.Run(["classify", folder, "--shard", part, "--json", .. files.Options, "--threads", "1"]);

            run.Status.Should().Be(0, run.Errors);
            run.Json.EnumerateArray().Select(result => Path.GetRelativePath(folder, result.GetProperty("image").GetString()!).Replace('\\', '/'))
                .Should().BeEquivalentTo(expected[entry.Index].EnumerateArray().Select(name => name.GetString()), $"{part} of {folder}")
                .And.NotBeEmpty().And.BeInAscendingOrder(StringComparer.Ordinal);
        })));
    }

    [Fact]
    public async Task Parts_that_are_killed_at_any_moment_go_on_and_give_every_image_once_as_one_run_does()
    {
        var (folder, random) = (files.New(), new Random(7));
        var whole = Densenet.Run(["classify", ShardFiles.All, "--out", Path.Combine(folder, "whole.jsonl"), .. files.Slow]);
        whole.Status.Should().Be(0, whole.Errors);
        string[] outputs = [Path.Combine(folder, "part-0.jsonl"), Path.Combine(folder, "part-1.jsonl")];
        var killedAtWork = 0;
        for (var kill = 0; kill < Kills; kill++)
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
                if (kill < Kills - 1 || OperatingSystem.IsWindows())
                {
                    run.Kill();
                    run.WaitForExit();
                    return;
                }

                // The last time as schedulers ask first.
                System.Diagnostics.Process.Start("kill", ["-TERM", $"{run.Id}"]).WaitForExit();
                var errors = run.StandardError.ReadToEnd();
                run.WaitForExit();
                if (run.ExitCode != 0)
                {
                    run.ExitCode.Should().Be(143);
                    errors.Should().Contain($"densenet: stopped; the same command goes on with {part.Item}.");
                }
            })));
        }

        killedAtWork.Should().BeGreaterThan(2, "else nothing was tried");
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
            .And.HaveCount(ShardFiles.AllCount);
        Directory.GetFiles(folder).Select(Path.GetFileName).Should().BeEquivalentTo(
            "part-0.jsonl", "part-0.jsonl.about.json", "part-1.jsonl", "part-1.jsonl.about.json", "whole.jsonl", "whole.jsonl.about.json");

        System.Diagnostics.Process Start(int i, string output) =>
            Densenet.Start([], ["classify", ShardFiles.All, "--shard", $"{i}/2", "--out", output, .. files.Slow]);
    }

    [Fact]
    public void The_merged_parts_give_the_figures_of_one_run_to_the_last_digit_and_a_missing_or_doubled_part_is_named()
    {
        var (folder, broken) = (files.New(), files.Broken());
        var (all, part0, part1) = (Path.Combine(folder, "all.jsonl"), Path.Combine(folder, "part-0.jsonl"), Path.Combine(folder, "part-1.jsonl"));
        foreach (var (i, part) in new[] { part0, part1 }.Index())
        {
            var run = Densenet.Run(["evaluate", files.Images, "--shard", $"{i}/2", "--out", part, "--batch-size", $"{i + 3}", "--json", .. files.Options]);
            run.Status.Should().Be(0, run.Errors);
            run.Json.GetProperty("images").GetInt32().Should().Be(Lines(part).Length);
        }

        var whole = Evaluate("--predictions", Path.Combine(folder, "whole.csv"));
        var kept = Evaluate("--out", all);
        var again = Evaluate("--out", all);
        var merged = Evaluate("--predictions", Path.Combine(folder, "merged.csv"), "--merge", part1, part0);
        var missing = Evaluate("--merge", part0);
        var doubled = Evaluate("--merge", part0, part1, part0);
        File.Delete(broken);

        whole.Json.GetProperty("images").GetInt32().Should().Be(files.Count);
        merged.Output.Should().Be(whole.Output);
        merged.ErrorLines.Should().Equal(whole.ErrorLines).And.Contain(line => line.Contains("broken.png"));
        File.ReadAllText(Path.Combine(folder, "merged.csv")).Should().Be(File.ReadAllText(Path.Combine(folder, "whole.csv")));
        kept.Output.Should().Be(whole.Output);
        again.Output.Should().Be(whole.Output);
        again.ErrorLines.Should().Contain($"densenet: going on with {all} after {files.Count} images");
        missing.Status.Should().Be(1);
        missing.ErrorLines[^1].Should().MatchRegex(
            $"^densenet: {Lines(part1).Length} of {files.Count + 1} images have no line in any of the files, .+ for one: they are of part 1/2, ");
        doubled.ErrorLines[^1].Should().Contain($"has a line in {part0} and one in {part0}");

        Densenet Evaluate(params string[] options) => Densenet.Run(["evaluate", files.Images, "--json", "--bootstrap", "20", .. files.Options, .. options]);
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
        using (new FileStream($"{output}.lock", FileMode.Create, FileAccess.ReadWrite, FileShare.None))
        {
            ShouldBeRefused($"{output} is being written by another process.", "--shard", "1/2");
        }

        File.AppendAllText(output, "no result\n");
        before += "no result\n";
        ShouldBeRefused($"{output}: line {before.Count(c => c == '\n')} is no result of an image.", "--shard", "1/2");
        File.Delete($"{output}.about.json");
        ShouldBeRefused($"{output} has no part.jsonl.about.json beside it, which says what made its lines; "
            + $"delete {output} or name another file.", "--shard", "1/2");

        void ShouldBeRefused(string message, params string[] options)
        {
            var run = Densenet.Run([.. command, "--out", output, .. options]);
            run.Status.Should().Be(1);
            run.ErrorLines[^1].Should().Be($"densenet: {message}");
            File.ReadAllText(output).Should().Be(before);
        }
    }

    [Theory]
    [InlineData("classify")]
    [InlineData("features")]
    public void A_folder_that_is_spelled_otherwise_is_the_same_and_no_image_is_repeated(string command)
    {
        var output = Path.Combine(files.New(), "part.jsonl");
        var folder = Path.GetRelativePath(".", files.Few);
        Run($"{folder}/").GetProperty("before").GetInt32().Should().Be(0);
        var before = File.ReadAllText(output);

        foreach (var spelling in new[] { folder, $"./{folder}", $"{folder}//", $"{folder}/../{Path.GetFileName(folder)}/." })
        {
            var json = Run(spelling);
            json.GetProperty("before").GetInt32().Should().Be(Lines(output).Length, spelling);
            File.ReadAllText(output).Should().Be(before, spelling);
        }

        Images(output).Should().BeEquivalentTo(
            Directory.GetFiles(files.Few, "*.png", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(".", path)));

        JsonElement Run(string input)
        {
            var run = Densenet.Run([command, input, "--out", output, "--json", .. files.Options]);
            run.Status.Should().Be(0, run.Errors);
            return run.Json;
        }
    }

    [Fact]
    public void Two_folders_and_one_whose_name_is_both_of_theirs_are_not_the_same()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // Its paths have a colon, which names may not have.
        }

        var (root, output) = (files.New(), Path.Combine(files.New(), "part.jsonl"));
        var image = Directory.GetFiles(files.Few, "*.png", SearchOption.AllDirectories)[0];
        var (first, second) = (Path.Combine(root, "a"), Path.Combine(root, "b"));
        var both = $"{first}, {second}";
        foreach (var folder in new[] { first, second, both })
        {
            Directory.CreateDirectory(folder);
            File.Copy(image, Path.Combine(folder, "image.png"));
        }

        Densenet.Run(["classify", first, second, "--out", output, .. files.Options]).Status.Should().Be(0);
        var run = Densenet.Run(["classify", both, "--out", output, .. files.Options]);

        run.Status.Should().Be(1);
        run.ErrorLines[^1].Should().Be(
            $"""densenet: The lines of {output} were made with folders ["{first}","{second}"], and this is folders ["{both}"]; name another file.""");
    }

    [Fact]
    public void A_file_that_several_inputs_have_is_of_one_part_and_has_one_line_of_its_first_name()
    {
        var folder = files.New();
        var class0 = Directory.GetDirectories(files.Few).Order(StringComparer.Ordinal).First();
        var image = Directory.GetFiles(class0)[0];
        string[] inputs = [files.Few, Path.GetRelativePath(".", class0), image, $"./{Path.GetRelativePath(".", image)}", $"{files.Few}/"];
        string[] outputs = [Path.Combine(folder, "part-0.jsonl"), Path.Combine(folder, "part-1.jsonl")];

        foreach (var (i, output) in outputs.Index())
        {
            var run = Densenet.Run(["classify", .. inputs, "--shard", $"{i}/2", "--out", output, .. files.Options]);
            run.Status.Should().Be(0, run.Errors);
        }

        Images(outputs).Should().BeEquivalentTo(Directory.GetFiles(files.Few, "*.png", SearchOption.AllDirectories));
        // Neither a part nor a file that goes on: a result an input.
        Densenet.Run(["classify", image, image, "--json", .. files.Options]).Json.GetArrayLength().Should().Be(2);
    }

    [Theory]
    [InlineData("classify")]
    [InlineData("features")]
    [InlineData("evaluate")]
    public void A_file_of_results_that_cannot_be_written_is_named_in_a_sentence_and_nothing_is_left_there(string command)
    {
        var folder = files.New();
        var (taken, absent, link, gone) = (File("folder.jsonl"), File("no/part.jsonl"), File("link.jsonl"), File("gone.jsonl"));
        Directory.CreateDirectory(taken);
        ShouldBeRefused(taken, $"{taken} is a folder; name a file.");
        ShouldBeRefused(absent, $"{absent} cannot be written: its folder does not exist.");
        if (OperatingSystem.IsWindows())
        {
            return; // Links need a right there that not everyone has.
        }

        System.IO.File.CreateSymbolicLink(link, gone);
        ShouldBeRefused(link, $"{link} is a link to {gone}, which does not exist; name another file.");
        if (OperatingSystem.IsLinux())
        {
            // A program that runs and a folder of the kernel's are written by nobody, not by root either.
            System.IO.File.CreateSymbolicLink(File("program.jsonl"), "/proc/self/exe");
            ShouldBeRefused(File("program.jsonl"), $"{File("program.jsonl")} cannot be written: *");
            ShouldBeRefused("/proc/part.jsonl", "/proc/part.jsonl cannot be written: *");
        }

        string File(string name) => Path.Combine(folder, name);

        void ShouldBeRefused(string output, string message)
        {
            var before = Directory.GetFileSystemEntries(folder, "*", SearchOption.AllDirectories);
            var run = Densenet.Run([command, files.Few, "--out", output, .. files.Options]);
            run.Status.Should().Be(2);
            run.ErrorLines.Should().ContainSingle().Which.Should().Match($"densenet: --out {message}");
            Directory.GetFileSystemEntries(folder, "*", SearchOption.AllDirectories).Should().BeEquivalentTo(before);
        }
    }

    [Theory]
    [InlineData("--shard is 3/3; parts are counted from 0, and the last of 3 is 2/3.", "classify", "IMAGES", "--shard", "3/3")]
    [InlineData("--shard is /8; it must be i/n, such as 0/8 for the first of eight parts and 7/8 for the last.",
        "features", "IMAGES", "--out", "a.npy", "--shard", "/8")]
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

        foreach (var (folder, shard, message) in new[] { (absent, "0/2", "there is no such file or folder"), (empty, "1/2", "the folder has no images") })
        {
            var run = Densenet.Run(["classify", folder, "--shard", shard, "--out", output, .. files.Options]);
            run.Status.Should().Be(1);
            run.ErrorLines.Should().ContainSingle().Which.Should().StartWith($"densenet: {folder}: {message}");
        }

        File.Exists(output).Should().BeFalse();
    }

    private static IEnumerable<string?> Images(params string[] paths) =>
        Lines(paths).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("image").GetString());

    private static string[] Lines(params string[] paths) => [.. paths.Where(File.Exists).SelectMany(path =>
    {
        // Shared, for its process is at work.
        using var text = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return text.ReadToEnd().Split('\n')[..^1];
    })];
}
