using System.Globalization;
using System.Runtime.InteropServices;
using DenseNetSharp.Classification;
using DenseNetSharp.Core.Tests.Images;
using DenseNetSharp.Explanations;
using DenseNetSharp.Images;

namespace DenseNetSharp.Core.Tests.Explanations;

[Collection(PillowCollection.Name)]
public class HeatMapTests(PillowReference pillow)
{
    private static readonly ImagePreset Plain = new() { Name = "plain", FixedSize = 64, Mean = [0, 0, 0], Std = [1, 1, 1] };

    // Half of the largest would lie between two of 256 colours.
    private static readonly float[] _values = [-1, 0.5f, 2.5f, 0, 4, -3, 1, 3, 0.25f, 0.5f, 0, 1.5f];

    [Fact]
    public void A_map_is_drawn_from_0_to_its_largest_value()
    {
        new HeatMap(3, 4, _values).Normalized().Should().Equal(0, 0.125f, 0.625f, 0, 1, 0, 0.25f, 0.75f, 0.0625f, 0.125f, 0, 0.375f);
        new HeatMap(1, 2, [-1, 0]).Normalized().Should().Equal(0, 0);
        new HeatMap(1, 3, [float.NaN, 2, 1]).Normalized().Should().Equal(0, 1, 0.5f);
        new HeatMap(1, 2, [-1, 0]).IsEmpty.Should().BeTrue();
        new HeatMap(1, 2, [-1, 1]).IsEmpty.Should().BeFalse();
        FluentActions.Invoking(() => new HeatMap(2, 2, _values)).Should().Throw<ArgumentException>().WithMessage("?2, 2? are 4 values, but there are 12.*");
    }

    [SkippableTheory]
    [InlineData(64, 64)]
    [InlineData(37, 101)]
    [InlineData(3, 4)]
    [InlineData(2, 1)]
    public void Between_its_values_it_is_PyTorchs_bilinear_interpolation(int height, int width)
    {
        var expected = pillow.Run($"""
            values = torch.tensor({Python(_values)}).reshape(1, 1, 3, 4).clamp(min=0) / 4
            result = torch.nn.functional.interpolate(values, ({height}, {width}), mode="bilinear").numpy().tobytes()
            """);

        var found = new HeatMap(3, 4, _values).Spread((height, width));

        found.Zip(MemoryMarshal.Cast<byte, float>(expected).ToArray(), (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-6f);
    }

    [SkippableTheory]
    [InlineData(60, 40, null)]
    [InlineData(60, 40, 20)]
    [InlineData(41, 60, 24)]
    public void Over_an_image_it_lies_where_the_network_looked_in_matplotlibs_jet(int width, int height, int? crop)
    {
        var preset = crop is null ? Plain : Plain with { FixedSize = null, ResizeSize = 24, CropSize = crop };
        var image = TestImages.Photo(width, height);
        // The crop's map goes back to where the crop was; one of the resized image's own size is the whole of it.
        var expected = pillow.Run($$"""
            import torchvision.transforms.functional as F
            image = {{image.ToPython(pillow)}}
            heat = torch.tensor({{Python(_values)}}).reshape(1, 1, 3, 4).clamp(min=0) / 4
            jet = dict(r=[(0, 0), (.35, 0), (.66, 1), (.89, 1), (1, .5)], g=[(0, 0), (.125, 0), (.375, 1), (.64, 1), (.91, 0), (1, 0)],
                b=[(0, .5), (.11, 1), (.34, 1), (.65, 0), (1, 0)])
            crop = {{crop?.ToString(CultureInfo.InvariantCulture) ?? "None"}}
            if crop is None:
                left, top, wide, high = 0, 0, {{width}}, {{height}}
            else:
                resized = F.resize(image, 24)
                scale_x, scale_y = {{width}} / resized.width, {{height}} / resized.height
                left, top = round((resized.width - crop) / 2) * scale_x, round((resized.height - crop) / 2) * scale_y
                wide, high = crop * scale_x, crop * scale_y
            xs, ys = (np.arange({{width}}) + .5 - left) / wide, (np.arange({{height}}) + .5 - top) / high
            inside = ((ys >= 0) & (ys <= 1))[:, None] & ((xs >= 0) & (xs <= 1))[None]
            grid = torch.tensor(np.stack(np.broadcast_arrays((xs * 2 - 1)[None], (ys * 2 - 1)[:, None]), -1), dtype=torch.float32)[None]
            spread = torch.nn.functional.grid_sample(heat, grid, mode="bilinear", padding_mode="border", align_corners=False)[0, 0].numpy()
            index = np.round(spread * 255) / 255
            colors = np.stack([np.round(255 * np.interp(index, *zip(*jet[c]))) for c in "rgb"], -1)
            pixels = np.asarray(image).astype(float)
            over = np.where(inside[..., None], (pixels + colors) / 2, pixels)
            alone = np.where(inside[..., None], colors, 0)
            result = np.stack([over, alone]).astype(np.float32).tobytes()
            """);

        var explanation = new ImageClassifier(new Explainable(), preset).Explain(image);

        var both = MemoryMarshal.Cast<byte, float>(expected).ToArray();
        ShouldBe(explanation.Overlay(), both[..(3 * width * height)]);
        ShouldBe(explanation.HeatAlone(), both[(3 * width * height)..]);
        explanation.Overlay(0).Pixels.Should().Equal(image.Pixels);
        explanation.Invoking(e => e.Overlay(1.1)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void A_padded_image_is_covered_by_the_middle_of_the_map()
    {
        var preset = Plain with { FixedSize = null, CropSize = (80, 100) };

        preset.InputArea(40, 60).Should().Be(new ImageArea(-20, -20, 100, 80));
        (Plain with { FixedSize = null, ResizeSize = 32, CropSize = 24 }).InputArea(64, 128).Should().Be(new ImageArea(40, 8, 48, 48));
    }

    [Fact]
    public void The_class_explained_is_the_likeliest_or_the_one_asked_for()
    {
        var network = new Explainable();
        var classifier = new ImageClassifier(network, Plain, ["cat", "dog"]);
        var image = TestImages.Photo(50, 40);

        classifier.Explain(image).Label.Should().Be("dog");
        classifier.Explain(image, new ExplanationOptions { ClassIndex = 0, Method = ExplanationMethod.GradCam, Layer = "features.norm5" })
            .Label.Should().Be("cat");

        network.Asked.Should().Equal("1  ", "0 GradCam features.norm5");
        FluentActions.Invoking(() => new ImageClassifier(new ScoresAlone(), Plain).Explain(image)).Should().Throw<NotSupportedException>()
            .WithMessage("ScoresAlone gives scores alone and shows nothing of how it comes to them.");
    }

    private static string Python(float[] values) => $"[{string.Join(", ", values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)))}]";

    /// <summary>The next colour of the 256 at most, and seldom, where the interpolation's last bits decide the colour.</summary>
    private static void ShouldBe(RgbImage found, float[] expected)
    {
        var off = found.Pixels.Zip(expected, (a, b) => Math.Abs(a - b)).ToArray();
        off.Count(difference => difference > 1.01f).Should().BeLessThan(off.Length / 100);
        off.Max().Should().BeLessThan(5.5f);
    }

    private class ScoresAlone : IImageNetwork
    {
        public int InputChannels => 3;

        public int NumClasses => 2;

        public void Predict(ReadOnlySpan<float> nchw, int n, ImageSize size, Span<float> logits, CancellationToken cancellationToken) =>
            new float[] { 1, 2 }.CopyTo(logits);
    }

    private sealed class Explainable : ScoresAlone, IExplainableNetwork
    {
        public List<string> Asked { get; } = [];

        public HeatMap Explain(
            ReadOnlySpan<float> chw, ImageSize size, int classIndex, ExplanationMethod? method, string? layer, CancellationToken cancellationToken)
        {
            Asked.Add($"{classIndex} {method} {layer}");
            return new HeatMap(3, 4, _values);
        }
    }
}
