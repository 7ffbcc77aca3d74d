using System.Buffers.Binary;
using System.IO.Compression;
using DenseNetSharp.Images;

namespace FashionMnist;

/// <summary>One split of Fashion-MNIST, read from its gzipped IDX files (big-endian headers, then plain bytes).</summary>
internal sealed class FashionMnistData
{
    /// <summary>Fashion-MNIST's classes, in the order of its labels.</summary>
    public static readonly string[] Classes =
    [
        "T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
    ];

    private const int ImagesMagic = 0x803;
    private const int LabelsMagic = 0x801;

    private readonly byte[] _pixels;
    private readonly byte[] _labels;

    private FashionMnistData(byte[] pixels, byte[] labels, int height, int width)
    {
        (_pixels, _labels, Height, Width) = (pixels, labels, height, width);
    }

    /// <summary>Every image's height in pixels.</summary>
    public int Height { get; }

    /// <summary>Every image's width in pixels.</summary>
    public int Width { get; }

    /// <summary>The number of images.</summary>
    public int Count => _labels.Length;

    /// <summary>Reads a split.</summary>
    /// <param name="folder">The folder with the four files of the data set.</param>
    /// <param name="split"><c>train</c> or <c>t10k</c>.</param>
    public static FashionMnistData Read(string folder, string split)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"There is no {folder}: install Debian's dataset-fashion-mnist, or name the folder with --data.");
        }

        var (imageSizes, pixels) = ReadIdx(Path.Combine(folder, $"{split}-images-idx3-ubyte.gz"), ImagesMagic, 3);
        var (labelSizes, labels) = ReadIdx(Path.Combine(folder, $"{split}-labels-idx1-ubyte.gz"), LabelsMagic, 1);
        return imageSizes[0] == labelSizes[0]
            ? new FashionMnistData(pixels, labels, imageSizes[1], imageSizes[2])
            : throw new InvalidDataException($"{folder}: {imageSizes[0]} images but {labelSizes[0]} labels for {split}.");
    }

    /// <summary>The class of an image.</summary>
    public int Label(int index) => _labels[index];

    /// <summary>An image.</summary>
    public RgbImage Image(int index)
    {
        var size = Height * Width;
        return RgbImage.FromGray(Width, Height, _pixels.AsSpan(index * size, size));
    }

    private static (int[] Sizes, byte[] Bytes) ReadIdx(string path, int magic, int rank)
    {
        using var stream = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        var header = new byte[4 * (1 + rank)];
        stream.ReadExactly(header);
        if (BinaryPrimitives.ReadInt32BigEndian(header) != magic)
        {
            throw new InvalidDataException($"{path} is no IDX file of {rank} dimensions of bytes.");
        }

        var sizes = Enumerable.Range(1, rank).Select(i => BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4 * i))).ToArray();
        var bytes = new byte[sizes.Aggregate(1, (product, size) => checked(product * size))];
        stream.ReadExactly(bytes);
        return (sizes, bytes);
    }
}
