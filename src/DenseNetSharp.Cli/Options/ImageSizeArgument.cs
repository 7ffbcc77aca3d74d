using System.CommandLine.Parsing;

namespace DenseNetSharp.Cli.Options;

/// <summary>An image size written as <c>HxW</c>.</summary>
internal sealed record ImageSizeArgument(int Height, int Width)
{
    public static ImageSizeArgument? Parse(ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        var sides = text.Split('x', 'X');
        if (sides.Length == 2 && int.TryParse(sides[0], out var height) && int.TryParse(sides[1], out var width)
            && height > 0 && width > 0)
        {
            return new ImageSizeArgument(height, width);
        }

        result.AddError($"'{text}' is no image size; write HxW, such as 224x224.");
        return null;
    }
}
