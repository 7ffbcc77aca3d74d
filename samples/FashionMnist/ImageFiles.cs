namespace FashionMnist;

/// <summary>Fashion-MNIST as image files, one sub-folder a class: what one's own images look like.</summary>
internal static class ImageFiles
{
    /// <summary>Writes a split's images, unless the folder is there already.</summary>
    /// <param name="source">The folder with the four files of the data set.</param>
    /// <param name="split"><c>train</c> or <c>t10k</c>.</param>
    /// <param name="folder">Gets <c>CLASS/NUMBER.png</c> for every image.</param>
    public static void WriteOnce(string source, string split, string folder)
    {
        if (Directory.Exists(folder))
        {
            return;
        }

        // Moved into place when it is complete, so that a folder that is there has all images.
        var unfinished = folder + ".part";
        Write(FashionMnistData.Read(source, split), unfinished, int.MaxValue);
        Directory.Move(unfinished, folder);
    }

    /// <summary>Writes the first images of each class.</summary>
    public static void Write(FashionMnistData data, string folder, int perClass)
    {
        foreach (var name in FashionMnistData.Classes)
        {
            Directory.CreateDirectory(Path.Combine(folder, name));
        }

        var wanted = Enumerable.Range(0, data.Count).GroupBy(data.Label).SelectMany(ofClass => ofClass.Take(perClass));
        Parallel.ForEach(wanted, index =>
        {
            using var file = File.Create(Path.Combine(folder, FashionMnistData.Classes[data.Label(index)], $"{index:D5}.png"));
            data.Image(index).SavePng(file);
        });
    }
}
