using System.Diagnostics;

namespace DenseNetSharp.Cli.Tests.Commands;

/// <summary>Which files are read, and from where.</summary>
public sealed class ReadingTests(CommandTests.Reference reference) : IClassFixture<CommandTests.Reference>
{
    [SkippableFact]
    public void Files_left_out_are_counted_by_ending_and_a_class_without_images_is_an_error()
    {
        var root = Directory.CreateDirectory(reference["left-out"]).FullName;
        foreach (var name in new[] { "class number 1/a.txt", "class number 1/b.TXT", "class number 1/c.dcm", "class number 4/d", "class number 4/e", "class number 4/.DS_Store", "notes.md" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, name))!);
            File.WriteAllText(Path.Combine(root, name), "");
        }

        File.Copy(reference["photo.jpg"], Path.Combine(root, "class number 1", "photo.jpg"), overwrite: true);
        File.Copy(reference["photo.jpg"], Path.Combine(root, "class number 4", "photo.jpg"), overwrite: true);
        File.Copy(reference["photo.jpg"], Path.Combine(root, "loose.jpg"), overwrite: true);
        string[] options = ["--weights", reference["zip.pth"], "--size", "64"];

        var features = Densenet.Run(["features", root, "--out", reference["left-out.csv"], .. options]);
        var evaluated = Densenet.Run(["evaluate", root, .. options, "--labels", reference["labels.txt"]]);
        File.Delete(Path.Combine(root, "class number 4", "photo.jpg"));
        var empty = Densenet.Run(["evaluate", root, .. options, "--labels", reference["labels.txt"]]);

        features.ErrorLines.Should().Contain($"densenet: left out of {root}: 2 .txt, 1 .dcm, 1 .md, 2 without ending");
        (evaluated.Status, features.Status).Should().Be((0, 0));
        evaluated.ErrorLines.Should().Contain($"densenet: left out of {root}: 2 .txt, 1 .dcm, 1 .jpg in no class's folder, 1 .md, 2 without ending");
        empty.Status.Should().Be(1);
        empty.ErrorLines[^1].Should().StartWith($"densenet: {Path.Combine(root, "class number 4")} has no images")
            .And.EndWith("), but 2 without ending; every class needs some.");
    }

    [SkippableFact]
    public void A_dash_is_standard_input_in_its_place_among_the_images()
    {
        string[] options = ["--weights", reference["zip.pth"], "--size", "64", "--json"];
        var (drawing, photo) = (reference["drawing.png"], reference["photo.jpg"]);
        var named = Densenet.Run(["classify", drawing, photo, drawing, .. options]);

        var piped = Piped(photo, ["classify", drawing, "-", drawing, .. options]);
        var broken = Piped(reference["broken.png"], ["classify", "-", drawing, .. options]);
        var pixels = Piped(photo, ["preprocess", "-", "--out", reference["piped.safetensors"]]);
        var features = Piped(photo, ["features", "-", "--out", reference["piped.npy"], .. options]);

        piped.Status.Should().Be(0, piped.Errors);
        piped.Json.EnumerateArray().Select(result => result.GetProperty("image").GetString()).Should().Equal(drawing, "-", drawing);
        piped.Json.EnumerateArray().Select(result => result.GetProperty("predictions").GetRawText())
            .Should().Equal(named.Json.EnumerateArray().Select(result => result.GetProperty("predictions").GetRawText()));
        broken.Status.Should().Be(1);
        broken.Errors.Should().Contain("densenet: -: it is none of JPEG");
        broken.Json[1].GetProperty("predictions").GetArrayLength().Should().Be(5);
        Piped(reference["broken.png"], ["preprocess", "-", "--out", reference["unpiped.safetensors"]]).Errors.Should().StartWith("densenet: -: it is none of JPEG");
        pixels.Status.Should().Be(0, pixels.Errors);
        PythonReference.Run(Path.Combine("Reference", "preprocessed.py"), reference["piped.safetensors"], photo, "torchvision-imagenet").Should().BeEmpty();
        features.Json.GetProperty("images")[0].GetString().Should().Be("-");
    }

    [SkippableTheory]
    [InlineData("classify", "-", "--weights", "zip.pth")]
    [InlineData("features", "-", "--weights", "zip.pth", "--out", "waiting.npy")]
    [InlineData("preprocess", "-", "--out", "waiting.safetensors")]
    public async Task Waiting_for_standard_input_ends_when_it_is_told_to(params string[] arguments)
    {
        Skip.If(OperatingSystem.IsWindows(), "The signal is sent with kill.");
        string[] all = [.. arguments.Select(argument => Path.HasExtension(argument) ? reference[argument] : argument)];
        using var run = Process.Start(new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "densenet.dll"), .. all])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        })!;
        // Half an image, and then nothing.
        await run.StandardInput.BaseStream.WriteAsync(File.ReadAllBytes(reference["photo.jpg"]).AsMemory(0, 100));
        await run.StandardInput.BaseStream.FlushAsync();
        await Task.Delay(3000);
        run.HasExited.Should().BeFalse();

        await Process.Start("kill", ["-TERM", $"{run.Id}"]).WaitForExitAsync();

        run.WaitForExit(TimeSpan.FromSeconds(20)).Should().BeTrue();
        run.ExitCode.Should().Be(143);
        (await run.StandardError.ReadToEndAsync()).Should().EndWith("densenet: stopped.\n");
    }

    private static Densenet Piped(string file, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "densenet.dll"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        using (var input = process.StandardInput.BaseStream)
        {
            input.Write(File.ReadAllBytes(file));
        }

        process.WaitForExit();
        return new Densenet(process.ExitCode, output.Result, errors.Result);
    }
}
