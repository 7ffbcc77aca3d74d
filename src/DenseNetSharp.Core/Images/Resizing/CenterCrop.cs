namespace DenseNetSharp.Images.Resizing;

/// <summary>One axis of torchvision's <c>center_crop</c>.</summary>
/// <param name="First">The first pixel kept.</param>
/// <param name="Count">How many pixels are kept.</param>
/// <param name="Padding">How many black pixels come before them, where the crop is larger than the image.</param>
internal readonly record struct CenterCrop(int First, int Count, int Padding)
{
    public static CenterCrop Of(int size, int crop) => crop > size
        ? new CenterCrop(0, size, (crop - size) / 2)
        // Half a pixel goes to the even neighbour, as Python's round does.
        : new CenterCrop((int)Math.Round((size - crop) / 2.0, MidpointRounding.ToEven), crop, 0);
}
