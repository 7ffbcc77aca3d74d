namespace DenseNetSharp.Weights;

/// <summary>ImageNet's 1000 category names, equal to torchvision's <c>_IMAGENET_CATEGORIES</c>.</summary>
public static class ImageNetLabels
{
    private static readonly Lazy<IReadOnlyList<string>> _names = new(Load);

    /// <summary>The names, in the order of the classifier's outputs: index 0 is "tench".</summary>
    public static IReadOnlyList<string> Names => _names.Value;

    private static string[] Load()
    {
        const string resource = "DenseNetSharp.Weights.imagenet-1k.txt";
        using var stream = typeof(ImageNetLabels).Assembly.GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
