using DenseNetSharp.Explanations;
using DenseNetSharp.Images;

namespace DenseNetSharp.Classification;

/// <summary>Which parts of an image speak for a class.</summary>
public sealed class Explanation
{
    private readonly RgbImage _image;

    internal Explanation(RgbImage image, ImagePreset preset, ClassificationResult result, int classIndex, HeatMap map)
    {
        (_image, ImageSize, Result, ClassIndex, Map) = (image, new ImageSize(image.Height, image.Width), result, classIndex, map);
        Area = preset.InputArea(image.Height, image.Width);
    }

    /// <summary>What the network makes of the image.</summary>
    public ClassificationResult Result { get; }

    /// <summary>The class that is explained, from 0.</summary>
    public int ClassIndex { get; }

    /// <summary>The class's name, or null.</summary>
    public string? Label => Result.Labels?[ClassIndex];

    /// <summary>The heat map, as large as the maps that it was made of.</summary>
    public HeatMap Map { get; }

    /// <summary>The image's size.</summary>
    public ImageSize ImageSize { get; }

    /// <summary>The part of the image that the network saw and the heat map covers, in the image's pixels.</summary>
    public ImageArea Area { get; }

    /// <summary>Draws the heat map over the image, blue where nothing speaks for the class and red where most does; outside
    /// <see cref="Area"/> the image stays as it is.</summary>
    /// <param name="opacity">How much of each colour is the heat's, from 0 to 1.</param>
    /// <returns>A picture of the image's own size; <see cref="RgbImage.SavePng(string)"/> writes it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The opacity is not from 0 to 1.</exception>
    public RgbImage Overlay(double opacity = 0.5)
    {
        if (opacity is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(opacity), opacity, "The opacity is from 0, the image alone, to 1, the heat alone.");
        }

        return HeatMapPicture.Over(_image, Map.Spread(ImageSize, Area), opacity);
    }

    /// <summary>Draws the heat map alone, in the image's size; black where the network saw nothing.</summary>
    /// <returns>A picture of the image's own size.</returns>
    public RgbImage HeatAlone() => HeatMapPicture.Alone(ImageSize, Map.Spread(ImageSize, Area));
}
