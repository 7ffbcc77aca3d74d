using DenseNetSharp.Images;

namespace DenseNetSharp.Core.Tests.Images.Formats.Pnm;

[Collection(PillowCollection.Name)]
public class PnmDecoderTests(PillowReference pillow)
{
    [SkippableFact]
    public void Every_kind_of_PNM_gives_Pillows_pixels_or_is_refused_as_by_Pillow()
    {
        var (equal, refused) = pillow.CompareFiles("Pnm/pnm_files.py");

        equal.Should().BeGreaterThan(1000);
        refused.Should().BeGreaterThan(100);
    }

    [Fact]
    public void Damage_is_named()
    {
        (string File, string Message)[] damaged =
        [
            ("P5 3 1", "*truncated inside its header*"),
            ("P5 3 1 255 ab", "*truncated: its 3x1 pixels take 3 bytes at least, and 2 follow the header*"),
            ("P5 3 x 255 abc", "*header is not made of numbers*"),
            ("P5 3 1 70000 abc", "*largest value is 70000, which is not 1 to 65535*"),
            ("P5 3 12345678901 255 abc", "*too many digits*"),
            ("P2 3 1 9 1 2 10", "*a value 10 above the largest, 9*"),
            ("P2 3 1 9 1 b 3", "*a character 0x62 among their digits*"),
            ("P2 3 1 9 1   2", "*pixels end too early*"),
            ("P6 13000 13000 255 abc", "*13000x13000 pixels take 507000000 bytes at least, and 3 follow the header*"),
            ("P6 0 5 255 abc", "*0x5 pixels, which is no image*"),
        ];
        foreach (var (file, message) in damaged)
        {
            Action decode = () => RgbImage.Decode(System.Text.Encoding.ASCII.GetBytes(file));

            decode.Should().Throw<ImageFormatException>().WithMessage(message);
        }
    }

    [Theory]
    [InlineData("P2 3 1 65535 200 256 65535", true)]
    [InlineData("P2 3 1 65535 200 255 0", false)]
    [InlineData("P3 1 1 65535 200 256 65535", false)]
    public void Gray_of_16_bits_keeps_its_upper_8_on_request_and_else_its_clipping_is_told(string text, bool clips)
    {
        var file = System.Text.Encoding.ASCII.GetBytes(text);
        var losses = new List<GrayLoss>();

        RgbImage.Decode(file, new ImageDecodeOptions { GrayLost = losses.Add });
        losses.Should().Equal(clips ? [GrayLoss.Clipped] : []);
        losses.Clear();
        var kept = RgbImage.Decode(file, new ImageDecodeOptions { GrayLost = losses.Add, KeepUpperBitsOfGray = true });
        losses.Should().Equal(clips || text[1] == '3' ? [] : [GrayLoss.UpperBitsUnused]);
        if (clips)
        {
            kept.Pixels.Should().Equal(0, 0, 0, 1, 1, 1, 255, 255, 255);
        }
    }
}
