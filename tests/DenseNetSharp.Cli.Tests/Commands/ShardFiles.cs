namespace DenseNetSharp.Cli.Tests.Commands;

/// <summary>Some of the shipped images, and the shipped network, which takes moments.</summary>
public sealed class ShardFiles : IDisposable
{
    private const int PerClass = 4;

    private static readonly string Shipped = Path.Combine(AppContext.BaseDirectory, "shipped");

    private readonly TemporaryFolder _folder = new();

    public ShardFiles()
    {
        Images = New();
        Few = New();
        foreach (var path in Directory.GetDirectories(All).Order(StringComparer.Ordinal))
        {
            var images = Directory.GetFiles(path).Order(StringComparer.Ordinal).ToArray();
            Copy(images[..PerClass], Images);
            Copy(images[..1], Few);
            Count += PerClass;
        }
    }

    /// <summary>All shipped images by class.</summary>
    public static string All { get; } = Path.Combine(Shipped, "images");

    /// <summary>How many there are of them.</summary>
    public static int AllCount { get; } = Directory.GetFiles(All, "*", SearchOption.AllDirectories).Length;

    /// <summary>Some of them in a folder of their own.</summary>
    public string Images { get; }

    /// <summary>How many there are of those.</summary>
    public int Count { get; }

    /// <summary>An image of each class.</summary>
    public string Few { get; }

    /// <summary>What names the network.</summary>
    public string[] Options { get; } = ["--weights", Path.Combine(Shipped, "fashion-mnist.pth")];

    /// <summary>The same, so slow that a process can be killed between two images.</summary>
    public string[] Slow => [.. Options, "--resize", "96x96", "--threads", "1", "--batch-size", "1"];

    /// <summary>A new folder.</summary>
    public string New() => Directory.CreateDirectory(_folder.File(Guid.NewGuid().ToString("N"))).FullName;

    /// <summary>The same images in a folder that lists them otherwise, and others between them.</summary>
    public string More()
    {
        var folder = New();
        foreach (var path in Directory.GetDirectories(All).OrderDescending(StringComparer.Ordinal))
        {
            Copy(Directory.GetFiles(path).Order(StringComparer.Ordinal).Take(PerClass + 4).Reverse(), folder);
        }

        return folder;
    }

    /// <summary>A file among the images that is none.</summary>
    public string Broken()
    {
        var broken = Path.Combine(Directory.GetDirectories(Images)[0], "broken.png");
        File.WriteAllText(broken, "no image");
        return broken;
    }

    public void Dispose() => _folder.Dispose();

    private static void Copy(IEnumerable<string> images, string folder)
    {
        foreach (var image in images)
        {
            var own = Directory.CreateDirectory(Path.Combine(folder, Path.GetFileName(Path.GetDirectoryName(image))!)).FullName;
            File.Copy(image, Path.Combine(own, Path.GetFileName(image)));
        }
    }
}
