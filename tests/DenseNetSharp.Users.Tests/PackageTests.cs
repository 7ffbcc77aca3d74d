using System.Globalization;
using System.Net;
using System.Text.Json;

namespace DenseNetSharp.Users.Tests;

/// <summary>The packages in projects that know of nothing else: restored, built, published and run, with warnings as errors.</summary>
/// <param name="consumers">The projects.</param>
public sealed class PackageTests(Consumers consumers) : IClassFixture<Consumers>
{
    [SkippableFact]
    public void A_console_classifies_and_opens_Keras_files()
    {
        PythonReference.Require();
        consumers.RequireProjects();

        var (status, output) = consumers.Run("dotnet", "exec", consumers.Program("Predict"));

        status.Should().Be(0, output);
        Lines(output)[0].Should().Be(Shipped.Best("Bag/00018.png").Label);
        Lines(output)[1].Should().Contain("other.h5").And.Contain("The file is HDF5, but not a Keras model's weights");
    }

    [SkippableFact]
    public void A_console_trains_on_libtorch()
    {
        consumers.RequireProjects();

        var (status, output) = consumers.Run("dotnet", "exec", consumers.Program("Train"));

        status.Should().Be(0, output);
        var lines = Lines(output);
        var losses = lines[..2].Select(line => double.Parse(line["loss ".Length..], CultureInfo.InvariantCulture)).ToArray();
        losses[0].Should().BeInRange(0.5, 2, "three classes, nothing learnt yet");
        losses[1].Should().BeLessThan(losses[0]);
        lines[2].Should().Be("6x3 6.0000");
    }

    [SkippableFact]
    public async Task A_web_service_answers_and_ends_when_it_is_told_to()
    {
        PythonReference.Require();
        Skip.If(OperatingSystem.IsWindows(), "there is no SIGTERM");
        consumers.RequireProjects();
        using var service = await WebProgram.StartAsync(consumers.Program("Web"), consumers.Folder, "/health");

        using var image = new ByteArrayContent(await File.ReadAllBytesAsync(Path.Combine(consumers.Folder, "dog.png")));
        using var response = await service.Client.PostAsync("/classify", image);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        var said = answer.RootElement.EnumerateArray()
            .Select(prediction => (Label: prediction.GetProperty("label").GetString(), Probability: prediction.GetProperty("probability").GetDouble()));
        said.Zip(Shipped.Top("Bag/00018.png")).Should().HaveCount(3).And.OnlyContain(
            item => item.First.Label == item.Second.Label && Math.Abs(item.First.Probability - item.Second.Probability) < 1e-4);
        using var refused = await service.Client.PostAsync("/classify", new ByteArrayContent([1, 2, 3]));
        refused.StatusCode.Should().Be(HttpStatusCode.UnsupportedMediaType);
        using var problem = JsonDocument.Parse(await refused.Content.ReadAsStringAsync());
        problem.RootElement.GetProperty("detail").GetString().Should().Contain("it starts with 01 02 03");
        using var large = await service.Client.PostAsync("/classify", new ByteArrayContent(new byte[31_000_000]));
        large.StatusCode.Should().Be(HttpStatusCode.RequestEntityTooLarge);
        (await service.Client.GetStringAsync("/health")).Should().Be("Healthy");
        (await service.StopAsync()).Should().Be(0);
    }

    [SkippableFact]
    public void A_trimmed_program_classifies()
    {
        PythonReference.Require();

        var (status, output) = consumers.Run(consumers.Publish("Trimmed"), []);

        status.Should().Be(0, output);
        Lines(output)[0].Should().Be(Shipped.Best("Bag/00018.png").Label);
    }

    [SkippableFact]
    public void A_service_compiled_ahead_of_time_classifies()
    {
        PythonReference.Require();
        Skip.IfNot(OperatingSystem.IsLinux(), "the compiler for native code asks for more than the SDK");
        var program = consumers.Publish("Native");
        Directory.GetFiles(Path.GetDirectoryName(program)!, "*.dll").Should().BeEmpty();

        var (status, output) = consumers.Run(program);

        status.Should().Be(0, output);
        Lines(output).Should().Contain(Shipped.Best("Bag/00018.png").Label);
    }

    [SkippableFact]
    public void The_tool_is_installed_and_classifies()
    {
        PythonReference.Require();
        consumers.RequirePackages();
        var tools = Path.Combine(consumers.Folder, "tools");

        var (status, output) = consumers.Run("dotnet", "tool", "install", "DenseNetSharp.Cli", "--version", consumers.Version, "--tool-path", tools);

        status.Should().Be(0, output);
        var densenet = Path.Combine(tools, OperatingSystem.IsWindows() ? "densenet.exe" : "densenet");
        var (listed, models) = consumers.Run(densenet, "models");
        listed.Should().Be(0, models);
        models.Should().ContainAll("densenet121", "densenet161", "densenet169", "densenet201");
        var (classified, predictions) = consumers.Run(
            densenet, "classify", Path.Combine(Shipped.Images, "Bag", "00018.png"), "--weights", Shipped.Checkpoint, "--top", "1");
        classified.Should().Be(0, predictions);
        predictions.Should().Contain(Shipped.Best("Bag/00018.png").Label).And.Contain("00018.png");
    }

    private static string[] Lines(string output) => [.. output.TrimEnd().Split('\n').Select(line => line.TrimEnd('\r'))];
}
