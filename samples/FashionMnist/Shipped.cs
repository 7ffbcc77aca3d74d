using DenseNetSharp.Classification;

namespace FashionMnist;

/// <summary>What the demo ships: a checkpoint, its description, and the first test images of each class.</summary>
internal static class Shipped
{
    private const int ImagesPerClass = 40;

    public static void Write(string checkpoint, string data, string folder)
    {
        var description = RunDescription.FindBeside(checkpoint)
            ?? throw new FileNotFoundException($"There is no {RunDescription.FileName} beside {checkpoint}.");
        Directory.CreateDirectory(folder);
        File.Copy(checkpoint, Path.Combine(folder, "fashion-mnist.pth"), overwrite: true);
        description.Save(Path.Combine(folder, RunDescription.FileName));
        ImageFiles.Write(FashionMnistData.Read(data, "t10k"), Path.Combine(folder, "images"), ImagesPerClass);
        Console.WriteLine($"Wrote fashion-mnist.pth, {RunDescription.FileName} and images to {folder}.");
    }
}
