using System.Text.Json;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Classification;
using DenseNetSharp.Images;

namespace DenseNetSharp.Cli.Tests.Commands;

/// <summary>Radiographs of 16 bits: white above 255 as Pillow makes them, which is said, or their upper bits.</summary>
public sealed class GrayBitsTests(CommandTests.Reference reference) : IClassFixture<CommandTests.Reference>
{
    [SkippableTheory]
    [InlineData("deep-clipped.png")]
    [InlineData("deep-kept.png", "--keep-gray-bits")]
    public void The_network_sees_what_Pillow_makes_of_them_or_their_upper_bits(string same, params string[] option)
    {
        var expected = Preprocess(reference[same], out _);

        Preprocess(reference["deep.png"], out var errors, option).Should().Equal(expected);

        errors.Contains("1 image has 16-bit gray values above 255").Should().Be(option.Length == 0);
    }

    [SkippableFact]
    public void Clipping_is_said_once_a_run_with_the_number_of_images()
    {
        string[] images = [reference["deep.png"], reference["deep.png"], reference["drawing.png"]];

        var run = Densenet.Run(["classify", .. images, "--weights", reference["zip.pth"], "--json"]);

        run.Status.Should().Be(0, run.Errors);
        run.ErrorLines.Where(line => line.Contains("16-bit")).Should().ContainSingle().Which.Should().Contain("2 images have").And.Contain("--keep-gray-bits");
    }

    [SkippableTheory]
    [InlineData("wide.tif", "int32", "[[0, 300]]", "1 image has gray values below 0 or above 255 with a sign, in 32 bits or in floating point")]
    [InlineData("fractions.tif", "float32", "[[0, 0.5]]", "1 image has gray values from 0 to 1 only")]
    [InlineData("twelve.tif", "uint16", "[[0, 4000]]", "1 image has 16-bit gray values of which none reaches 4096", "--keep-gray-bits")]
    public void What_else_gray_loses_is_said(string name, string type, string values, string expected, params string[] options)
    {
        PythonReference.RunCode($"""
            import numpy as np
            from PIL import Image
            Image.fromarray(np.array({values}, np.{type})).save({JsonSerializer.Serialize(reference[name])})
            """);

        Preprocess(reference[name], out var errors, options);

        errors.Split('\n').Where(line => line.Length > 0).Should().ContainSingle().Which.Should().StartWith($"densenet: {expected}");
    }

    [SkippableFact]
    public void What_a_run_was_trained_with_is_what_it_is_used_with()
    {
        using var folder = new TemporaryFolder();
        File.Copy(reference["zip.pth"], folder.File("best.pth"));
        new RunDescription
        {
            ClassNames = [.. File.ReadLines(reference["labels.txt"])],
            Preset = ImagePreset.TorchvisionImageNet,
            KeepGrayBits = true,
        }.Save(folder.File(RunDescription.FileName));

        var run = Densenet.Run("classify", reference["deep.png"], "--weights", folder.File("best.pth"), "--json");
        var kept = Densenet.Run("classify", reference["deep-kept.png"], "--weights", folder.File("best.pth"), "--json");

        run.Errors.Should().Contain("16-bit gray").And.NotContain("above 255");
        run.Json[0].GetProperty("predictions").GetRawText().Should().Be(kept.Json[0].GetProperty("predictions").GetRawText());
    }

    private float[] Preprocess(string image, out string errors, params string[] options)
    {
        var target = reference[$"{Guid.NewGuid():N}.safetensors"];
        var run = Densenet.Run(["preprocess", image, "--out", target, .. options]);
        run.Status.Should().Be(0, run.Errors);
        errors = run.Errors;
        using var file = Checkpoint.Open(target);
        return file.Tensors["pixels"].ToSingleArray();
    }
}
