using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using DenseNetSharp.Cli.Tests.FineTuning;

namespace DenseNetSharp.Cli.Tests.Commands;

/// <summary>What <c>docs/scaling.md</c> has readers run, in its own words: only its folders are others.</summary>
public sealed class ScalingTests(ShardFiles files, FineTuneRuns runs) : IClassFixture<ShardFiles>, IClassFixture<FineTuneRuns>
{
    /// <summary>What a process ends with that is killed: 128 and the signal's number.</summary>
    private const int Killed = 137;

    private static readonly string[] Blocks =
    [
        .. Regex.Matches(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "scaling.md")), "```(?:sh|yaml|python)\n(.*?)```", RegexOptions.Singleline)
            .Select(match => match.Groups[1].Value),
    ];

    [SkippableFact]
    public async Task The_Indexed_Jobs_pods_are_killed_made_anew_and_together_give_the_figures_of_one_run()
    {
        PythonReference.RequireModule("yaml");
        var results = files.New();
        var manifest = PythonReference.RunCode($"import json, yaml; print(json.dumps(yaml.safe_load({Literal(Block("kind: Job"))})))");
        var job = JsonDocument.Parse(manifest).RootElement.GetProperty("spec");
        var container = job.GetProperty("template").GetProperty("spec").GetProperty("containers")[0];
        var pods = job.GetProperty("completions").GetInt32();
        job.GetProperty("completionMode").GetString().Should().Be("Indexed");
        container.GetProperty("command").EnumerateArray().Single().GetString().Should().EndWith("/densenet");

        var killed = await All(2, pod => EndByKill(() => Start(pod), Part(pod)));
        var ended = await All(pods, pod => End(Start(pod)));

        killed.Should().Contain(Killed, "else nothing was tried");
        ended.Should().OnlyContain(run => run.Status == 0);
        // The document's own line, as a shell expands it.
        var merge = Block("--merge").Split(' ')[1..].TakeWhile(word => word != "--report").SelectMany(word => word.Trim() switch
        {
            "flowers-test/" => [ShardFiles.All],
            "run/best.pth" => [files.Options[1]],
            "results/part-*.jsonl" => Directory.GetFiles(results, "part-*.jsonl"),
            var other => new[] { other },
        });
        var merged = Densenet.Run([.. merge, "--bootstrap", "0", "--json"]);
        merged.Status.Should().Be(0, merged.Errors);
        merged.Output.Should().Be(Densenet.Run(["evaluate", ShardFiles.All, .. files.Options, "--bootstrap", "0", "--json"]).Output);

        string Part(int pod) => Path.Combine(results, $"part-{pod}.jsonl");

        // As Kubernetes does: $(NAME) is the variable's value.
        Process Start(int pod) => Densenet.Start([], [.. container.GetProperty("args").EnumerateArray().Select(argument => argument.GetString()!
            .Replace("$(JOB_COMPLETION_INDEX)", $"{pod}").Replace("/data/flowers-test", ShardFiles.All).Replace("/data/best.pth", files.Options[1])
            .Replace("/results", results))]);
    }

    [SkippableFact]
    public async Task The_arrays_tasks_are_killed_submitted_again_and_give_every_image_once()
    {
        Skip.If(OperatingSystem.IsWindows(), "Slurm's scripts are a shell's.");
        var folder = files.New();
        Directory.CreateDirectory(Path.Combine(folder, "results"));
        Directory.CreateDirectory(Path.Combine(folder, "run"));
        Directory.CreateSymbolicLink(Path.Combine(folder, "photos"), ShardFiles.All);
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(files.Options[1])!))
        {
            File.Copy(file, Path.Combine(folder, "run", Path.GetFileName(file) is "fashion-mnist.pth" ? "best.pth" : Path.GetFileName(file)));
        }

        // The shell is the program: what is killed is what computes.
        var program = Path.Combine(folder, "densenet");
        File.WriteAllText(program, $"#!/bin/sh\nexec dotnet exec \"{Path.Combine(AppContext.BaseDirectory, "densenet.dll")}\" \"$@\"\n");
        Process.Start("chmod", ["+x", program]).WaitForExit();
        var script = Path.Combine(folder, "classify.sh");
        File.WriteAllText(script, Block("#SBATCH"));
        var (first, last) = Regex.Match(Block("#SBATCH"), @"--array=(\d+)-(\d+)").Groups is var range
            ? (int.Parse(range[1].Value), int.Parse(range[2].Value))
            : default;
        first.Should().Be(0);

        var killed = await All(2, task => EndByKill(() => Start(task), Path.Combine(folder, "results", $"part-{task}.jsonl")));
        var ended = await All(last + 1, task => End(Start(task)));

        killed.Should().Contain(Killed, "else nothing was tried");
        ended.Should().OnlyContain(run => run.Status == 0);
        Directory.GetFiles(Path.Combine(folder, "results"), "*.jsonl").SelectMany(File.ReadLines)
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("image").GetString()!["photos/".Length..])
            .Should().BeEquivalentTo(
                Directory.GetFiles(ShardFiles.All, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(ShardFiles.All, file)));

        Process Start(int task)
        {
            var start = new ProcessStartInfo("bash", [script]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment["PATH"] = $"{folder}:{start.Environment["PATH"]}";
            start.Environment["SLURM_ARRAY_TASK_ID"] = $"{task}";
            start.Environment["SLURM_CPUS_PER_TASK"] = "1";
            return Process.Start(start)!;
        }
    }

    [SkippableFact]
    public async Task A_checkpoint_goes_to_PyTorchs_distributed_training_and_comes_back_with_PyTorchs_outputs()
    {
        PythonReference.Require();
        using var folder = new TemporaryFolder();
        var (script, trained, probe) = (folder.File("train.py"), folder.File("out.pth"), folder.File("probe.py"));
        var (run, port) = (runs.New(), FreePort());
        var images = runs.Subset(perClass: 4, classes: 3);
        File.WriteAllText(script, Block("DistributedDataParallel(model"));
        var finetune = Densenet.Run(["finetune", images, "--out", run, .. FineTuneRuns.Small, "--epochs", "1", "--threads", "1"]);
        finetune.Status.Should().Be(0, finetune.Errors);

        // What torchrun sets.
        var ended = await All(2, rank => End(Start(
            "RANK", $"{rank}", "LOCAL_RANK", $"{rank}", "WORLD_SIZE", "2", "MASTER_ADDR", "127.0.0.1", "MASTER_PORT", $"{port}")));

        ended.Should().OnlyContain(process => process.Status == 0, string.Join('\n', ended.Select(process => process.Errors)));
        ended[0].Output.Should().MatchRegex(@"epoch 1/1: loss \d");
        File.WriteAllText(probe, $"""
            import json, runpy, sys, torch
            from PIL import Image
            from torchvision import transforms
            file = torch.load({Literal(trained)})
            assert all(key.startswith("module.") for key in file["state_dict"]), list(file["state_dict"])[:3]
            start = torch.load({Literal(Path.Combine(run, "best.pth"))})
            assert not torch.equal(start["features.conv0.weight"], file["state_dict"]["module.features.conv0.weight"])
            # The document's own function, without what follows it.
            text = open({Literal(script)}).read()
            exec(text[:text.index("start, images, out")])
            state = {"{"}key[len("module."):]: value for key, value in file["state_dict"].items(){"}"}
            model = network(state).eval()
            model.load_state_dict(state)
            prepare = transforms.Compose([
                transforms.Resize(256), transforms.CenterCrop(224), transforms.ToTensor(),
                transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])
            with torch.no_grad():
                print(json.dumps([file["classes"], model(prepare(Image.open(sys.argv[1]).convert("RGB"))[None])[0].tolist()]))
            """);
        var image = Directory.GetFiles(images, "*", SearchOption.AllDirectories)[0];
        var expected = JsonDocument.Parse(PythonReference.Run(probe, image)).RootElement;
        var classify = Densenet.Run("classify", image, "--weights", trained, "--task", "none", "--json");
        classify.Status.Should().Be(0, classify.Errors);
        var values = classify.Json[0].GetProperty("values").EnumerateArray().ToArray();
        values.Select(value => value.GetProperty("label").GetString()).Should().Equal(expected[0].EnumerateArray().Select(name => name.GetString()));
        values.Select(value => value.GetProperty("value").GetSingle())
            .Should().Equal(expected[1].EnumerateArray().Select(value => value.GetSingle()), (own, theirs) => Math.Abs(own - theirs) < 1e-5f);

        Process Start(params string[] variables)
        {
            var start = new ProcessStartInfo(PythonReference.Interpreter, [script, Path.Combine(run, "best.pth"), images, trained, "1"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            foreach (var variable in variables.Chunk(2).Append(["OMP_NUM_THREADS", "1"]).Append(["WORKERS", "0"]))
            {
                start.Environment[variable[0]] = variable[1];
            }

            return Process.Start(start)!;
        }
    }

    /// <summary>The document's block that says this.</summary>
    internal static string Block(string content) => Blocks.Single(block => block.Contains(content, StringComparison.Ordinal));

    /// <summary>A text as Python has it.</summary>
    private static string Literal(string text) => JsonSerializer.Serialize(text);

    private static Task<T[]> All<T>(int count, Func<int, T> work) => Task.WhenAll(Enumerable.Range(0, count).Select(i => Task.Run(() => work(i))));

    /// <summary>Kills a process with its first results in the file, or earlier.</summary>
    private static int EndByKill(Func<Process> start, string output)
    {
        using var process = start();
        while (!process.HasExited && !(File.Exists(output) && new FileInfo(output).Length > 0))
        {
            Thread.Sleep(5);
        }

        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        return process.ExitCode;
    }

    private static Densenet End(Process process)
    {
        using (process)
        {
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return new Densenet(process.ExitCode, output, errors.Result);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
