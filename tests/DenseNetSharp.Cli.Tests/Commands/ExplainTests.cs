using DenseNetSharp.Images;

namespace DenseNetSharp.Cli.Tests.Commands;

public sealed class ExplainTests(CommandTests.Reference reference) : IClassFixture<CommandTests.Reference>
{
    [SkippableTheory]
    [InlineData]
    [InlineData("--heat-only")]
    [InlineData("--method", "gradcam", "--layer", "features.denseblock3", "--class", "2")]
    [InlineData("--method", "gradcam++")]
    [InlineData("--method", "cam", "--engine", "torch")]
    public void The_picture_has_the_images_own_size_and_the_heat_in_it(params string[] options)
    {
        var output = reference["why.png"];
        var image = RgbImage.Load(reference["photo.jpg"]);

        var run = Densenet.Run(["explain", reference["photo.jpg"], "--weights", reference["zip.pth"], "--out", output, .. options, "--json"]);

        run.Status.Should().Be(0, run.Errors);
        var line = run.Json.GetProperty("images")[0];
        line.GetProperty("image").GetString().Should().Be(reference["photo.jpg"]);
        line.GetProperty("index").GetInt32().Should().BeGreaterThanOrEqualTo(0);
        (run.Json.GetProperty("width").GetInt32(), run.Json.GetProperty("height").GetInt32()).Should().Be((image.Width, image.Height));
        var picture = RgbImage.Load(output);
        (picture.Width, picture.Height).Should().Be((image.Width, image.Height));
        picture.Pixels.Should().NotEqual(image.Pixels);
        // Red where most speaks for the class: the map's largest value is somewhere in the picture.
        if (line.GetProperty("isFound").GetBoolean())
        {
            picture.Pixels.Chunk(3).Max(pixel => pixel[0] - pixel[2]).Should().BeGreaterThan(50);
        }
    }

    [SkippableFact]
    public void Both_engines_draw_the_same()
    {
        var (fused, torch) = (reference["fused.png"], reference["torch.png"]);
        string[] common = ["explain", reference["photo.jpg"], "--weights", reference["zip.pth"], "--class", "1"];

        Densenet.Run([.. common, "--out", fused]).Status.Should().Be(0);
        Densenet.Run([.. common, "--out", torch, "--engine", "torch"]).Status.Should().Be(0);

        RgbImage.Load(fused).Pixels.Zip(RgbImage.Load(torch).Pixels, (a, b) => Math.Abs(a - b)).Average().Should().BeLessThan(0.1);
    }

    [SkippableFact]
    public void Several_images_make_a_sheet_and_what_is_none_is_reported()
    {
        var output = reference["sheet.png"];

        var run = Densenet.Run(
            "explain", reference["photo.jpg"], reference["broken.png"], reference["drawing.png"], "--weights", reference["zip.pth"], "--out", output);

        run.Status.Should().Be(1);
        run.ErrorLines.Where(line => line.Contains("broken.png", StringComparison.Ordinal)).Should().ContainSingle();
        run.Output.Should().Contain("photo.jpg").And.Contain("drawing.png").And.Contain("(no result)");
        var sheet = RgbImage.Load(output);
        run.Output.Should().Contain($"{output}: {sheet.Width}x{sheet.Height} pixels");
        sheet.Width.Should().BeGreaterThan(RgbImage.Load(reference["drawing.png"]).Width);
    }

    [SkippableTheory]
    [InlineData(2, "--out is why.jpg; the picture is written as .png.", "--out", "why.jpg")]
    [InlineData(2, "--class 1000: *from 0*", "--class", "1000")]
    [InlineData(2, "--class nothing: *", "--class", "nothing")]
    [InlineData(2, "--layer features.none: the network has no such module; *", "--layer", "features.none")]
    [InlineData(2, "--engine fused gives class activation maps of the last maps alone; --method gradcam takes --engine torch.", "--method", "gradcam", "--engine", "fused")]
    [InlineData(2, "--engine fused gives class activation maps of the last maps alone; --layer features.norm5 takes --engine torch.", "--layer", "features.norm5", "--engine", "fused")]
    [InlineData(2, "--method cam is of the last maps alone; --layer features.norm5 takes --method gradcam or gradcam++.", "--layer", "features.norm5", "--method", "cam")]
    [InlineData(1, "The layer 'classifier' gives no maps *", "--layer", "classifier")]
    public void What_cannot_be_explained_is_refused_in_words(int status, string message, params string[] options)
    {
        var output = reference["refused.png"];

        var run = Densenet.Run(
            ["explain", reference["photo.jpg"], "--weights", reference["zip.pth"], .. options.Contains("--out") ? Array.Empty<string>() : ["--out", output], .. options]);

        run.Status.Should().Be(status, run.Errors);
        run.ErrorLines[0].Should().Match($"densenet: {message}");
        File.Exists(output).Should().BeFalse();
    }
}
