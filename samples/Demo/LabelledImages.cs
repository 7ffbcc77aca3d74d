using DenseNetSharp.Images;

namespace Demo;

/// <summary>Images in one folder a class, decoded.</summary>
internal sealed class LabelledImages
{
    private readonly List<(string Name, RgbImage Image, int Label)> _items;

    private LabelledImages(IReadOnlyList<string> classes, IEnumerable<(string, RgbImage, int)> items)
    {
        Classes = classes;
        _items = items.ToList();
    }

    public IReadOnlyList<string> Classes { get; }

    public int Count => _items.Count;

    public IReadOnlyList<(string Name, RgbImage Image, int Label)> Items => _items;

    /// <summary>Reads the images of every class.</summary>
    public static LabelledImages Load(string folder, IReadOnlyList<string> classes) =>
        new(classes, classes.SelectMany((name, label) => Directory.GetFiles(Path.Combine(folder, name), "*.png")
            .Order(StringComparer.Ordinal)
            .Select(file => (Path.GetFileName(file), RgbImage.Load(file), label))));

    /// <summary>The images of some classes, labelled by their places among them.</summary>
    public LabelledImages Only(IReadOnlyList<string> classes) =>
        new(classes, classes.SelectMany((name, label) =>
            _items.Where(item => Classes[item.Label] == name).Select(item => (item.Name, item.Image, label))));

    /// <summary>Every other image: one half to train on, one half held out.</summary>
    public (LabelledImages Training, LabelledImages HeldOut) Split() =>
        (new(Classes, _items.Where((_, i) => i % 2 == 0)), new(Classes, _items.Where((_, i) => i % 2 == 1)));
}
