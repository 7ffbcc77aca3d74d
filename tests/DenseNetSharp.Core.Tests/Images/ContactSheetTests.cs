using DenseNetSharp.Images;
using DenseNetSharp.Images.Augmentation;

namespace DenseNetSharp.Core.Tests.Images;

[Collection(PillowCollection.Name)]
public class ContactSheetTests(PillowReference pillow)
{
    // Pillow's own functions draw the same sheet: contain shrinks, paste places, a filled rectangle is a frame.
    private const string Sheet = """
        from PIL import ImageDraw, ImageOps

        def sheet(images, columns, cell, gap, background, frames):
            rows = -(-len(images) // columns)
            result = Image.new("RGB", (gap + columns * (cell[0] + gap), gap + rows * (cell[1] + gap)), background)
            draw = ImageDraw.Draw(result)
            for i, image in enumerate(images):
                if image.width > cell[0] or image.height > cell[1]:
                    image = ImageOps.contain(image, cell)
                left = gap + i % columns * (cell[0] + gap) + (cell[0] - image.width) // 2
                top = gap + i // columns * (cell[1] + gap) + (cell[1] - image.height) // 2
                if i in frames:
                    frame = gap // 2
                    draw.rectangle((left - frame, top - frame, left + image.width + frame - 1, top + image.height + frame - 1), frames[i])
                result.paste(image, (left, top))
            return result

        """;

    private static readonly RgbImage[] Images =
    [
        TestImages.Photo(64, 48), TestImages.Photo(48, 64, 3), TestImages.Noise(20, 20), TestImages.Stripes(200, 150), TestImages.Noise(1, 1),
        TestImages.Photo(333, 500, 4), TestImages.Noise(41, 29), TestImages.Photo(640, 480, 5), TestImages.Noise(300, 5),
    ];

    [SkippableTheory]
    [InlineData(1, 1, 40, 30, 8)]
    [InlineData(4, 2, 40, 30, 8)]
    [InlineData(5, 3, 64, 64, 3)]
    [InlineData(7, 4, 31, 47, 2)]
    [InlineData(8, 8, 1, 3, 5)]
    [InlineData(3, 2, 500, 500, 4)]
    public void A_sheet_is_Pillows_to_the_byte(int count, int columns, int width, int height, int gap)
    {
        var options = new ContactSheetOptions
        {
            Columns = columns,
            CellSize = (height, width),
            Gap = gap,
            Background = new RgbColor(200, 210, 220),
        };
        var frames = new Dictionary<int, RgbColor> { [0] = new(255, 0, 0), [count - 1] = new(0, 128, 10) };
        var frameText = string.Join(", ", frames.Select(frame => $"{frame.Key}: ({frame.Value.Red}, {frame.Value.Green}, {frame.Value.Blue})"));

        ShouldBePillows(Images[..count], columns, (height, width), gap, "(200, 210, 220)", ContactSheet.Create(Images.Take(count), options, frames), frameText);
    }

    [SkippableTheory]
    [InlineData(2, 2)]
    [InlineData(3, 2)]
    [InlineData(4, 2)]
    [InlineData(5, 3)]
    [InlineData(9, 3)]
    public void By_default_a_sheet_is_nearly_square_and_white(int count, int columns) =>
        ShouldBePillows(Images[..count], columns, 128, 8, "(255, 255, 255)", ContactSheet.Create(Images[..count]));

    [SkippableFact]
    public void Without_a_gap_the_cells_touch() =>
        ShouldBePillows(
            Images, 3, 32, 0, "(0, 0, 0)", ContactSheet.Create(Images, new ContactSheetOptions { CellSize = 32, Gap = 0, Background = default }));

    [SkippableFact]
    public void Proportions_round_as_Pillows_do()
    {
        var random = new Random(5);
        RgbImage[] images = [.. Enumerable.Range(0, 80).Select(i => TestImages.Noise(random.Next(21, 260), random.Next(21, 260), seed: i))];

        ShouldBePillows(images, 9, (16, 20), 1, "(9, 9, 9)", ContactSheet.Create(
            images, new ContactSheetOptions { CellSize = (16, 20), Gap = 1, Background = 9 }));
    }

    [SkippableFact]
    public void A_very_long_image_keeps_one_pixel_across()
    {
        var image = TestImages.Noise(300, 5);
        var expected = pillow.Run($"result = {image.ToPython(pillow)}.resize((8, 1), Image.BICUBIC).tobytes()");

        ContactSheet.Create([image], new ContactSheetOptions { CellSize = (1, 8), Gap = 0 }).Pixels.ShouldEqual(expected, "the sheet");
    }

    [Fact]
    public void A_sheet_without_images_is_refused() =>
        Refused(() => ContactSheet.Create([]), "A contact sheet needs at least one image.*");

    [Fact]
    public void An_image_that_is_null_is_named() =>
        Refused(() => ContactSheet.Create([Images[0], null!]), "Image 1 is null.*");

    [Theory]
    [InlineData(0, 5)]
    [InlineData(5, -1)]
    public void A_cell_without_room_is_refused(int height, int width) =>
        Refused(() => ContactSheet.Create(Images, new ContactSheetOptions { CellSize = (height, width) }), "A cell must be at least 1 pixel each way.*");

    [Fact]
    public void Columns_and_gaps_that_cannot_be_are_refused()
    {
        Refused(() => ContactSheet.Create(Images, new ContactSheetOptions { Columns = 0 }), "*Columns*");
        Refused(() => ContactSheet.Create(Images, new ContactSheetOptions { Gap = -1 }), "*Gap*");
    }

    [Fact]
    public void A_frame_without_room_or_image_is_refused()
    {
        var frames = new Dictionary<int, RgbColor> { [9] = 0 };

        Refused(() => ContactSheet.Create(Images, new ContactSheetOptions { Gap = 1 }, frames), "A gap of 1 pixels leaves no room for a frame*");
        Refused(() => ContactSheet.Create(Images, frames: frames), "There is a frame for image 9 of 9, which are counted from 0.*");
    }

    [Fact]
    public void A_sheet_over_the_limit_is_refused_before_all_images_are_asked_for()
    {
        var asked = 0;
        IEnumerable<RgbImage> Endless()
        {
            for (; ; asked++)
            {
                yield return Images[0];
            }
        }

        Refused(
            () => ContactSheet.Create(Endless(), new ContactSheetOptions { CellSize = 4000 }),
            "7 images or more in cells of 4000x4000 pixels make a sheet of 12032x12032, more than the limit of 100000000 pixels.*");
        asked.Should().Be(6);
        Refused(() => ContactSheet.Create(Images, new ContactSheetOptions { Gap = int.MaxValue }), "1 images or more*");
    }

    [Fact]
    public void The_images_are_left_alone()
    {
        byte[][] before = [.. Images.Select(image => image.Pixels.ToArray())];

        ContactSheet.Create(Images).Pixels.AsSpan().Clear();

        Images.Select(image => image.Pixels).Should().BeEquivalentTo(before);
    }

    private static void Refused(Action create, string message) => create.Should().Throw<ArgumentException>().WithMessage(message);

    private void ShouldBePillows(
        RgbImage[] images, int columns, ImageSize cell, int gap, string background, RgbImage sheet, string frames = "")
    {
        var list = string.Join(", ", images.Select(image => image.ToPython(pillow)));
        var path = pillow.NewPath(".rgb");
        var size = pillow.RunText($$"""
            {{Sheet}}
            drawn = sheet([{{list}}], {{columns}}, ({{cell.Width}}, {{cell.Height}}), {{gap}}, {{background}}, { {{frames}} })
            open("{{path}}", "wb").write(drawn.tobytes())
            result = f"{drawn.width}x{drawn.height}"
            """);

        $"{sheet.Width}x{sheet.Height}".Should().Be(size);
        sheet.Pixels.ShouldEqual(File.ReadAllBytes(path), "the sheet");
    }
}
