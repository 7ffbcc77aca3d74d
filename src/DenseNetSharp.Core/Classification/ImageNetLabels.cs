namespace DenseNetSharp.Classification;

/// <summary>ImageNet's 1000 category names, equal to torchvision's <c>_IMAGENET_CATEGORIES</c>.</summary>
public static class ImageNetLabels
{
    private static readonly Lazy<IReadOnlyList<string>> _names = new(Load);

    /// <summary>The names, in the order of the classifier's outputs: index 0 is "tench".</summary>
    public static IReadOnlyList<string> Names => _names.Value;

    /// <summary>Reads names, one a line, whatever ends a line: a clone on Windows may have embedded carriage returns.</summary>
    internal static IReadOnlyList<string> Read(TextReader text)
    {
        var names = new List<string>();
        while (text.ReadLine() is { } line)
        {
            if (line.Length > 0)
            {
                names.Add(line);
            }
        }

        return names.AsReadOnly();
    }

    /// <summary>The text as it is embedded.</summary>
    internal static TextReader OpenResource()
    {
        const string resource = "DenseNetSharp.Classification.imagenet-1k.txt";
        return new StreamReader(typeof(ImageNetLabels).Assembly.GetManifestResourceStream(resource)!);
    }

    private static IReadOnlyList<string> Load()
    {
        using var text = OpenResource();
        return Read(text);
    }
}
